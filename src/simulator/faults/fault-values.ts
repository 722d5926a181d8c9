import { rejectUnknownKeys } from "../unknown-keys";

/** The least and the most milliseconds, both inclusive. */
export type MsRange = readonly [leastMs: number, mostMs: number];

/** A day: longer than anything waits for anything here, and safe for every timer. */
const LONGEST_MS = 24 * 60 * 60 * 1000;

function malformed(what: string, shape: string): TypeError {
  return new TypeError(`${what} is not ${shape}.`);
}

/** The members of an object, checked for unknown ones. @throws TypeError when it is no object. */
export function takeMembers(
  value: unknown,
  known: readonly string[],
  name: string,
): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw malformed(name, `an object of ${known.join(", ")}`);
  rejectUnknownKeys(value, known, name);
  return { ...value };
}

/** @throws TypeError when it is not a number from 0 to 1. */
export function readRate(value: unknown, name: string): number {
  if (typeof value === "number" && value >= 0 && value <= 1) return value;
  throw malformed(name, "a rate from 0 to 1");
}

/** @throws TypeError when it is not a whole number within the bounds. */
export function readCount(
  value: unknown,
  bounds: readonly [least: number, most: number],
  what: string,
): number {
  const [least, most] = bounds;
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  throw malformed(what, `a whole number from ${least} to ${most}`);
}

function isMs(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= LONGEST_MS;
}

/** @throws TypeError when it is neither milliseconds, a day at most, nor a least and a most of them. */
export function readMs(value: unknown, name: string): MsRange {
  if (isMs(value)) return [value, value];
  if (Array.isArray(value) && value.length === 2) {
    const least: unknown = value[0];
    const most: unknown = value[1];
    if (isMs(least) && isMs(most) && least <= most) return [least, most];
  }
  throw malformed(name, "milliseconds up to a day, or [least, most]");
}

/** @throws TypeError when it is neither null nor whole seconds. */
export function readSeconds(value: unknown, name: string): number | null {
  return value === null ? null : readCount(value, [0, 86_400], `${name}.retryAfterSeconds`);
}

/** @throws TypeError when it is neither. */
export function readScope(value: unknown, name: string): "create" | "all" {
  if (value === "create" || value === "all") return value;
  throw malformed(`${name}.on`, '"create" or "all"');
}

/** @throws TypeError when it is neither. */
export function readAs(value: unknown, name: string): "closed" | 503 {
  if (value === "closed" || value === 503) return value;
  throw malformed(`${name}.as`, '"closed" or 503');
}

/** A whole number of milliseconds out of a range; `share` from 0 up to, not including, 1. */
export function pickMs([leastMs, mostMs]: MsRange, share: number): number {
  return Math.min(mostMs, leastMs + Math.floor(share * (mostMs - leastMs + 1)));
}
