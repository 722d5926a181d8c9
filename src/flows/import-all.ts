import type { Storage } from "../ports/storage";
import type { ImportReport } from "./import-records";

/**
 * Puts the records of an exported file into a storage. What is there already stays, so an import that broke off can be repeated:
 * records that are there just so are counted as unchanged, others are left and counted as differing. An opt-out is never dropped:
 * it takes the place of everything but a newer opt-in.
 * @param source The chunks of the file as they come: lines with their `"\n"`, or text or bytes cut anywhere (a stream).
 * @throws SmsError `import_invalid` with the number of the line, before anything is written if it is the first: not such a file, of
 * a newer version, or damaged; what came before the line is in the storage. `storage_failed`, `contention`.
 * @example
 * const report = await importAll(storage, createReadStream("sms.jsonl"));
 */
export async function importAll(
  storage: Storage,
  source: Iterable<string> | AsyncIterable<string | Uint8Array>,
): Promise<ImportReport> {
  // Most instances never import anything, so they do not load what it takes.
  const { importRecords } = await import("./import-records");
  return importRecords(storage, source);
}
