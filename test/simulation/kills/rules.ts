import type { AskedReply, Ledger, SentText } from "./ledger";
import type { LoggedMessage, SendCall, StoredConversation, StoredMessage } from "./records";

/** Everything that is compared. */
export interface Evidence {
  readonly ledger: Ledger;
  /** Twilio's log. */
  readonly log: readonly LoggedMessage[];
  readonly calls: readonly SendCall[];
  readonly inbox: readonly StoredConversation[];
  /** How long after a STOP was committed a call may arrive whose claim came before it. */
  readonly longestCallMs: number;
}

/** What must not be, a line for each case; empty when all is well. */
export function contradictions(evidence: Evidence): readonly string[] {
  return [
    ...evidence.ledger.oddities,
    ...aboutTexts(evidence),
    ...aboutThreads(evidence),
    ...aboutReplies(evidence),
    ...aboutStrangers(evidence),
    ...aboutStops(evidence),
    ...aboutConsent(evidence),
  ];
}

/** Every text is stored once, and as it was sent. */
function aboutTexts({ ledger, log, inbox }: Evidence): readonly string[] {
  const inLog = new Map(
    log.filter(({ direction }) => direction === "inbound").map((text) => [text.sid, text]),
  );
  const stored = messagesOf(inbox, "inbound");
  const bySid = grouped(stored, ({ id }) => id);
  return [
    ...[...inLog.values()].flatMap(({ sid, body }) => {
      const count = bySid.get(sid)?.length ?? 0;
      if (count > 1) return [`a text is stored ${count} times: ${body}`];
      return count === 0 ? [`a text is not stored: ${body} (${sid})`] : [];
    }),
    ...stored.flatMap(({ id, body, from }) => {
      const sent = inLog.get(id);
      if (sent === undefined) return [`a text is stored that nobody sent: ${body}`];
      return sent.body === body && sent.from === from ? [] : [`a text is stored differently: ${body}`];
    }),
    ...ledger.texts
      .filter(({ sid }) => !inLog.has(sid))
      .map(({ body }) => `Twilio's log lacks a text: ${body}`),
  ];
}

/** One thread for each contact, numbered without a gap. */
function aboutThreads({ inbox }: Evidence): readonly string[] {
  const contacts = new Set(inbox.map(({ contact }) => contact));
  return [
    ...(contacts.size === inbox.length ? [] : ["a contact has two conversations"]),
    ...inbox.flatMap(({ contact, messages }) => {
      const gap = messages.findIndex(({ seq }, index) => seq !== index + 1);
      return gap === -1 ? [] : [`the thread of ${contact} has a gap at ${gap + 1}`];
    }),
  ];
}

/** Every reply that was taken is handed to Twilio once, and shown as Twilio has it. */
function aboutReplies(evidence: Evidence): readonly string[] {
  const logged = grouped(outboundOf(evidence.log), ({ body }) => body);
  const stored = grouped(messagesOf(evidence.inbox, "outbound"), ({ body }) => body);
  return [...grouped(evidence.ledger.replies, ({ body }) => body)].flatMap(([body, asked]) => {
    const sent = logged.get(body) ?? [];
    const kept = stored.get(body) ?? [];
    if (sent.length > 1) return [`a reply was sent ${sent.length} times: ${body}`];
    if (kept.length > 1) return [`a reply is stored ${kept.length} times: ${body}`];
    const isTaken = asked.some(({ outcome }) => outcome !== "blocked");
    const [message] = kept;
    if (!isTaken || message === undefined) return lost({ body, isTaken, sent, kept });
    return aboutMessage(message, sent[0] ?? null).map((what) => `${what}: ${body}`);
  });
}

function lost(reply: {
  readonly body: string;
  readonly isTaken: boolean;
  readonly sent: readonly LoggedMessage[];
  readonly kept: readonly StoredMessage[];
}): readonly string[] {
  if (reply.isTaken) return [`a reply that was taken is not stored: ${reply.body}`];
  return reply.sent.length + reply.kept.length === 0
    ? []
    : [`a reply that was blocked was sent: ${reply.body}`];
}

function aboutMessage({ status, sid }: StoredMessage, sent: LoggedMessage | null): readonly string[] {
  if (status === "pending") return ["a reply is still pending"];
  if (status === "unknown") return ["a reply's outcome is still unknown"];
  if (sid === null) {
    const isRefused = status === "blocked" || status === "failed";
    if (!isRefused) return [`a reply is ${status} without Twilio's sid`];
    return sent === null ? [] : [`a reply that was sent is shown as ${status}`];
  }
  if (sent?.sid !== sid)
    return [sent === null ? "a reply never reached Twilio" : "a reply has another one's sid"];
  if (sent.status === status) return [];
  return [`a reply that is ${sent.status} is shown as ${status}`];
}

/** Nothing was sent that nobody asked for, and nothing was sent that the inbox does not know. */
function aboutStrangers({ ledger, log, inbox }: Evidence): readonly string[] {
  const asked = new Set(ledger.replies.map(({ body }) => body));
  const known = new Set(messagesOf(inbox, "outbound").map(({ sid }) => sid));
  return outboundOf(log).flatMap(({ body, sid }) => {
    if (!asked.has(body)) return [`Twilio has a message that nobody asked for: ${body}`];
    return !known.has(sid) ? [`Twilio has a message that the inbox does not know: ${body}`] : [];
  });
}

/** From the answer to a STOP until the next START, no reply is taken and no call is made. */
function aboutStops({ ledger, calls, longestCallMs }: Evidence): readonly string[] {
  return silencesOf(ledger.texts).flatMap(({ contact, fromMs, untilMs }) => [
    ...calls
      .filter(
        ({ to, receivedAtMs: atMs }) => to === contact && atMs > fromMs + longestCallMs && atMs < untilMs,
      )
      .map(({ body, receivedAtMs }) => `Twilio was called ${receivedAtMs - fromMs} ms after STOP: ${body}`),
    ...ledger.replies
      .filter(
        (reply) => reply.contact === contact && reply.beganAtMs > fromMs && reply.answeredAtMs < untilMs,
      )
      .filter((reply) => !isTurnedAway(reply, ledger))
      .map(({ body, outcome }) => `a reply after STOP was ${outcome}: ${body}`),
  ]);
}

/** `duplicate` is no new reply where the same one was asked for before. */
function isTurnedAway(reply: AskedReply, { replies }: Ledger): boolean {
  if (reply.outcome === "blocked") return true;
  return replies.some(({ body, beganAtMs }) => body === reply.body && beganAtMs < reply.beganAtMs);
}

function silencesOf(
  texts: readonly SentText[],
): readonly { readonly contact: string; readonly fromMs: number; readonly untilMs: number }[] {
  return texts
    .filter((text) => text.word === "stop")
    .flatMap(({ contact, answeredAtMs }) => {
      if (answeredAtMs === null) return [];
      const next = texts.find(
        (text) => text.contact === contact && text.word === "start" && text.beganAtMs >= answeredAtMs,
      );
      return [{ contact, fromMs: answeredAtMs, untilMs: next?.beganAtMs ?? Number.POSITIVE_INFINITY }];
    });
}

/** Twilio's log tells whole seconds. Where the order of a missed STOP or START cannot be told from it, the gate is closed. */
const SAME_SECOND_MS = 1_000;

/** Who said STOP last is opted out, and nobody else. */
function aboutConsent({ ledger, inbox }: Evidence): readonly string[] {
  return inbox.flatMap(({ contact, isOptedOut }) => {
    const words = ledger.texts.filter((text) => text.contact === contact && text.word !== null);
    const last = words.at(-1);
    const word = last?.word ?? null;
    if (isOptedOut === (word === "stop")) return [];
    const isAmbiguous = words.some(
      (text) =>
        text.word === "stop" &&
        last !== undefined &&
        text.beganAtMs > last.beganAtMs - SAME_SECOND_MS &&
        (text.answeredAtMs === null || last.answeredAtMs === null),
    );
    if (isOptedOut && isAmbiguous) return [];
    return [
      `${contact} said ${word ?? "neither STOP nor START"} and is ${isOptedOut ? "" : "not "}opted out`,
    ];
  });
}

function outboundOf(log: readonly LoggedMessage[]): readonly LoggedMessage[] {
  return log.filter(({ direction }) => direction === "outbound-api");
}

function messagesOf(
  inbox: readonly StoredConversation[],
  direction: StoredMessage["direction"],
): readonly StoredMessage[] {
  return inbox.flatMap(({ messages }) => messages.filter((message) => message.direction === direction));
}

function grouped<T>(list: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of list) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
