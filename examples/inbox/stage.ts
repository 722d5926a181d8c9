import { setTimeout as wait } from "node:timers/promises";
import type { Conversation, Message, MessageStatus } from "@mailtrixy/sms";
import type { PhoneMessage, SimulatedPhone, Simulator, WebhookRecord } from "@mailtrixy/sms/simulator";
import { account, type Demo } from "./demo";

/** How long anything may take before the story counts as broken. */
const PATIENCE_MS = 10_000;
const LOOK_EVERY_MS = 10;
const LABEL_WIDTH = 9;
const LONGEST_QUOTE = 84;

/** What the story is played with. */
export interface Stage {
  /** The running demo; another one after a restart. */
  readonly demo: () => Demo;
  /** The Twilio of the running demo. */
  readonly simulator: () => Simulator;
  readonly phone: SimulatedPhone;
  readonly ours: string;
  /** Prints one line of the transcript. */
  say(label: string, text: string): void;
  /** Goes on where `isSo`, else breaks the story off with the claim. */
  claim(isSo: boolean, what: string): void;
  /** Looks until there is something; breaks the story off when nothing comes. */
  until<T>(what: string, look: () => Promise<T | null> | T | null): Promise<T>;
  conversation(): Promise<Conversation>;
  messages(): Promise<readonly Message[]>;
  /** Resolves when a message has reached a status; says every step that it took. */
  reaches(message: Message, status: MessageStatus): Promise<Message>;
  /** Resolves when the phone has got a text that fits. */
  phoneGets(body: string): Promise<PhoneMessage>;
  /** The last webhook for an inbound text. */
  lastInbound(): WebhookRecord;
  /** How many messages were handed to Twilio. */
  handedOver(): number;
  /** Posts a webhook as somebody else would; answers the HTTP status. */
  post(fields: Readonly<Record<string, string>>, signature: string | null): Promise<number>;
  /** The segments that Twilio counted for a message. */
  segmentsAtTwilio(sid: string): Promise<number>;
  /** Stops everything and starts it again on the same database. */
  restart(): Promise<void>;
}

/** A text on one line, in quotes. */
export function quote(text: string): string {
  const line = text.replaceAll("\n", " ⏎ ");
  const shown = Array.from(line);
  return `“${shown.length > LONGEST_QUOTE ? `${shown.slice(0, LONGEST_QUOTE - 1).join("")}…` : line}”`;
}

/** A stage around a running demo, with one customer. */
export function createStage(first: Demo, start: () => Promise<Demo>): Stage {
  const customer = "+15557654321";
  let demo = first;
  let steps = followSteps(demo);
  const simulator = (): Simulator => {
    if (demo.simulator === null) throw new Error("Expected: a simulated Twilio of the demo's own.");
    return demo.simulator;
  };
  const say: Stage["say"] = (label, text) => {
    console.log(`   ${label.padEnd(LABEL_WIDTH)}${text}`);
  };
  const claim: Stage["claim"] = (isSo, what) => {
    if (!isSo) throw new Error(`Expected: ${what}.`);
  };
  const until: Stage["until"] = async (what, look) => {
    const deadlineMs = performance.now() + PATIENCE_MS;
    while (performance.now() < deadlineMs) {
      const found = await look();
      if (found !== null) return found;
      await wait(LOOK_EVERY_MS);
    }
    throw new Error(`Expected within ${PATIENCE_MS / 1000} s: ${what}.`);
  };
  const conversation: Stage["conversation"] = async () => {
    const { items } = await demo.sms.conversations.list();
    const found = items.find((one) => one.contact === customer);
    if (found === undefined) throw new Error("Expected: a conversation with the customer.");
    return found;
  };
  const messages: Stage["messages"] = async () => {
    const { id } = await conversation();
    return (await demo.sms.conversations.messages(id, { limit: 1000 })).items;
  };

  return {
    demo: () => demo,
    simulator,
    get phone() {
      return simulator().phone(customer);
    },
    ours: account.from,
    say,
    claim,
    until,
    conversation,
    messages,
    async reaches(message, status) {
      const done = await until(`${quote(message.body)} is ${status}`, async () => {
        const now = (await messages()).find((one) => one.id === message.id);
        return now?.status === status ? now : null;
      });
      say("status", (steps.get(message.id) ?? []).join(" → "));
      return done;
    },
    phoneGets: (body) =>
      until(`the phone gets ${quote(body)}`, () => {
        const texts = simulator().phone(customer).messages();
        return texts.findLast((text) => text.direction === "received" && text.body.includes(body)) ?? null;
      }),
    lastInbound() {
      const last = simulator()
        .webhooks()
        .findLast((webhook) => webhook.kind === "inbound");
      if (last === undefined) throw new Error("Expected: a webhook for a text.");
      return last;
    },
    handedOver: () =>
      simulator()
        .requests()
        .filter((one) => one.method === "POST" && one.path.endsWith("/Messages.json")).length,
    async post(fields, signature) {
      const response = await fetch(demo.webhookUrl, {
        method: "POST",
        headers: {
          "content-type": "application/x-www-form-urlencoded",
          ...(signature === null ? {} : { "x-twilio-signature": signature }),
        },
        body: new URLSearchParams(fields),
      });
      await response.text();
      return response.status;
    },
    async segmentsAtTwilio(sid) {
      const key = Buffer.from(`${account.accountSid}:${account.authToken}`).toString("base64");
      const path = `/2010-04-01/Accounts/${account.accountSid}/Messages/${sid}.json`;
      const response = await fetch(simulator().url + path, { headers: { authorization: `Basic ${key}` } });
      const resource: unknown = await response.json();
      const isResource = typeof resource === "object" && resource !== null && "num_segments" in resource;
      return isResource ? Number(resource.num_segments) : Number.NaN;
    },
    async restart() {
      await demo.stop();
      demo = await start();
      steps = followSteps(demo);
    },
  };
}

/** The statuses that each message went through, in order. */
function followSteps(demo: Demo): Map<string, readonly MessageStatus[]> {
  const steps = new Map<string, readonly MessageStatus[]>();
  demo.sms.on("message.status", ({ message }) => {
    steps.set(message.id, [...(steps.get(message.id) ?? []), message.status]);
  });
  return steps;
}
