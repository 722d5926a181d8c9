/** Whether this is one character of white space; false for `""`. */
export const isSpace = (character: string): boolean => character.length > 0 && character.trim() === "";

/** A link longer than this is cut like any other text; it also bounds the work. */
const LONGEST_LINK = 2048;
/** Starts a link: a scheme, `www.`, or a bare domain followed by a path (`bit.ly/x`). Tried at the start of a word only. */
const LINK_START = /^[("'<[]?(?:www\.|[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}\/)/i;

/** Where the link begins that a cut at `end` would break, or -1. A link longer than `longest` code units is not looked for. */
export function brokenLink(body: string, end: number, longest: number = LONGEST_LINK): number {
  const floor = Math.max(0, end - longest);
  let word = end;
  while (word > floor && !isSpace(body.charAt(word - 1))) word -= 1;
  let wordEnd = end;
  while (wordEnd < body.length && wordEnd < end + longest && !isSpace(body.charAt(wordEnd))) wordEnd += 1;
  if (word === end || wordEnd === end) return -1;
  const text = body.slice(word, wordEnd);
  if (LINK_START.test(text)) return word;
  // The scheme may follow other text without a space ("看https://…"), and the cut may fall inside the scheme itself.
  for (
    let mark = text.lastIndexOf("://");
    mark !== -1;
    mark = mark === 0 ? -1 : text.lastIndexOf("://", mark - 1)
  ) {
    let start = mark;
    while (start > 0 && /[a-z0-9+.-]/i.test(text.charAt(start - 1))) start -= 1;
    if (start < mark && word + start < end) return word + start;
  }
  return -1;
}

const CLOSERS = "\"'”’)]»";

/** Whether a sentence ends right before `end`. A full stop needs white space after it that no lower-case letter follows (e.g. here). */
export function endsSentence(body: string, end: number): boolean {
  let last = end - 1;
  while (last > 0 && end - last <= 3 && CLOSERS.includes(body.charAt(last))) last -= 1;
  const mark = body.charAt(last);
  if ("。！？\n".includes(mark)) return true;
  if (!".!?…".includes(mark) || !isSpace(body.charAt(end))) return false;
  return mark !== "." || !/\p{Ll}/u.test(body.charAt(end + 1));
}

/** The last index from `from` down to `downTo` where something holds, or -1. */
export function lastWhere(from: number, downTo: number, holds: (index: number) => boolean): number {
  for (let index = from; index >= downTo; index -= 1) if (holds(index)) return index;
  return -1;
}
