import { edit } from "./variant";
import type { Variant } from "./variant";

/** The library, broken where somebody says stop, or says something that is missed. */
export const VARIANTS_OF_CONSENT: readonly Variant[] = [
  {
    name: "gate-only-at-send",
    breaks: "The claim does not look at the consent.",
    caughtAt: 1,
    edits: [
      edit(
        "src/core/decide/dispatch.ts",
        "if (consent.record === null || !mayPass(message.value, consent.record.value, nowMs)) {",
        "if (consent.record === null) {",
      ),
    ],
  },
  {
    name: "claim-rests-on-nothing",
    breaks: "The claim reads the consent but its commit does not check that it still holds.",
    caughtAt: 6,
    edits: [
      edit(
        "src/core/decide/dispatch.ts",
        `      ...restingOn(recordsOfGate(consent)),
      { kind: "message", check: message.value.id, expect: message.version },`,
        `      { kind: "message", check: message.value.id, expect: message.version },`,
      ),
    ],
  },
  {
    name: "no-first-contact",
    breaks: "A first send writes no consent record; absence counts as permission, in the claim too.",
    caughtAt: 147,
    edits: [
      edit(
        "src/core/decide/outbound.ts",
        "if (gate.record !== null) return restingOn(recordsOfGate(gate));",
        "if (gate.record !== null || text.parts.length > 0) return restingOn(recordsOfGate(gate));",
      ),
      edit(
        "src/core/decide/dispatch.ts",
        "if (consent.record === null || !mayPass(message.value, consent.record.value, nowMs)) {",
        "if (consent.record !== null && !mayPass(message.value, consent.record.value, nowMs)) {",
      ),
    ],
  },
  {
    name: "stale-confirmation",
    breaks: "The confirmation of a STOP leaves however late it is.",
    caughtAt: 127,
    edits: [
      edit(
        "src/core/decide/dispatch.ts",
        "return nowMs - Date.parse(consent.since) < CONFIRMATION_MS;",
        "return nowMs - Date.parse(consent.since) < CONFIRMATION_MS * 1e9;",
      ),
    ],
  },
  {
    name: "any-confirmation",
    breaks: "Whatever answers a STOP passes, also when the contact has come back and stopped again.",
    caughtAt: 17,
    edits: [
      edit(
        "src/core/decide/dispatch.ts",
        'if (message.answersKeyword !== "stop" || message.createdAt !== consent.since) return false;',
        'if (message.answersKeyword !== "stop") return false;',
      ),
    ],
  },
  {
    name: "opt-out-errors-ignored",
    breaks: "Twilio's word that a contact has opted out does not close the gate.",
    caughtAt: 234,
    edits: [
      edit(
        "src/core/decide/status.ts",
        "return payload.errorCode !== null && optOutErrors.includes(payload.errorCode);",
        "return payload.errorCode !== null && optOutErrors.includes(-payload.errorCode);",
      ),
    ],
  },
  {
    name: "stop-said-again-rests-on-nothing",
    breaks: "A STOP that is no news does not check that it still is none.",
    caughtAt: 186,
    edits: [
      edit(
        "src/core/decide/consent-change.ts",
        'const writes = change.signal.kind === "first-contact" ? [] : restingOn(recordsOfGate(gate));',
        "const writes: readonly Write[] = [];",
      ),
      edit(
        "src/core/decide/consent-change.ts",
        "return OWN_WORDS.has(said.reason) && here.since < at;",
        'return OWN_WORDS.has(said.reason) && here.since < at && here.since === "";',
      ),
    ],
  },
  {
    name: "start-keeps-its-late-date",
    breaks:
      "A START that came late counts as said when it came, and a STOP that was missed after it as older.",
    caughtAt: 424,
    edits: [
      edit(
        "src/core/decide/logged-message.ts",
        "return createdAt > timestampOf(loggedAtMs(entry) + WITHIN_SECOND_MS);",
        "return createdAt > timestampOf(loggedAtMs(entry) + WITHIN_SECOND_MS * 1e6);",
      ),
    ],
  },
  {
    name: "missed-texts-stay-missed",
    breaks: "Twilio's log is read, and what is missing is not stored.",
    caughtAt: 2,
    edits: [
      edit(
        "src/flows/merge-logged.ts",
        "if (record === null) missing.push(entry);",
        "if (record === null) continue;",
      ),
    ],
  },
];
