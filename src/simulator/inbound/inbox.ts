import { deliverInbound } from "../faults/inbound-faults";
import type { Message } from "../messages/message";
import type { KeywordKind } from "../opt-out";
import type { Account, Service } from "../settings";
import type { WebhookResult } from "../webhooks/webhook";
import { fallbackFields, inboundFields, mediaUrl } from "../webhooks/webhook-fields";
import type { World } from "../world";
import { inboundRoute } from "./inbound-route";
import type { InboundRoute } from "./inbound-route";
import type { ReplyRunner } from "./reply-runner";
import { checkText, toInboundMessage } from "./text";
import type { Text } from "./text";

/** What became of a text. */
export interface TextResult {
  /** "SM", or "MM" with media, and 32 hexadecimal digits. */
  readonly sid: string;
  /** The last answer of the host to it; null when nobody was called or nobody answered. A fault may call the host later. */
  readonly webhook: { readonly status: number; readonly body: string } | null;
}

/** Takes texts from phones, as Twilio does: opt-out first, then the host, then what the host's answer says. */
export interface Inbox {
  /**
   * Resolves when the host's answer, and what it asked for, is done with.
   * @throws TypeError when there is no such number, or the text is none that a phone could send.
   */
  receive(text: Text): Promise<TextResult>;
}

interface Arrival {
  readonly message: Message;
  readonly account: Account;
  readonly keyword: KeywordKind | null;
  readonly service: Service | null;
}

type WebhookRoute = Extract<InboundRoute, { kind: "webhook" }>;

function showOnPhone(world: World, message: Message): void {
  world.phones.put(message.from ?? "", {
    sid: message.sid,
    direction: "sent",
    with: message.to,
    body: message.body,
    media: message.media.map((item) => ({
      contentType: item.contentType,
      url: mediaUrl(world.apiBaseUrl(), message, item.sid),
    })),
    atMs: message.createdAtMs,
    auto: false,
  });
}

/** Twilio's and the network's own answers reach the phone without the host. */
function confirm(world: World, message: Message, confirmations: readonly string[]): void {
  for (const body of confirmations) {
    world.phones.put(message.from ?? "", {
      sid: null,
      direction: "received",
      with: message.to,
      body,
      media: [],
      atMs: world.clock.now(),
      auto: true,
    });
  }
}

function toTextResult(sid: string, result: WebhookResult | null): TextResult {
  const reply = result?.reply ?? null;
  return { sid, webhook: reply === null ? null : { status: reply.status, body: reply.body } };
}

/** Calls the host, does what it says, and where that fails turns to the fallback address once. */
async function callHost(
  world: World,
  replies: ReplyRunner,
  called: { readonly arrival: Arrival; readonly route: WebhookRoute },
): Promise<WebhookResult> {
  const { arrival, route } = called;
  const { message, account } = arrival;
  const isAdvanced = arrival.service?.advancedOptOut === true;
  const fields = inboundFields(message, {
    apiBaseUrl: world.apiBaseUrl(),
    optOutType: isAdvanced ? arrival.keyword : null,
  });
  const { url, method, fallbackUrl } = route;
  const webhook = { account, messageSid: message.sid, method };
  const result = await world.webhooks.send({ ...webhook, kind: "inbound", url, fields });
  const code =
    result.kind === "failed"
      ? result.code
      : await replies.run({ inbound: message, account, reply: result.reply, fields });
  if (code === null || fallbackUrl === null) return result;
  const again = fallbackFields(fields, { code, url });
  const second = await world.webhooks.send({
    ...webhook,
    kind: "inbound-fallback",
    url: fallbackUrl,
    fields: again,
  });
  if (second.kind === "failed") return second;
  await replies.run({ inbound: message, account, reply: second.reply, fields: again });
  return second;
}

/** An inbox of a world. */
export function createInbox(world: World, replies: ReplyRunner): Inbox {
  return {
    receive: async (text) => {
      checkText(text);
      const sender = world.directory.sender(text.to);
      const account = sender === null ? null : world.directory.account(sender.accountSid);
      if (sender === null || account === null) throw new TypeError("There is no such number to text to.");
      const message = toInboundMessage(world, text, sender);
      const service = world.directory.serviceOf(sender.phoneNumber);
      const route = inboundRoute(sender, service);
      showOnPhone(world, message);
      if (route.kind !== "dropped") world.messages.add(message);
      const answer = world.optOuts.handle({ body: message.body, from: text.from, to: sender, service });
      confirm(world, message, answer.confirmations);
      if (route.kind !== "webhook") return { sid: message.sid, webhook: null };
      const arrival = { message, account, keyword: answer.keyword, service };
      const result = await deliverInbound(world, () => callHost(world, replies, { arrival, route }));
      return toTextResult(message.sid, result);
    },
  };
}
