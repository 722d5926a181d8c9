import type { Entity, Kind } from "./record";
import { countsOf, EXPORT_HEADER } from "./record-counts";
import type { RecordCounts } from "./record-counts";
import { KINDS, SCHEMA } from "./schema";
import type { ColumnType } from "./schema";

/** What a line of an exported file says. */
export type ExportLine =
  | { readonly is: "record"; readonly kind: Kind; readonly record: Entity }
  | { readonly is: "end"; readonly counts: RecordCounts };

/** What is wrong with a header: `format` for a file that is none of ours, `version` for one of a version not known here. */
export function headerProblem(value: unknown): "format" | "version" | null {
  const header = objectOf(value);
  if (header?.["format"] !== EXPORT_HEADER.format) return "format";
  return header["version"] === EXPORT_HEADER.version ? null : "version";
}

/** A line after the header, or what is wrong with it, in words that repeat nothing of its content. */
export function readExportLine(value: unknown): ExportLine | string {
  const line = objectOf(value);
  if (line === null) return "is no record";
  const { counts, kind, record, ...more } = line;
  if (Object.keys(more).length > 0) return "has a field that no line has";
  if (counts !== undefined && kind === undefined && record === undefined) {
    const told = objectOf(counts);
    const fits = told !== null && KINDS.every((known) => isCount(told[known]));
    return fits
      ? { is: "end", counts: countsOf((known) => Number(told[known])) }
      : "has no counts of every kind";
  }
  const known = KINDS.find((one) => one === kind);
  if (known === undefined || counts !== undefined) return "is of no known kind";
  const completed = withNulls(known, record);
  const problem = recordProblem(known, completed);
  // Every field is there and of its type: that is the record.
  return problem ?? { is: "record", kind: known, record: completed as Entity };
}

/** Fields that an older release did not have yet may be null, and are. */
function withNulls(kind: Kind, value: unknown): unknown {
  const record = objectOf(value);
  if (record === null) return value;
  const optional = Object.entries(SCHEMA[kind].columns).filter(([, type]) => type.endsWith("?"));
  return { ...Object.fromEntries(optional.map(([field]) => [field, null])), ...record };
}

function recordProblem(kind: Kind, value: unknown): string | null {
  const record = objectOf(value);
  if (record === null) return `has no ${kind}`;
  const columns: Readonly<Record<string, ColumnType>> = SCHEMA[kind].columns;
  for (const [field, type] of Object.entries(columns)) {
    if (!isOfType(record[field], type)) return `has no ${field} that fits a ${kind}`;
  }
  if (Object.keys(record).length > Object.keys(columns).length) return `has a field that no ${kind} has`;
  // The one field on which it hangs whether somebody is texted.
  if (kind === "consent" && !CONSENT_STATES.has(record["state"])) return "has no state that fits a consent";
  return isShallow(record) ? null : "is nested too deeply";
}

function isShallow(record: unknown): boolean {
  try {
    JSON.stringify(record);
    return true;
  } catch {
    // Nested deeper than anything of ours.
    return false;
  }
}

const CONSENT_STATES: ReadonlySet<unknown> = new Set(["opted-in", "opted-out", "unknown"]);

function isOfType(value: unknown, type: ColumnType): boolean {
  if (value === null) return type.endsWith("?");
  switch (type) {
    case "text":
    case "text?":
      // No storage takes NUL or half a surrogate pair here. Inside of JSON they are written as escapes.
      return typeof value === "string" && value.isWellFormed() && !value.includes("\0");
    case "integer":
    case "integer?":
      return Number.isSafeInteger(value);
    case "boolean":
      return typeof value === "boolean";
    case "json":
    case "json?":
      return typeof value === "object";
  }
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  // An object that is no array: its fields may be asked for by any name.
  return value as Readonly<Record<string, unknown>>;
}
