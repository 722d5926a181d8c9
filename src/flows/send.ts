import { consentGate } from "../core/decide/consent-gate";
import type { ConsentIds } from "../core/decide/consent-gate";
import { decideOutbound } from "../core/decide/outbound";
import type { OutboundText } from "../core/decide/outbound";
import type { Pair } from "../core/decide/thread";
import { decideApproval, decideReply } from "../core/decide/draft";
import { consentIdOf, consentSenderOf } from "../core/model/consent";
import type { ConversationRecord } from "../core/model/conversation";
import type { Draft } from "../core/model/draft";
import { SmsError } from "../core/model/errors";
import type { Author } from "../core/model/message";
import type { Versioned } from "../core/model/record";
import type { SendOutcome } from "../core/model/send-outcome";
import type { Runtime } from "../ports/runtime";
import { keysOf } from "./keys-of";
import { checkContact, checkSameChannel, checkSender, checkText } from "./outbound-text";
import type { CheckedText } from "./outbound-text";
import type { Account, Settings } from "./settings";
import type { Transact } from "./transact";

/** A text to a contact. */
export interface SendRequest {
  /** An E.164 number, a short code, or a channel address. */
  readonly to: string;
  /** At most 1,600 characters. May be left out where there is media. */
  readonly body?: string;
  /** Absolute URLs that Twilio fetches, at most ten. */
  readonly media?: readonly string[];
  /**
   * Makes the call repeatable: the same key, in the same account, makes one message, whatever else the repetition says.
   * Without it, a call that failed half-way and is made again may send twice.
   */
  readonly idempotencyKey?: string;
  /** Who sends, if not the account's own sender: one of your numbers, or a Messaging Service (`MG…`). */
  readonly from?: string;
  /** The account, where a resolver serves many. */
  readonly accountSid?: string;
  /** Who wrote it. Default: the host's own code. */
  readonly author?: Author;
  /** `marketing` is held while it is undecided whether the contact wants to stop. Default `transactional`. */
  readonly messageClass?: MessageClass;
  /** Writes characters that GSM-7 lacks with ones that it has (’ becomes '), where that changes no meaning. Default false. */
  readonly smartEncode?: boolean;
  /** The most SMS segments that this text may take; a longer one is `blocked` with `too_many_segments`. Default: no limit. */
  readonly maxSegments?: number;
  /**
   * Sends a text over 1,600 characters as several messages in order, cut at a sentence, a word, or else a whole character.
   * Default false: such a text is refused with `body_too_long`.
   */
  readonly split?: boolean;
}

/** What a text is for. */
export type MessageClass = "marketing" | "transactional";

/** A text into a conversation. */
export type ReplyRequest = Omit<SendRequest, "to" | "from" | "accountSid">;

/** How a draft is approved. */
export interface ApproveRequest {
  /** The edited text; without it the draft goes out as it is. */
  readonly body?: string;
  /** Who approves, in the host's own terms. */
  readonly by?: string;
  /** Send it although a newer message has overtaken it. Default false. */
  readonly evenIfStale?: boolean;
}

/** Ways to send. All pass the same gates. */
export interface Sender {
  send(request: SendRequest): Promise<SendOutcome>;
  reply(conversationId: string, request: ReplyRequest): Promise<SendOutcome>;
  approve(draftId: string, request?: ApproveRequest): Promise<SendOutcome>;
}

/** What sending needs. */
export interface SendParts {
  readonly settings: Settings;
  readonly transact: Transact;
  readonly runtime: Runtime;
}

/** Makes the ways to send: check at the door, pass the gate, commit the message with the task that will hand it over. */
export function createSender(parts: SendParts): Sender {
  const { settings, transact, runtime } = parts;
  return { send, reply, approve };

  async function send(request: SendRequest): Promise<SendOutcome> {
    refuseUnknownKeys("send", request, SEND_KEYS);
    const contact = checkContact(request.to);
    const account = await accountOf(request.accountSid ?? settings.defaultAccountSid);
    const text = checkText(request, { trial: account.trial });
    const sender = checkSender(request.from ?? account.sender ?? "");
    checkSameChannel(contact, sender);
    const ours = sender.value;
    const { accountSid } = account;
    const pair = { accountSid, ours, contact: contact.value, channel: contact.channel };
    const outbound = await outboundOf(pair, text, { ...request, author: request.author ?? { kind: "app" } });
    if ("kind" in outbound) return outbound;
    const ids = await consentIdsOf(outbound);
    const { answer } = await transact({
      lane: `${accountSid}|${ours}|${contact.value}`,
      keys: [
        { kind: "message", id: outbound.parts[0].messageId },
        { kind: "conversation", pair: [accountSid, ours, contact.value] },
        ...keysOf("consent", ids),
      ],
      decide: ([message, conversation, ...consents], moment) =>
        decideOutbound({ message, conversation, consent: consentGate(ids, consents) }, outbound, moment),
    });
    return answer;
  }

  async function reply(conversationId: string, request: ReplyRequest): Promise<SendOutcome> {
    const thread = (await conversationOf(conversationId)).value;
    const account = await accountOf(thread.accountSid);
    refuseUnknownKeys("reply", request, REPLY_KEYS);
    const text = checkText(request, { trial: account.trial });
    const author = request.author ?? { kind: "person", id: null };
    const outbound = await outboundOf(thread, text, { ...request, author });
    if ("kind" in outbound) return outbound;
    const ids = await consentIdsOf(outbound);
    const { answer } = await transact({
      lane: `${thread.accountSid}|${thread.ours}|${thread.contact}`,
      keys: [
        { kind: "message", id: outbound.parts[0].messageId },
        { kind: "conversation", id: conversationId },
        ...keysOf("consent", ids),
      ],
      moreKeys: ([, conversation]) => {
        const waiting = conversation?.value.waitingDraftId ?? null;
        return waiting === null ? [] : [{ kind: "draft", id: waiting } as const];
      },
      decide: ([message, conversation, ...consents], moment, [draft]) => {
        // Made anew it would bring back a contact who was erased a moment ago.
        if (conversation === null) throw notFound("conversation");
        const consent = consentGate(ids, consents);
        return decideReply({ message, conversation, consent, draft: draft ?? null }, outbound, moment);
      },
    });
    return answer;
  }

  async function approve(draftId: string, request: ApproveRequest = {}): Promise<SendOutcome> {
    refuseUnknownKeys("approve", request, APPROVE_KEYS);
    const found = await draftOf(draftId);
    const thread = (await conversationOf(found.value.conversationId)).value;
    const account = await accountOf(thread.accountSid);
    const text = checkText({ body: request.body ?? found.value.body }, { trial: account.trial });
    const by = request.by ?? null;
    const edited = text.body !== found.value.body;
    const outbound = await outboundOf(thread, text, {
      cause: `draft:${draftId}`,
      author: edited ? { kind: "person", id: by } : { kind: "assistant" },
    });
    if ("kind" in outbound) return outbound;
    const ids = await consentIdsOf(outbound);
    const { answer } = await transact({
      lane: `${thread.accountSid}|${thread.ours}|${thread.contact}`,
      keys: [
        { kind: "draft", id: draftId },
        { kind: "conversation", id: thread.id },
        { kind: "message", id: outbound.parts[0].messageId },
        ...keysOf("consent", ids),
      ],
      decide: ([draft, conversation, message, ...consents], moment) => {
        if (draft === null || conversation === null) throw notFound("draft");
        const consent = consentGate(ids, consents);
        const approval = { text: outbound, by, evenIfStale: request.evenIfStale ?? false };
        return decideApproval({ draft, conversation, consent, message }, approval, moment);
      },
    });
    return answer;
  }

  function consentIdsOf({ pair, consentSender }: OutboundText): Promise<ConsentIds> {
    return settings.consent.idsOf(consentIdOf(pair.accountSid, pair.contact, consentSender));
  }

  async function outboundOf(
    { accountSid, ours, contact, channel }: Pair,
    text: CheckedText,
    options: Omit<ReplyRequest, "body" | "media"> & { readonly author: Author; readonly cause?: string },
  ): Promise<OutboundText | SendOutcome> {
    const { maxSegments } = options;
    if (maxSegments !== undefined && text.segments > maxSegments) {
      return { kind: "blocked", reason: "too_many_segments", message: null, segments: text.segments };
    }
    // Keys of the host's are apart from causes of ours, so that no key can take a draft's place.
    const key = options.idempotencyKey;
    const cause = options.cause ?? (key === undefined ? undefined : `key:${key}`);
    const parts = await Promise.all(
      text.parts.map(async (part, index) => ({
        ...part,
        messageId: await messageIdOf(accountSid, cause, index),
      })),
    );
    const [first, ...rest] = parts;
    if (first === undefined) throw new TypeError("A text has at least one part.");
    return {
      pair: { accountSid, ours, contact, channel },
      consentSender: consentSenderOf(settings.consent.scope, ours),
      parts: [first, ...rest],
      author: options.author,
      taskClass: "urgent",
      isMarketing: options.messageClass === "marketing",
      instanceMode: settings.instanceMode,
      newConversationId: runtime.newId(),
      newEntryId: runtime.newId(),
    };
  }

  /** With a cause the id derives from it, so that the same one finds the same message in every process. */
  async function messageIdOf(accountSid: string, cause: string | undefined, part: number): Promise<string> {
    if (cause === undefined) return runtime.newId();
    return runtime.hash(`${accountSid}\n${part}\n${cause}`);
  }

  async function accountOf(accountSid: string | null): Promise<Account> {
    const account = accountSid === null ? null : await settings.accountOf(accountSid);
    if (account !== null) return account;
    throw new SmsError(
      "account_unknown",
      "No account is configured for this call. Give accountSid, and let the account resolver know it.",
    );
  }

  async function conversationOf(id: string): Promise<Versioned<ConversationRecord>> {
    const { answer } = await transact({
      keys: [{ kind: "conversation", id }],
      decide: ([record]) => ({ writes: [], events: [], answer: record }),
    });
    if (answer === null) throw notFound("conversation");
    return answer;
  }

  async function draftOf(id: string): Promise<Versioned<Draft>> {
    const { answer } = await transact({
      keys: [{ kind: "draft", id }],
      decide: ([record]) => ({ writes: [], events: [], answer: record }),
    });
    if (answer === null) throw notFound("draft");
    return answer;
  }
}

const REPLY_KEYS = [
  "body",
  "media",
  "idempotencyKey",
  "author",
  "messageClass",
  "smartEncode",
  "maxSegments",
  "split",
];
const SEND_KEYS = [...REPLY_KEYS, "to", "from", "accountSid"];
const APPROVE_KEYS = ["body", "by", "evenIfStale"];

/** A misspelt idempotencyKey that was ignored would send twice. */
function refuseUnknownKeys(call: string, request: object, known: readonly string[]): void {
  const unknown = Object.keys(request).filter((key) => !known.includes(key));
  if (unknown.length === 0) return;
  throw new SmsError("config_invalid", `${call} takes no ${unknown.join(", ")} (misspelt?).`, {
    details: { unknown },
  });
}

/** The error for an id that names nothing. */
export function notFound(kind: "conversation" | "draft"): SmsError {
  return new SmsError(
    `${kind}_not_found`,
    `There is no ${kind} with this id. It may be of another storage, or mistyped; take ids from the lists.`,
  );
}
