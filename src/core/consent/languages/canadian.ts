import type { VocabularySource } from "../language";

/**
 * What a Canadian number must understand, whatever languages a host reads. ARRET is read everywhere: it means nothing
 * else in English, and a contact's country is not always known.
 * Source: Twilio help 223182048, "Canadian short codes", and Twilio docs, "Proxy opt-out", which names ARRET, ARRETE
 * and ARRETT (both read 2026-11).
 */
export const CANADIAN: VocabularySource = {
  tag: "fr",
  stop: ["ARRET", "ARRETE", "ARRETT"],
  countries: { CA: { help: ["AIDE"] } },
};
