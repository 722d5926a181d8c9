/**
 * The 127 characters of the GSM 7-bit default alphabet that carry text, in septet order (0x00–0x7F without the escape 0x1B).
 * Each costs one septet.
 *
 * Source: 3GPP TS 23.038 §6.2.1 (GSM 03.38), default alphabet.
 */
export const GSM7_BASIC =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
  "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

/**
 * The characters of the GSM 7-bit extension table, in septet order. Each costs two septets: the escape and its own.
 *
 * Source: 3GPP TS 23.038 §6.2.1.1, basic character set extension.
 */
export const GSM7_EXTENSION = "\f^{}\\[~]|€";

const EURO_SIGN = 0x20ac;
/** One past the last code unit of both tables except the euro sign, which alone would make the lookup nine times larger. */
const TABLE_SIZE = 0x03aa;

function buildCosts(): Uint8Array {
  const costs = new Uint8Array(TABLE_SIZE);
  for (const character of GSM7_BASIC) costs[character.charCodeAt(0)] = 1;
  for (const character of GSM7_EXTENSION) {
    const unit = character.charCodeAt(0);
    if (unit < TABLE_SIZE) costs[unit] = 2;
  }
  return costs;
}

const COSTS = /* @__PURE__ */ buildCosts();

/**
 * What one UTF-16 code unit costs in GSM-7: 1 or 2 septets, or 0 when GSM-7 cannot carry it.
 * No character outside the Basic Multilingual Plane is in GSM-7, so one code unit is always enough to ask.
 * National language shift tables are not considered: Twilio does not use them.
 */
export function gsm7Cost(codeUnit: number): number {
  if (codeUnit < TABLE_SIZE) return COSTS[codeUnit] ?? 0;
  return codeUnit === EURO_SIGN ? 2 : 0;
}

/** Whether GSM-7 can carry the whole text. True for `""`. Linear; stops at the first character that GSM-7 lacks. */
export function isGsm7(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (gsm7Cost(text.charCodeAt(index)) === 0) return false;
  }
  return true;
}
