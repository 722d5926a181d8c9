import { SmsError } from "../core/model/errors";

/** A line of a file, with its number, counted from 1. */
export interface Line {
  readonly text: string;
  readonly line: number;
}

/** Far longer than any record: what is longer is no line of ours, and must not fill the memory. */
const MAX_LINE_LENGTH = 4_194_304;

/**
 * The lines of a file that comes in chunks, cut anywhere, also within a character. Blank lines are left out.
 * @throws SmsError `import_invalid` for what is not UTF-8, and for a line without end.
 */
export async function* linesOf(
  source: Iterable<string> | AsyncIterable<string | Uint8Array>,
): AsyncGenerator<Line, void, undefined> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let pieces: string[] = [];
  let length = 0;
  let line = 1;
  for await (const chunk of source) {
    const text = typeof chunk === "string" ? chunk : decoded(chunk);
    let start = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
      pieces.push(text.slice(start, end));
      yield* whole();
      start = end + 1;
      line += 1;
    }
    pieces.push(text.slice(start));
    length += text.length - start;
    if (length > MAX_LINE_LENGTH) throw importInvalid(line, "is too long");
  }
  pieces.push(decoded());
  yield* whole();

  function* whole(): Generator<Line> {
    const joined = pieces.join("");
    pieces = [];
    length = 0;
    const text = line === 1 ? joined.replace(/^\uFEFF/, "") : joined;
    if (text.trim() !== "") yield { text, line };
  }

  function decoded(bytes?: Uint8Array): string {
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
    } catch {
      throw importInvalid(line, "is not UTF-8");
    }
  }
}

/** The error for a line that is not as it was exported. It repeats nothing of the line. */
export function importInvalid(line: number, problem: string): SmsError {
  return new SmsError(
    "import_invalid",
    `Line ${line} of the file ${problem}. What came before it may be in the storage; mend the file and import it again.`,
    { details: { line } },
  );
}
