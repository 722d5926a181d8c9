import type { ReplyIntent } from "./keywords";

/** What we know of a contact's wish. `unknown` means never asked and never answered; it does not forbid a message. */
export type ConsentState = "opted-in" | "opted-out" | "unknown";

/** Everything that can bear on consent. The names say who spoke: the contact, Twilio, our operator, or an import. */
export type ConsentSignalKind =
  | "keyword-stop"
  | "keyword-start"
  | "opt-out-type-stop"
  | "opt-out-type-start"
  | "informal-stop"
  | "carrier-21610"
  | "carrier-block"
  | "operator-opt-out"
  | "operator-opt-in"
  | "import-opt-out"
  | "import-opt-in"
  | "first-contact";

/**
 * One thing that happened.
 * `keyword-*` our own reading of a reply · `opt-out-type-*` Twilio's reading, sent as OptOutType · `informal-stop` a wish in
 * other words, where the host has it count · `carrier-21610` Twilio refused or failed a message because the contact opted
 * out · `carrier-block` another error that the host has count as an opt-out · `operator-*` a person in the host's team, with
 * evidence · `import-*` a list brought in from elsewhere · `first-contact` the first message in either direction.
 */
export interface ConsentSignal {
  /** Which. */
  readonly kind: ConsentSignalKind;
}

/** Why the state is what it is after a signal: the signal itself, or the rule that refused it. */
export type ConsentReason =
  | "keyword_stop"
  | "keyword_start"
  | "opt_out_type_stop"
  | "opt_out_type_start"
  | "informal_stop"
  | "carrier_21610"
  | "carrier_block"
  | "operator_opt_out"
  | "operator_opt_in"
  | "import_opt_out"
  | "import_opt_in"
  | "import_cannot_lift_opt_out"
  | "first_contact";

/** The outcome of a signal. */
export interface ConsentStep {
  /** The state from now on. */
  readonly state: ConsentState;
  /** True when the state differs from before; no record counts as `unknown`. */
  readonly changed: boolean;
  /** Why. When `changed` is false this belongs in the history only: the record keeps its own reason and date. */
  readonly reason: ConsentReason;
}

interface Effect {
  readonly state: ConsentState | "same";
  readonly reason: ConsentReason;
  /** What happens instead when the contact is opted out, where that differs. */
  readonly refusedWhenOptedOut?: ConsentReason;
}

const EFFECTS: Readonly<Record<ConsentSignalKind, Effect>> = {
  "keyword-stop": { state: "opted-out", reason: "keyword_stop" },
  "keyword-start": { state: "opted-in", reason: "keyword_start" },
  "opt-out-type-stop": { state: "opted-out", reason: "opt_out_type_stop" },
  "opt-out-type-start": { state: "opted-in", reason: "opt_out_type_start" },
  "informal-stop": { state: "opted-out", reason: "informal_stop" },
  "carrier-21610": { state: "opted-out", reason: "carrier_21610" },
  "carrier-block": { state: "opted-out", reason: "carrier_block" },
  "operator-opt-out": { state: "opted-out", reason: "operator_opt_out" },
  "operator-opt-in": { state: "opted-in", reason: "operator_opt_in" },
  "import-opt-out": { state: "opted-out", reason: "import_opt_out" },
  "import-opt-in": {
    state: "opted-in",
    reason: "import_opt_in",
    refusedWhenOptedOut: "import_cannot_lift_opt_out",
  },
  "first-contact": { state: "same", reason: "first_contact" },
};

/**
 * The consent machine: the state after a signal. `null` stands for a contact without a record.
 * Total, pure, and idempotent: a signal given twice changes nothing the second time.
 *
 * An opted-out contact leaves that state only by their own START (read by us or by Twilio) or by an operator who has
 * evidence. An import never lifts an opt-out, whoever made it: a list is older than we know, and importing a list
 * must not be a way round STOP.
 */
export function nextConsent(state: ConsentState | null, signal: ConsentSignal): ConsentStep {
  const before = state ?? "unknown";
  const effect = EFFECTS[signal.kind];
  if (before === "opted-out" && effect.refusedWhenOptedOut !== undefined) {
    return { state: before, changed: false, reason: effect.refusedWhenOptedOut };
  }
  const after = effect.state === "same" ? before : effect.state;
  return { state: after, changed: after !== before, reason: effect.reason };
}

/**
 * Says whether a message may go to a contact in this state: always, unless they opted out.
 * Whether the host needed permission before the first message is the host's duty; `unknown` does not answer it.
 */
export function mayReceive(state: ConsentState | null): boolean {
  return state !== "opted-out";
}

/** What a reply said: our own reading, and Twilio's where Twilio sent one. */
export interface ReplyEvidence {
  /** From `classifyReply`. */
  readonly intent: ReplyIntent;
  /**
   * The webhook's OptOutType; `null` when absent. Twilio sends it only where Advanced Opt-Out is on, and then it
   * means that Twilio has matched a keyword, acted on it and answered.
   * Source: Twilio docs, "Advanced Opt-Out" (read 2026-11).
   */
  readonly optOutType: "STOP" | "START" | "HELP" | null;
}

/**
 * The consent signal that a reply carries, or `null` where it carries none.
 * Twilio's OptOutType wins over our own reading, because Twilio has already opened or closed its own gate by it.
 * HELP is no signal, and neither is `maybe-stop`: a person decides, and then gives an operator signal.
 */
export function consentSignalOf(evidence: ReplyEvidence): ConsentSignal | null {
  switch (evidence.optOutType) {
    case "STOP":
      return { kind: "opt-out-type-stop" };
    case "START":
      return { kind: "opt-out-type-start" };
    case "HELP":
      return null;
    case null:
      return signalOfIntent(evidence.intent);
  }
}

function signalOfIntent(intent: ReplyIntent): ConsentSignal | null {
  switch (intent) {
    case "stop":
      return { kind: "keyword-stop" };
    case "start":
      return { kind: "keyword-start" };
    case "help":
    case "maybe-stop":
    case "none":
      return null;
  }
}
