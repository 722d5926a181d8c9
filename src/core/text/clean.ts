/** What a runtime from before ES2024 lacks. Asked at run time because browsers of 2023 run this file too. */
interface MaybeWellFormed {
  readonly toWellFormed?: () => string;
}

function toWellFormed(text: string): string {
  const native: MaybeWellFormed["toWellFormed"] = (text as MaybeWellFormed).toWellFormed; // widened: may be missing
  if (typeof native === "function") return native.call(text);
  // In Unicode mode a surrogate only matches on its own when it is not half of a pair.
  return text.replace(/\p{Surrogate}/gu, "\uFFFD");
}

/**
 * Makes text safe to store: lone surrogates become U+FFFD and NUL characters are removed. Everything else is kept as it is.
 * Idempotent, linear, and the same string comes back when nothing was wrong with it.
 *
 * Needed because databases disagree: PostgreSQL refuses NUL, SQLite drivers cut at it, and both may refuse or silently
 * replace a lone surrogate. Text is cleaned where it enters, so every store holds the same.
 */
export function cleanText(text: string): string {
  const wellFormed = toWellFormed(text);
  return wellFormed.includes("\0") ? wellFormed.replaceAll("\0", "") : wellFormed;
}
