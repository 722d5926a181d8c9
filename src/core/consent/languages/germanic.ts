import type { Language } from "../language";

/** German. Collected here. KÜNDIGEN and ENDE leave the matter open. */
export const GERMAN: Language = {
  tag: "de",
  stop: ["STOPP", "ABMELDEN", "ABMELDUNG", "ABBESTELLEN", "AUSTRAGEN", "MICH ABMELDEN"],
  maybeStop: ["KUNDIGEN", "KUENDIGEN", "ENDE", "STOPPEN", "AUFHOREN", "LOSCHEN"],
  help: ["HILFE"],
  courtesies: ["bitte", "danke", "vielen dank", "danke schon", "hallo", "guten tag", "sofort", "mfg", "hi"],
  requests: {
    patterns: [
      "keine weiteren? sms|nachrichten|smsen|werbung|mitteilungen|infos mehr|senden|schicken|$",
      "schicken|schickt|schick|senden|sendet|sende sie? mir|uns bitte? nichts|keine|nicht weiteren? sms|nachrichten|nachricht|werbung|mehr|$ ! per ! bis",
      "schreiben|schreibt|schreib|kontaktieren|kontaktiert|texten sie? mir|mich|uns? bitte? nicht|nichts mehr|$",
      "hort|horen|hor sie? bitte? auf",
      "stoppen|stoppt|stopp|stop sie? die|diese|bitte|den* sms|nachrichten|werbung|smsen",
      "ich|wir? mochte|will|wollen|wunsche|mochten keine|nicht|nichts weiteren|mehr|diese|von|ihnen|euch* sms|nachrichten|werbung|kontaktiert|angeschrieben",
      "loschen|loscht|losch|entfernen|entfernt|entferne|streichen|streicht|nehmen|nehmt|nimm|tragen sie? bitte? meine|mich|diese bitte? nummer|handynummer|telefonnummer|daten|von|aus|vom",
      "nicht|nichts mehr schreiben|senden|schicken|texten|kontaktieren|$",
      "meine|diese? nummer|handynummer|daten bitte? loschen|entfernen|streichen",
      "mich bitte? abmelden|austragen|loschen|streichen|entfernen",
      "melden|meldet|tragen sie? mich bitte? ab|aus",
      "lassen|lasst|lass sie? mich|uns bitte? in ruhe",
    ],
    leadIns:
      "ich mochte,ich will,ich wurde gerne,wie kann ich,wie,wo kann ich,konnen sie,konnt ihr,nein,ja,stopp,stop,aber,und,bitte",
    openers: "bitte,aber,und",
  },
};

/** Dutch. Collected here. */
export const DUTCH: Language = {
  tag: "nl",
  stop: ["AFMELDEN", "STOPPEN", "UITSCHRIJVEN", "AFMELDING", "MIJ AFMELDEN", "ME AFMELDEN"],
  maybeStop: ["OPZEGGEN", "EINDE", "ANNULEREN", "VERWIJDEREN"],
  help: ["HULP"],
  courtesies: [
    "aub",
    "alstublieft",
    "alsjeblieft",
    "graag",
    "bedankt",
    "dank je",
    "dank u",
    "dankjewel",
    "hallo",
    "hoi",
    "nu",
  ],
  requests: {
    patterns: [
      "stuur|stuurt|zend mij|me|ons? aub? geen|niets meer|sms|smsjes|berichten|berichtjes|reclame",
      "geen|niet sms|smsjes|berichten|berichtjes|reclame meer|aub|sturen|$",
      "stop|stoppen|hou op|aub? met? de|deze|al? smsen|smsjes|sms|berichten|appen|sturen",
      "hou|houd op",
      "ik|wij? wil|willen|wens geen|niet deze|meer|van|jullie* sms|smsjes|berichten|reclame",
      "haal|verwijder|schrap me|mij|mijn|dit van|uit|nummer|gegevens|telefoonnummer",
      "schrijf|meld me|mij|ons aub? uit|af",
      "me|mij|mijn nummer? aub? afmelden|uitschrijven|verwijderen",
      "laat me|mij|ons met rust",
    ],
    leadIns:
      "ik wil,ik wou,ik zou graag,hoe kan ik,kan ik,kunnen jullie,kunt u,kun je,wilt u,nee,ja,stop,maar,en",
    openers: "aub,maar,en",
  },
};
