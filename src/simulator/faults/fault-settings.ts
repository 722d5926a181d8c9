import type { MsRange } from "./fault-values";
import type { FaultName } from "./fault-options";

/** A fault that only happens. */
export interface PlainSetting {
  readonly rate: number;
}

/** A fault with a time. */
export interface LateSetting extends PlainSetting {
  readonly ms: MsRange;
}

/** A fault with copies. */
export interface CopiesSetting extends PlainSetting {
  readonly times: number;
}

/** A fault that refuses calls. */
export interface RefusalSetting extends PlainSetting {
  readonly on: "create" | "all";
}

/** A fault that refuses calls in a row. */
export interface TooManySetting extends RefusalSetting {
  readonly length: number;
  readonly retryAfterSeconds: number | null;
}

/** An outage. Without a rate it begins by itself; `ms` null: it does not end by itself. */
export interface OutageSetting {
  readonly rate: number | null;
  readonly as: "closed" | 503;
  readonly ms: MsRange | null;
  readonly afterMs: number;
}

/** The faults that are set, every field filled in; null: off. Plain data, as JSON can carry it. */
export interface FaultSettings {
  readonly loseCallback: PlainSetting | null;
  readonly delayCallback: LateSetting | null;
  readonly duplicateCallback: CopiesSetting | null;
  readonly reorderCallback: LateSetting | null;
  readonly acceptThenHang: PlainSetting | null;
  readonly acceptThenClose: PlainSetting | null;
  readonly acceptThen500: PlainSetting | null;
  readonly acceptThenTruncate: PlainSetting | null;
  readonly answer500: RefusalSetting | null;
  readonly answer429: TooManySetting | null;
  readonly outage: OutageSetting | null;
  readonly delayApi: LateSetting | null;
  readonly loseInbound: PlainSetting | null;
  readonly delayInbound: LateSetting | null;
  readonly duplicateInbound: CopiesSetting | null;
  readonly repeatInbound: LateSetting | null;
  readonly optOutSilently: PlainSetting | null;
  readonly moveSender: PlainSetting | null;
  readonly lagList: LateSetting | null;
}

/** Something for every fault: what `of` makes of its name. */
export function forEachFault<Of extends Readonly<Record<FaultName, unknown>>>(
  of: <Name extends FaultName>(name: Name) => Of[Name],
): { readonly [Name in FaultName]: Of[Name] } {
  return {
    loseCallback: of("loseCallback"),
    delayCallback: of("delayCallback"),
    duplicateCallback: of("duplicateCallback"),
    reorderCallback: of("reorderCallback"),
    acceptThenHang: of("acceptThenHang"),
    acceptThenClose: of("acceptThenClose"),
    acceptThen500: of("acceptThen500"),
    acceptThenTruncate: of("acceptThenTruncate"),
    answer500: of("answer500"),
    answer429: of("answer429"),
    outage: of("outage"),
    delayApi: of("delayApi"),
    loseInbound: of("loseInbound"),
    delayInbound: of("delayInbound"),
    duplicateInbound: of("duplicateInbound"),
    repeatInbound: of("repeatInbound"),
    optOutSilently: of("optOutSilently"),
    moveSender: of("moveSender"),
    lagList: of("lagList"),
  };
}

/** Every fault there is, in the order of `FaultOptions`. */
export const FAULT_NAMES: readonly FaultName[] = Object.values(
  forEachFault<Readonly<Record<FaultName, FaultName>>>((name) => name),
);

/** No fault at all. */
export const NO_FAULTS: FaultSettings = forEachFault<FaultSettings>(() => null);
