/** The characters of a list of code points in hex, with `first-last` for a run. All are of the Basic Multilingual Plane. */
export function charactersOf(list: string): string {
  let characters = "";
  for (const run of list.split(" ")) {
    const [first = 0, last = first] = run.split("-").map((hex) => Number.parseInt(hex, 16));
    for (let unit = first; unit <= last; unit += 1) characters += String.fromCharCode(unit);
  }
  return characters;
}

/**
 * The 127 characters of the GSM 7-bit default alphabet that carry text (0x00–0x7F without the escape 0x1B), in the order of
 * Unicode: LF, CR, ASCII but for `[ \ ] ^ { | } ~` and the backtick, ¡£¤¥§¿ÄÅÆÇÉÑÖØÜßàäåæèéìñòöøùü, ΓΔΘΛΞΠΣΦΨΩ.
 * Each costs one septet.
 *
 * Source: 3GPP TS 23.038 §6.2.1 (GSM 03.38), default alphabet.
 */
export const GSM7_BASIC: string = /* @__PURE__ */ charactersOf(
  "a d 20-5a 5f 61-7a a1 a3-a5 a7 bf c4-c7 c9 d1 d6 d8 dc df e0 e4-e6 e8 e9 ec f1 f2 f6 f8 f9 fc " +
    "393 394 398 39b 39e 3a0 3a3 3a6 3a8 3a9",
);

/**
 * The characters of the GSM 7-bit extension table, in septet order. Each costs two septets: the escape and its own.
 *
 * Source: 3GPP TS 23.038 §6.2.1.1, basic character set extension.
 */
export const GSM7_EXTENSION = "\f^{}\\[~]|€";

function buildCosts(): Uint8Array {
  const costs = new Uint8Array(0x1_0000);
  for (const character of GSM7_BASIC) costs[character.charCodeAt(0)] = 1;
  for (const character of GSM7_EXTENSION) costs[character.charCodeAt(0)] = 2;
  return costs;
}

/** One byte for every code unit there is: a smaller table would need a comparison more for every character. */
const COSTS = /* @__PURE__ */ buildCosts();

/**
 * What one UTF-16 code unit costs in GSM-7: 1 or 2 septets, or 0 when GSM-7 cannot carry it.
 * No character outside the Basic Multilingual Plane is in GSM-7, so one code unit is always enough to ask.
 * National language shift tables are not considered: Twilio does not use them.
 */
export function gsm7Cost(codeUnit: number): number {
  return COSTS[codeUnit] ?? 0;
}

/** Whether GSM-7 can carry the whole text. True for `""`. Linear; stops at the first character that GSM-7 lacks. */
export function isGsm7(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (gsm7Cost(text.charCodeAt(index)) === 0) return false;
  }
  return true;
}
