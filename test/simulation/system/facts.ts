import type { Consent } from "../../../src/core/model/consent";
import type { SmsEvent } from "../../../src/core/model/events";
import type { Entity, EntityOf, Kind, Versioned, Write } from "../../../src/core/model/record";

/** A commit that took effect. */
export interface CommitFact {
  readonly atMs: number;
  readonly instance: string;
  readonly writes: readonly Write[];
}

/** A request to make a message, as it left a process. */
export interface PostFact {
  /** When it was issued, by the true clock. */
  readonly atMs: number;
  readonly instance: string;
  /** Our message id in its StatusCallback. */
  readonly mid: string;
  readonly to: string;
  readonly from: string;
  readonly body: string;
  /** Twilio's id of what it made; null while it made nothing. */
  sid: string | null;
  /** Twilio's error when it read the request and refused it. */
  refusal: number | null;
}

/** A text that somebody's phone sent. */
export interface PhoneText {
  readonly sid: string;
  readonly contact: string;
  /** The number that was texted. */
  readonly to: string;
  /** Our end of the thread. */
  readonly ours: string;
  readonly body: string;
  readonly sentAtMs: number;
  /** What it does to the consent by itself. */
  readonly means: "stop" | "start" | "none";
  /** When a webhook about it was answered 2xx. */
  readonly acceptedAtMs: number[];
}

/** An answer that a webhook of ours gave. */
export interface AnswerFact {
  readonly atMs: number;
  readonly instance: string;
  readonly status: number;
  readonly what: "inbound" | "callback";
  readonly sid: string;
  /** Of a callback: our message id in its URL, and the status it told. */
  readonly mid: string | null;
  readonly told: string | null;
}

/** An event that listeners heard. */
export interface EventFact {
  readonly atMs: number;
  readonly instance: string;
  readonly event: SmsEvent;
}

/** A call of the host's, such as `send`, with what it resolved to. */
export interface HostCall {
  readonly token: string;
  readonly key: string | null;
  readonly contact: string;
  /** The ids of the messages that its answers named, one list for each answer. */
  readonly answers: (readonly string[])[];
}

/** A promise of the product that was broken. */
export interface Violation {
  /** The guarantee, by the name of the function that watches it. */
  readonly invariant: string;
  readonly atMs: number;
  /** Ids and numbers that lines of the trace about it have in them. */
  readonly about: readonly string[];
  readonly text: string;
}

/** What a promise needs to be watched: any of these. */
export interface Watch {
  /** Before the mirror takes the commit over. */
  readonly commit?: (commit: CommitFact) => void;
  readonly post?: (post: PostFact) => void;
  readonly accepted?: (post: PostFact) => void;
  readonly answer?: (answer: AnswerFact) => void;
  readonly event?: (event: EventFact) => void;
  /** When everything has settled. */
  readonly end?: () => void;
}

/** What is stored, as the commits have made it. */
export interface Mirror {
  readonly get: <K extends Kind>(kind: K, id: string) => Versioned<EntityOf[K]> | undefined;
  readonly all: <K extends Kind>(kind: K) => readonly EntityOf[K][];
  readonly apply: (writes: readonly Write[]) => void;
  readonly records: () => ReadonlyMap<string, Versioned<Entity>>;
  /** The consent that bears on a text between two addresses. */
  readonly consentOf: (consentId: string) => Consent | undefined;
}

/** Makes a mirror. */
export function createMirror(): Mirror {
  const records = new Map<string, Versioned<Entity>>();
  const byKind = new Map<Kind, Map<string, Entity>>();
  const tableOf = (kind: Kind): Map<string, Entity> => {
    const table = byKind.get(kind) ?? new Map<string, Entity>();
    byKind.set(kind, table);
    return table;
  };
  return {
    // What was put under a kind is of that kind.
    get: <K extends Kind>(kind: K, id: string) =>
      records.get(`${kind}/${id}`) as Versioned<EntityOf[K]> | undefined,
    all: <K extends Kind>(kind: K) => [...tableOf(kind).values()] as EntityOf[K][],
    apply(writes) {
      for (const write of writes) {
        if ("check" in write) continue;
        const id = "put" in write ? write.put.id : write.remove;
        const key = `${write.kind}/${id}`;
        if ("remove" in write) {
          records.delete(key);
          tableOf(write.kind).delete(id);
        } else {
          const version = write.expect === "absent" ? 1 : write.expect + 1;
          records.set(key, { version, value: write.put });
          tableOf(write.kind).set(id, write.put);
        }
      }
    },
    records: () => records,
    consentOf: (consentId) => records.get(`consent/${consentId}`)?.value as Consent | undefined,
  };
}
