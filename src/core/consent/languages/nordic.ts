import type { Language } from "../language";

/** Swedish. Collected here. AVSLUTA leaves the matter open. */
export const SWEDISH: Language = {
  tag: "sv",
  stop: ["STOPP", "AVREGISTRERA", "AVPRENUMERERA", "AVSLUTA PRENUMERATION", "AVREGISTRERA MIG"],
  maybeStop: ["AVSLUTA", "SLUTA", "AVANMAL"],
  help: ["HJALP"],
  courtesies: ["tack", "snalla", "hej", "tack sa mycket", "nu"],
  requests: {
    patterns: [
      "sluta att? skicka|skriv|skriva|smsa|messa|kontakta|stora mig|till|oss|sms|meddelanden|mer|fler|dessa|$",
      "skicka inga|inte|ej fler|mer|mig|till|dessa|nagra* sms|meddelanden|meddelande|reklam|$",
      "inga|ingen fler|mer sms|meddelanden|reklam",
      "jag|vi? vill|onskar inte|ej ha|fa|mer|fler|era|dessa|langre* sms|meddelanden|reklam",
      "ta bort|ut mitt|min|mig|detta nummer|telefonnummer|fran|ur|$",
      "avregistrera|avanmal|avprenumerera mig|mitt|fran|$",
      "lamna mig|oss ifred|i",
    ],
    leadIns:
      "jag vill,jag skulle vilja,hur kan jag,hur,kan ni,kan du,var vanlig,vanligen,nej,ja,stopp,stop,men,och",
    openers: "snalla,men,och,tack",
  },
};

/** Norwegian. Collected here. */
export const NORWEGIAN: Language = {
  tag: "nb",
  stop: ["STOPP", "AVMELD", "AVSLUTT ABONNEMENT", "MELD MEG AV"],
  maybeStop: ["AVSLUTT", "SLUTT"],
  help: ["HJELP"],
  courtesies: ["takk", "vennligst", "hei", "vaer sa snill"],
};

/** Danish. Collected here. */
export const DANISH: Language = {
  tag: "da",
  stop: ["AFMELD", "FRAMELD", "AFMELD MIG", "STOP SMS"],
  maybeStop: ["SLUT", "STOPPE"],
  help: ["HJAELP"],
  courtesies: ["tak", "venligst", "hej"],
};

/** Finnish. Collected here. PERUUTA also cancels an appointment and leaves the matter open. */
export const FINNISH: Language = {
  tag: "fi",
  stop: ["LOPETA", "LOPETTAA", "LOPETA VIESTIT"],
  maybeStop: ["PERUUTA", "POISTA"],
  help: ["APUA"],
  courtesies: ["kiitos", "hei", "ole hyva"],
};
