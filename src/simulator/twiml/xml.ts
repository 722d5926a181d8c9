/** An element of an XML document. Text directly inside it is joined, whitespace kept. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

interface OpenElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  text: string;
}

const NAMED_ENTITIES: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
]);

/** A character reference's code point, if XML allows it in a document. */
function characterOf(reference: string): string | null {
  const digits = /^#(?:x([0-9a-f]{1,6})|([0-9]{1,7}))$/i.exec(reference);
  if (digits === null) return null;
  const codePoint = digits[1] === undefined ? Number(digits[2]) : Number.parseInt(digits[1], 16);
  const isControl = codePoint < 0x20 && codePoint !== 0x9 && codePoint !== 0xa && codePoint !== 0xd;
  if (isControl || codePoint > 0x10ffff || (codePoint >= 0xd800 && codePoint <= 0xdfff)) return null;
  return String.fromCodePoint(codePoint);
}

/** Replaces entities; null when one is unknown or an ampersand stands alone. */
function decodeEntities(text: string): string | null {
  let isBroken = false;
  const decoded = text.replace(/&([^;&\s]{0,32});?/g, (whole, reference: string) => {
    const value = whole.endsWith(";") ? (NAMED_ENTITIES.get(reference) ?? characterOf(reference)) : null;
    if (value === null) isBroken = true;
    return value ?? "";
  });
  return isBroken ? null : decoded;
}

function parseAttributes(source: string): Record<string, string> | null {
  const attributes: Record<string, string> = {};
  const attribute = /\s+([A-Za-z_:][\w:.-]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
  let end = 0;
  for (let match = attribute.exec(source); match !== null; match = attribute.exec(source)) {
    end = attribute.lastIndex;
    const [, name = "", double, single] = match;
    const value = decodeEntities(double ?? single ?? "");
    if (value === null || Object.hasOwn(attributes, name)) return null;
    attributes[name] = value;
  }
  return source.slice(end).trim() === "" ? attributes : null;
}

/** Where a construct that starts at `start` ends, exclusively; -1 when it never does. */
function endAfter(source: string, terminator: string, start: number): number {
  const index = source.indexOf(terminator, start);
  return index === -1 ? -1 : index + terminator.length;
}

/** The end of a tag: the first ">" outside quotes; -1 when there is none. */
function endOfTag(source: string, start: number): number {
  let quote = "";
  for (let index = start; index < source.length; index += 1) {
    const character = source.charAt(index);
    if (quote !== "") {
      if (character === quote) quote = "";
    } else if (character === '"' || character === "'") quote = character;
    else if (character === ">") return index + 1;
  }
  return -1;
}

/** What has been read so far. `root` appears when the outermost element is closed. */
interface Reading {
  readonly open: OpenElement[];
  root: XmlElement | null;
}

function addText(reading: Reading, text: string): boolean {
  const parent = reading.open.at(-1);
  if (parent === undefined) return text.trim() === "";
  parent.text += text;
  return true;
}

function close(reading: Reading, name: string): boolean {
  const element = reading.open.pop();
  if (element?.name !== name) return false;
  const parent = reading.open.at(-1);
  if (parent === undefined) reading.root = element;
  else parent.children.push(element);
  return true;
}

function readTag(reading: Reading, tag: string): boolean {
  const closing = /^<\/([A-Za-z_:][\w:.-]*)\s*>$/.exec(tag);
  if (closing !== null) return close(reading, closing[1] ?? "");
  const isEmpty = tag.endsWith("/>");
  const opening = /^<([A-Za-z_:][\w:.-]*)/.exec(tag);
  if (opening === null || (reading.root !== null && reading.open.length === 0)) return false;
  const [start, name = ""] = opening;
  const attributes = parseAttributes(tag.slice(start.length, isEmpty ? -2 : -1));
  if (attributes === null) return false;
  reading.open.push({ name, attributes, children: [], text: "" });
  return isEmpty ? close(reading, name) : true;
}

/** Reads the construct at `start`; the answer is where the next one starts, or -1 when the document is broken. */
function readNext(reading: Reading, source: string, start: number): number {
  if (source.charAt(start) !== "<") {
    const end = source.indexOf("<", start);
    const stop = end === -1 ? source.length : end;
    const text = decodeEntities(source.slice(start, stop));
    return text !== null && addText(reading, text) ? stop : -1;
  }
  if (source.startsWith("<!--", start)) return endAfter(source, "-->", start + 4);
  if (source.startsWith("<?", start)) return endAfter(source, "?>", start + 2);
  if (source.startsWith("<![CDATA[", start)) {
    const end = endAfter(source, "]]>", start + 9);
    const isPlaced =
      end !== -1 && reading.open.length > 0 && addText(reading, source.slice(start + 9, end - 3));
    return isPlaced ? end : -1;
  }
  const end = endOfTag(source, start);
  return end !== -1 && readTag(reading, source.slice(start, end)) ? end : -1;
}

/**
 * Reads a document without a type declaration; null when it is not well-formed.
 * Iterative and linear: neither depth nor length can harm it.
 */
export function parseXml(document: string): XmlElement | null {
  // A byte order mark and the usual line breaks before the prolog do no harm.
  const source = document.replace(/^\uFEFF/, "").trim();
  const reading: Reading = { open: [], root: null };
  let position = 0;
  while (position < source.length) {
    position = readNext(reading, source, position);
    if (position === -1) return null;
  }
  return reading.open.length === 0 ? reading.root : null;
}
