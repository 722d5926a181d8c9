/** A moment as ISO 8601 in UTC with milliseconds (`2026-11-23T09:00:00.000Z`): sorts as text, survives JSON. */
export type Timestamp = string;

/** The timestamp of a moment given in milliseconds since 1970. */
export function timestampOf(atMs: number): Timestamp {
  return new Date(atMs).toISOString();
}

/** The later of two timestamps. */
export function later(a: Timestamp, b: Timestamp): Timestamp {
  return a > b ? a : b;
}
