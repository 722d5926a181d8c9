import type { Kind } from "../core/model/record";
import { countsOf, EXPORT_HEADER } from "../core/model/record-counts";
import { KINDS } from "../core/model/schema";
import type { Storage } from "../ports/storage";
import { pagesOf } from "./pages-of";

const PAGE = 500;

/**
 * Everything in a storage as lines of JSON, each with its `"\n"`: a header, every record, and at last how many there are of each
 * kind, by which `importAll` knows that nothing was cut off. One page is in memory at a time.
 *
 * Stop every worker and keep webhooks away first. Otherwise it is a copy out of focus: records that change meanwhile may be in it
 * as they were or as they became, beside others of another moment; and work that is done meanwhile may be in it as still to do,
 * so that the copy would send a text again.
 * @example
 * await pipeline(exportAll(storage), createWriteStream("sms.jsonl"));
 */
export async function* exportAll(storage: Storage): AsyncGenerator<string, void, undefined> {
  yield lineOf(EXPORT_HEADER);
  const counts = new Map<Kind, number>();
  for (const kind of KINDS) {
    const query = { list: "records", kind, limit: PAGE } as const;
    for await (const page of pagesOf((cursor) => storage.list({ ...query, cursor }))) {
      for (const record of page) yield lineOf({ kind, record });
      counts.set(kind, (counts.get(kind) ?? 0) + page.length);
    }
  }
  yield lineOf({ counts: countsOf((kind) => counts.get(kind) ?? 0) });
}

function lineOf(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
