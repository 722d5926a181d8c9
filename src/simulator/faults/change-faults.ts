import { rejectUnknownKeys } from "../unknown-keys";
import type { FaultName, FaultOptions } from "./fault-options";
import { FAULT_NAMES, forEachFault, NO_FAULTS } from "./fault-settings";
import type {
  CopiesSetting,
  FaultSettings,
  LateSetting,
  OutageSetting,
  PlainSetting,
  RefusalSetting,
  TooManySetting,
} from "./fault-settings";
import { readAs, readCount, readMs, readRate, readScope, readSeconds, takeMembers } from "./fault-values";

const DEFAULT_HOLD_MS = 10_000;

/** Reads a value that came through the door, of whatever type. */
type Read<Setting> = (value: unknown, name: string) => Setting;

const plain: Read<PlainSetting> = (value, name) => ({ rate: readRate(value, name) });

const late: Read<LateSetting> = (value, name) => {
  const { rate, ms } = takeMembers(value, ["rate", "ms"], name);
  return { rate: readRate(rate ?? 1, name), ms: readMs(ms, `${name}.ms`) };
};

/** A bare number is the rate of a fault whose other members have defaults. */
function membersOrRate(
  value: unknown,
  known: readonly string[],
  name: string,
): Readonly<Record<string, unknown>> {
  return typeof value === "number" ? { rate: value } : takeMembers(value, known, name);
}

const copies: Read<CopiesSetting> = (value, name) => {
  const { rate, times } = membersOrRate(value, ["rate", "times"], name);
  return { rate: readRate(rate ?? 1, name), times: readCount(times ?? 2, [2, 100], `${name}.times`) };
};

const held: Read<LateSetting> = (value, name) => {
  const { rate, ms } = membersOrRate(value, ["rate", "ms"], name);
  return { rate: readRate(rate ?? 1, name), ms: readMs(ms ?? DEFAULT_HOLD_MS, `${name}.ms`) };
};

const refused: Read<RefusalSetting> = (value, name) => {
  const { rate, on } = membersOrRate(value, ["rate", "on"], name);
  return { rate: readRate(rate ?? 1, name), on: readScope(on ?? "create", name) };
};

const tooMany: Read<TooManySetting> = (value, name) => {
  const known = ["rate", "on", "length", "retryAfterSeconds"];
  const { rate, on, length, retryAfterSeconds } = membersOrRate(value, known, name);
  return {
    rate: readRate(rate ?? 1, name),
    on: readScope(on ?? "create", name),
    length: readCount(length ?? 1, [1, 10_000], `${name}.length`),
    retryAfterSeconds: readSeconds(retryAfterSeconds ?? null, name),
  };
};

const outage: Read<OutageSetting> = (value, name) => {
  const { as, ms, afterMs, rate } = takeMembers(value, ["as", "ms", "afterMs", "rate"], name);
  if (rate !== undefined && (ms === undefined || afterMs !== undefined)) {
    throw new TypeError(`${name} with a rate needs ms, and takes no afterMs.`);
  }
  return {
    rate: rate === undefined ? null : readRate(rate, name),
    as: readAs(as ?? "closed", name),
    ms: ms === undefined ? null : readMs(ms, `${name}.ms`),
    afterMs: readMs(afterMs ?? 0, `${name}.afterMs`)[0],
  };
};

const READERS: { readonly [Name in FaultName]: Read<NonNullable<FaultSettings[Name]>> } = {
  loseCallback: plain,
  delayCallback: late,
  duplicateCallback: copies,
  reorderCallback: held,
  acceptThenHang: plain,
  acceptThenClose: plain,
  acceptThen500: plain,
  acceptThenTruncate: plain,
  answer500: refused,
  answer429: tooMany,
  outage,
  delayApi: late,
  loseInbound: plain,
  delayInbound: late,
  duplicateInbound: copies,
  repeatInbound: late,
  optOutSilently: plain,
  moveSender: plain,
  lagList: late,
};

/**
 * Lays a change over what is set: what it names is replaced as a whole, null turns it off, everything else stays.
 * @throws TypeError on an unknown fault or member, and on a malformed value.
 */
export function changeFaults(current: FaultSettings, change: FaultOptions): FaultSettings {
  const value: unknown = change;
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new TypeError("faults is not an object.");
  rejectUnknownKeys(change, FAULT_NAMES, "faults");
  return forEachFault<FaultSettings>((name) => {
    const asked: unknown = change[name];
    if (asked === undefined) return current[name];
    return asked === null ? NO_FAULTS[name] : READERS[name](asked, `faults.${name}`);
  });
}
