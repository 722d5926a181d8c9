import { ERROR_CATALOGUE } from "./error-catalogue";
import type { CatalogueRow, ErrorKind, RetryAdvice } from "./error-catalogue";

export type { ErrorKind, RetryAdvice } from "./error-catalogue";

/** An error code in words that a support agent can act on. No text contains a phone number or a message body. */
export interface ErrorExplanation {
  /** The code asked about. */
  readonly code: number;
  /** A few words, to stand beside the message. */
  readonly title: string;
  /** One sentence: what happened. */
  readonly meaning: string;
  /** Who has to act. */
  readonly kind: ErrorKind;
  /** One sentence: what to do. */
  readonly advice: string;
  /** Whether the same message may be sent again. Advice for people: nothing is sent again because of it. */
  readonly retry: RetryAdvice;
  /** True when the code proves that the contact opted out of this sender or blocked it. */
  readonly optOut: boolean;
  /** False for a code that this version does not know. */
  readonly known: boolean;
}

const USUAL_RETRY: Readonly<Record<ErrorKind, RetryAdvice>> = {
  config: "after-fix",
  permanent: "never",
  compliance: "after-fix",
  transient: "later",
  "opted-out": "never",
  account: "after-fix",
  unknown: "never",
};

interface Entry {
  readonly kind: ErrorKind;
  readonly row: CatalogueRow;
}

function indexByCode(): ReadonlyMap<number, Entry> {
  const kinds: readonly ErrorKind[] = [
    "config",
    "permanent",
    "compliance",
    "transient",
    "opted-out",
    "account",
    "unknown",
  ];
  return new Map(
    kinds.flatMap((kind) =>
      ERROR_CATALOGUE[kind].flatMap((row) => row[0].map((code) => [code, { kind, row }] as const)),
    ),
  );
}

const ENTRIES = /* @__PURE__ */ indexByCode();

/**
 * Explains a Twilio error code. Total: a code that this version does not know gets an explanation that promises
 * nothing and advises no retry, because Twilio adds codes without notice and may change those of a message.
 * Source: Twilio docs, "Message resource", error_code (read 2026-11).
 */
export function explainError(code: number): ErrorExplanation {
  const entry = ENTRIES.get(code);
  if (entry === undefined) {
    return {
      code,
      title: "Unknown error",
      meaning: "Twilio reported an error that is not in our list.",
      kind: "unknown",
      advice: "Look the code up in Twilio's error dictionary before sending again.",
      retry: USUAL_RETRY.unknown,
      optOut: false,
      known: false,
    };
  }
  const { kind, row } = entry;
  const [, title, meaning, advice, retry = USUAL_RETRY[kind]] = row;
  return { code, title, meaning, kind, advice, retry, optOut: kind === "opted-out", known: true };
}
