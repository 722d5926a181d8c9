import { decideOutbound } from "../core/decide/outbound";
import type { OutboundText } from "../core/decide/outbound";
import { decideApproval, decideReply } from "../core/decide/draft";
import type { Address } from "../core/model/address";
import { consentIdOf } from "../core/model/consent";
import type { ConversationRecord } from "../core/model/conversation";
import type { Draft } from "../core/model/draft";
import { SmsError } from "../core/model/errors";
import type { Author } from "../core/model/message";
import type { Versioned } from "../core/model/record";
import type { SendOutcome } from "../core/model/send-outcome";
import type { Runtime } from "../ports/runtime";
import { checkContact, checkSender, checkText } from "./outbound-text";
import type { CheckedText } from "./outbound-text";
import type { Settings } from "./settings";
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
}

/** A text into a conversation. */
export type ReplyRequest = Pick<SendRequest, "body" | "media" | "idempotencyKey" | "author">;

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
    const contact = checkContact(request.to);
    const text = checkText(request);
    const accountSid = accountSidOf(request);
    const account = await settings.accountOf(accountSid);
    if (account === null) throw accountUnknown();
    const ours = checkSender(request.from ?? account.sender ?? "").value;
    const messageId = await messageIdOf(accountSid, request.idempotencyKey);
    const outbound = outboundOf(
      { contact, ours, accountSid, messageId, text },
      request.author ?? { kind: "app" },
    );
    const { answer } = await transact({
      lane: `${accountSid}|${ours}|${contact.value}`,
      keys: [
        { kind: "message", id: messageId },
        { kind: "conversation", pair: [accountSid, ours, contact.value] },
        { kind: "consent", id: consentIdOf(accountSid, contact.value) },
      ],
      decide: ([message, conversation, consent], moment) =>
        decideOutbound({ message, conversation, consent }, outbound, moment),
    });
    return answer;
  }

  async function reply(conversationId: string, request: ReplyRequest): Promise<SendOutcome> {
    const text = checkText(request);
    const thread = (await conversationOf(conversationId)).value;
    const messageId = await messageIdOf(thread.accountSid, request.idempotencyKey);
    const outbound = outboundOf(
      { ...placeOf(thread), messageId, text },
      request.author ?? { kind: "person", id: null },
    );
    const { answer } = await transact({
      lane: `${thread.accountSid}|${thread.ours}|${thread.contact}`,
      keys: [
        { kind: "message", id: messageId },
        { kind: "conversation", id: conversationId },
        { kind: "consent", id: consentIdOf(thread.accountSid, thread.contact) },
      ],
      moreKeys: ([, conversation]) => {
        const waiting = conversation?.value.waitingDraftId ?? null;
        return waiting === null ? [] : [{ kind: "draft", id: waiting } as const];
      },
      decide: ([message, conversation, consent], moment, [draft]) =>
        decideReply({ message, conversation, consent, draft: draft ?? null }, outbound, moment),
    });
    return answer;
  }

  async function approve(draftId: string, request: ApproveRequest = {}): Promise<SendOutcome> {
    const found = await draftOf(draftId);
    const thread = (await conversationOf(found.value.conversationId)).value;
    const text = checkText({ body: request.body ?? found.value.body });
    const messageId = await messageIdOf(thread.accountSid, `draft:${draftId}`);
    const by = request.by ?? null;
    const edited = text.body !== found.value.body;
    const outbound = outboundOf(
      { ...placeOf(thread), messageId, text },
      edited ? { kind: "person", id: by } : { kind: "assistant" },
    );
    const { answer } = await transact({
      lane: `${thread.accountSid}|${thread.ours}|${thread.contact}`,
      keys: [
        { kind: "draft", id: draftId },
        { kind: "conversation", id: thread.id },
        { kind: "consent", id: consentIdOf(thread.accountSid, thread.contact) },
        { kind: "message", id: messageId },
      ],
      decide: ([draft, conversation, consent, message], moment) => {
        if (draft === null || conversation === null) throw notFound("draft");
        const approval = { text: outbound, by, evenIfStale: request.evenIfStale ?? false };
        return decideApproval({ draft, conversation, consent, message }, approval, moment);
      },
    });
    return answer;
  }

  function outboundOf(
    made: {
      readonly contact: Pick<Address, "value" | "channel">;
      readonly ours: string;
      readonly accountSid: string;
      readonly messageId: string;
      readonly text: CheckedText;
    },
    author: Author,
  ): OutboundText {
    const { contact, ours, accountSid, messageId, text } = made;
    return {
      messageId,
      pair: { accountSid, ours, contact: contact.value, channel: contact.channel },
      ...text,
      author,
      taskClass: "urgent",
      instanceMode: settings.instanceMode,
      newConversationId: runtime.newId(),
      newEntryId: runtime.newId(),
    };
  }

  /** With a key the id derives from it, so that the same key finds the same message in every process. */
  async function messageIdOf(accountSid: string, idempotencyKey: string | undefined): Promise<string> {
    return idempotencyKey === undefined ? runtime.newId() : runtime.hash(`${accountSid}\n${idempotencyKey}`);
  }

  function accountSidOf(request: SendRequest): string {
    const accountSid = request.accountSid ?? settings.defaultAccountSid;
    if (accountSid === null) throw accountUnknown();
    return accountSid;
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

function placeOf(thread: ConversationRecord): {
  readonly accountSid: string;
  readonly ours: string;
  readonly contact: Pick<Address, "value" | "channel">;
} {
  return {
    accountSid: thread.accountSid,
    ours: thread.ours,
    contact: { value: thread.contact, channel: thread.channel },
  };
}

/** The error for an id that names nothing. */
export function notFound(kind: "conversation" | "draft"): SmsError {
  return new SmsError(
    `${kind}_not_found`,
    `There is no ${kind} with this id. It may be of another storage, or mistyped; take ids from the lists.`,
  );
}

function accountUnknown(): SmsError {
  return new SmsError(
    "account_unknown",
    "No account is configured for this call. Give accountSid, and let the account resolver know it.",
  );
}
