import type { ReplyClass } from "../consent/classify-reply";
import { keywordAnswerOf } from "../consent/keyword-answer";
import type { KeywordAnswers } from "../consent/keyword-answer";
import { consentSignalOf, mayReceive } from "../consent/machine";
import { parseAddress } from "../model/address";
import { consentIdOf } from "../model/consent";
import type { Consent } from "../model/consent";
import { modeInForce, viewConversation } from "../model/conversation";
import type { ConversationRecord, InstanceMode } from "../model/conversation";
import type { Draft } from "../model/draft";
import type { Message } from "../model/message";
import type { SmsEvent } from "../model/events";
import type { Versioned, Write } from "../model/record";
import type { Task } from "../model/task";
import { timestampOf } from "../model/timestamp";
import type { InboundPayload } from "../webhook/payload";
import { countSegments } from "../text/segments";
import { changeConsent, hasSpokenSince, suspectStop } from "./consent-change";
import type { ConsentResult } from "./consent-change";
import type { ConsentGate } from "./consent-gate";
import { unchanged } from "./decision";
import type { Decision, Moment } from "./decision";
import { overtakenDraft } from "./draft";
import { createdEvent, dispatchTask, outboundMessage } from "./outbound";
import { inboundMessage } from "./inbound-message";
import { joinThread, putConversation } from "./thread";
import type { Pair } from "./thread";

/** What an inbound message concerns. */
export interface InboundRecords {
  readonly message: Versioned<Message> | null;
  readonly conversation: Versioned<ConversationRecord> | null;
  readonly consent: ConsentGate;
  /** The draft that waits in the conversation, if there is one. */
  readonly draft: Versioned<Draft> | null;
}

/** What becomes of words that may mean stop: a person is asked, they count as STOP, or they mean nothing. */
export type MaybeStopPolicy = "ask" | "opt-out" | "ignore";

/** An inbound message with what was found out about it. */
export interface InboundEvent {
  readonly payload: InboundPayload;
  readonly pair: Pair;
  /** The sender that the consent record is about; null for the whole account. */
  readonly consentSender: string | null;
  readonly reply: ReplyClass;
  readonly maybeStop: MaybeStopPolicy;
  readonly keywordAnswers: KeywordAnswers | null;
  readonly instanceMode: InstanceMode;
  /** Set for a message out of Twilio's log; null for one that a webhook brings as it is said. */
  readonly logged: LateWords | null;
  readonly newConversationId: string;
  readonly newEntryId: string;
  readonly newMessageId: string;
}

/** A message that comes late: when it was said, as Twilio has it (whole seconds, in ms since 1970). */
export interface LateWords {
  readonly saidAtMs: number;
  /** The assistant does not answer what is older than this. */
  readonly assistWithinMs: number;
}

/** Whether the message is new, or one that Twilio delivered before. */
export type InboundAnswer =
  { readonly kind: "stored"; readonly message: Message } | { readonly kind: "duplicate" };

/**
 * How old a keyword may be to be answered: a confirmation of a STOP counts as part of it for so long.
 * Source: 47 CFR 64.1200(a)(12) (read 2026-11).
 */
const KEYWORD_ANSWER_WITHIN_MS = 300_000;

/**
 * Stores an inbound message, its thread, its consent change and what answers it together.
 * The message's id is its MessageSid, so a second delivery finds the first one, and two at once collide (guarantee G2).
 *
 * One that comes late takes effect as of when it was said; a conversation goes on showing and answering what is newer than it.
 */
export function decideInbound(
  records: InboundRecords,
  event: InboundEvent,
  moment: Moment,
): Decision<InboundAnswer> {
  if (records.message !== null) return unchanged({ kind: "duplicate" });
  const atMs = saidAtMsOf(event, moment);
  const before = records.conversation?.value;
  const isOvertaken =
    event.logged !== null && before !== undefined && before.lastMessageAt > timestampOf(atMs);
  const consent = consentAfter(records, event, moment);
  // A draft that answers something newer stays, and so does what shows the newer message.
  const overtaken = overtakenDraft(isOvertaken ? null : records.draft);
  const joined = joinThread({
    record: records.conversation,
    pair: event.pair,
    newId: event.newConversationId,
    author: "contact",
    body: event.payload.body,
    mediaCount: event.payload.media.length,
    nowMs: atMs,
  });
  const { preview, lastInboundSeq, waitingDraftId } = isOvertaken
    ? before
    : { ...joined, waitingDraftId: null };
  const received: ConversationRecord = {
    ...joined,
    preview,
    lastInboundSeq,
    waitingDraftId,
    attention: consent.isSuspect ? "maybe-stop" : joined.attention,
    createdAt: joined.createdAt < timestampOf(atMs) ? joined.createdAt : timestampOf(atMs),
  };
  const message = inboundMessage(event.payload, received, atMs);
  const answered = answerKeyword(event, { received, consent, moment });
  const thread = putConversation(records.conversation, answered.conversation, event.instanceMode);
  const asked = { conversation: received, message, consent: consent.consent, moment };
  const assist = isOvertaken ? null : assistTask(event, asked);
  return {
    writes: [
      ...consent.writes,
      thread.write,
      { kind: "message", put: message, expect: "absent" },
      ...overtaken.writes,
      ...answered.writes,
      ...(assist === null ? [] : [{ kind: "task", put: assist, expect: "absent" } as const]),
    ],
    events: [
      thread.event,
      {
        name: "message.received",
        data: { message, conversation: viewConversation(answered.conversation, event.instanceMode) },
      },
      ...consent.events,
      ...overtaken.events,
      ...answered.events,
    ],
    answer: { kind: "stored", message },
  };
}

function suspectsStop(event: InboundEvent): boolean {
  return (
    event.reply.intent === "maybe-stop" && event.maybeStop === "ask" && event.payload.optOutType === null
  );
}

/** When it was said. Twilio's clock may be ahead of ours: nothing is said after it is read. */
const saidAtMsOf = ({ logged }: InboundEvent, { nowMs }: Moment): number =>
  Math.min(logged?.saidAtMs ?? nowMs, nowMs);

/** Lines of the ledger that are made in one millisecond are in the order of their ids: of late words, by when they were said. */
function entryIdOf(newEntryId: string, saidAtMs: number): string {
  return `${saidAtMs.toString(16).padStart(12, "0")}${newEntryId.slice(12)}`;
}

/** The consent after the words, and whether they leave the suspicion that the contact wants to stop. */
function consentAfter(
  records: InboundRecords,
  event: InboundEvent,
  moment: Moment,
): ConsentResult & { readonly isSuspect: boolean } {
  const { payload, reply, logged } = event;
  const countsAsStop = reply.intent === "maybe-stop" && event.maybeStop === "opt-out";
  const said = consentSignalOf({ intent: reply.intent, optOutType: payload.optOutType });
  const saidAtMs = saidAtMsOf(event, moment);
  const note = logged === null ? null : `Said at ${timestampOf(saidAtMs)}, read from Twilio's message log`;
  const result = changeConsent({
    gate: records.consent,
    accountSid: event.pair.accountSid,
    contact: event.pair.contact,
    sender: event.consentSender,
    signal: said ?? (countsAsStop ? { kind: "informal-stop" } : { kind: "first-contact" }),
    evidence: { messageSid: payload.messageSid, text: payload.body, by: null, note },
    entryId: logged === null ? event.newEntryId : entryIdOf(event.newEntryId, saidAtMs),
    nowMs: moment.nowMs,
    ...(logged === null ? {} : { saidAtMs }),
  });
  const isDecidedSince = logged !== null && hasSpokenSince(records.consent, saidAtMs);
  if (!suspectsStop(event) || isDecidedSince) return { ...result, isSuspect: false };
  return { ...suspectStop(result, records.consent, saidAtMs), isSuspect: true };
}

/**
 * The answer to a keyword where Twilio gives none. It is made in the commit that changes the consent, which is how the one
 * confirmation of a STOP leaves although the gate is closed from that commit on.
 */
function answerKeyword(
  event: InboundEvent,
  made: { readonly received: ConversationRecord; readonly consent: ConsentResult; readonly moment: Moment },
): {
  readonly conversation: ConversationRecord;
  readonly writes: readonly Write[];
  readonly events: readonly SmsEvent[];
} {
  const { received, consent, moment } = made;
  const { to, optOutType } = event.payload;
  const ageMs = moment.nowMs - saidAtMsOf(event, moment);
  const answer = keywordAnswerOf(
    {
      intent: event.reply.intent,
      optOutType,
      to,
      isShortCode: parseAddress(to)?.kind === "short-code",
      changed: consent.changed,
      mayReceive: mayReceive(consent.consent.state),
    },
    ageMs <= KEYWORD_ANSWER_WITHIN_MS ? event.keywordAnswers : null,
  );
  if (answer === null) return { conversation: received, writes: [], events: [] };
  const author = { kind: "app" } as const;
  const thread = joinThread({
    record: { version: 0, value: received },
    pair: event.pair,
    newId: received.id,
    author: author.kind,
    body: answer.body,
    mediaCount: 0,
    nowMs: moment.nowMs,
  });
  const part = { messageId: event.newMessageId, body: answer.body, media: [], ...countSegments(answer.body) };
  const message: Message = {
    ...outboundMessage({ thread, part, from: to, author, moment }),
    answersKeyword: answer.answers,
  };
  const task = dispatchTask([message], { consentSender: event.consentSender, taskClass: "urgent" }, moment);
  return {
    conversation: thread,
    writes: [
      { kind: "message", put: message, expect: "absent" },
      { kind: "task", put: task, expect: "absent" },
    ],
    events: [createdEvent(message)],
  };
}

/** The id of the task that answers a message. */
export function assistTaskId(messageId: string): string {
  return `assist:${messageId}`;
}

/** Work for the assistant, unless the message is a keyword, asks for silence, or its sender may not be texted. */
function assistTask(
  event: InboundEvent,
  made: {
    readonly conversation: ConversationRecord;
    readonly message: Message;
    readonly consent: Consent;
    readonly moment: Moment;
  },
): Task | null {
  const { conversation, message, consent, moment } = made;
  const mode = modeInForce(conversation.assistantMode, event.instanceMode);
  if (mode === "off" || event.payload.optOutType !== null) return null;
  const ageMs = moment.nowMs - saidAtMsOf(event, moment);
  if (event.logged !== null && ageMs > event.logged.assistWithinMs) return null;
  const { intent } = event.reply;
  if (intent !== "none" && !(intent === "maybe-stop" && event.maybeStop === "ignore")) return null;
  // Nobody has decided yet whether the contact wants to hear from us at all.
  if (conversation.attention === "maybe-stop") return null;
  if (!mayReceive(consent.state)) return null;
  return {
    id: assistTaskId(message.id),
    purpose: "assist",
    class: "patient",
    dueAtMs: moment.bornDueAtMs,
    attempts: 0,
    calling: false,
    accountSid: message.accountSid,
    conversationId: conversation.id,
    messageId: message.id,
    thenMessageIds: [],
    consentId: consentIdOf(message.accountSid, event.pair.contact, event.consentSender),
    createdAtMs: moment.nowMs,
    detail: null,
  };
}
