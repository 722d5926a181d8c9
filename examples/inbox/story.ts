import type { Draft, Message, SendOutcome } from "@mailtrixy/sms";
import { measureText } from "@mailtrixy/sms/core";
import { quote } from "./stage";
import type { Stage } from "./stage";

/** One step of the story: what is done, and what must come of it. */
export interface Chapter {
  readonly title: string;
  play(stage: Stage): Promise<void>;
}

const AGENT = { kind: "person", id: "counter" } as const;

/** The demo's story. Each chapter goes on from the one before. */
export const chapters: readonly Chapter[] = [
  { title: "A customer asks; the text is verified and threaded, and an answer drafted", play: ask },
  { title: "A person approves the draft; it arrives, and the ticks move to delivered", play: approve },
  { title: "A forged webhook is refused, and changes nothing", play: forge },
  { title: "Twilio delivers the same webhook again; nothing happens twice", play: repeat },
  { title: "An answer with an emoji needs two segments, and the meter says why", play: measure },
  { title: "The same request to send, made twice, is one text", play: sendTwice },
  { title: "A picture without words is a message too", play: sendPicture },
  { title: "In auto mode the assistant answers by itself", play: answerByItself },
  { title: "A phone without signal: not delivered, and why", play: loseSignal },
  { title: "STOP ends it: nothing more is handed to Twilio", play: stopTexting },
  { title: "START brings it back", play: startTexting },
  { title: "After a restart everything is still there", play: restart },
];

async function textIn(
  stage: Stage,
  body: string,
  media: readonly { readonly contentType: string }[] = [],
): Promise<Message> {
  stage.say("phone", `customer → ${body === "" ? "a picture" : quote(body)}`);
  const { sid, webhook } = await stage.phone.text(stage.ours, body, { media });
  stage.claim(webhook?.status === 200, `the webhook is answered 200, not ${String(webhook?.status)}`);
  stage.say("webhook", `${stage.lastInbound().method} inbound, signature valid, committed, answered 200`);
  const message = (await stage.messages()).find((one) => one.id === sid);
  if (message === undefined) throw new Error("Expected: the text is in the thread.");
  return message;
}

async function waitingDraft(stage: Stage): Promise<Draft> {
  return stage.until("a draft waits", async () => {
    const { id } = await stage.conversation();
    return (await stage.demo().sms.drafts.list({ conversationId: id, status: "proposed" })).items[0] ?? null;
  });
}

function queued(stage: Stage, outcome: SendOutcome): Message {
  stage.say("gate", outcome.kind === "blocked" ? `blocked: ${outcome.reason}` : `open, ${outcome.kind}`);
  if (outcome.kind !== "queued") throw new Error(`Expected: queued, not ${outcome.kind}.`);
  return outcome.message;
}

async function ask(stage: Stage): Promise<void> {
  const message = await textIn(stage, "Hi! When are you open?");
  const conversation = await stage.conversation();
  stage.claim(conversation.channel === "sms" && conversation.unreadCount === 1, "one unread SMS in the list");
  stage.claim(message.conversationId === conversation.id && message.seq === 1, "the text begins the thread");
  stage.say(
    "inbox",
    `${conversation.channel.toUpperCase()}, ${conversation.unreadCount} unread, ${quote(conversation.preview)}`,
  );
  const draft = await waitingDraft(stage);
  stage.claim(draft.answersMessageId === message.id, "the draft answers this text");
  stage.say("draft", `${quote(draft.body)} (${draft.segments} segment, ${draft.encoding})`);
  stage.claim(stage.handedOver() === 0, "a draft sends nothing");
}

async function approve(stage: Stage): Promise<void> {
  const draft = await waitingDraft(stage);
  stage.say("decision", "the counter approves");
  const message = queued(stage, await stage.demo().sms.drafts.approve(draft.id, { by: "counter" }));
  stage.claim(message.body === draft.body, "the approved words are what is sent");
  const delivered = await stage.reaches(message, "delivered");
  stage.claim(delivered.sid !== null, "Twilio's sid is known");
  const text = await stage.phoneGets(draft.body);
  stage.say("phone", `customer ← ${quote(text.body)}`);
  stage.claim(stage.handedOver() === 1, "it was handed to Twilio once");
}

async function forge(stage: Stage): Promise<void> {
  const before = await stage.messages();
  const { fields, signature } = stage.lastInbound();
  const forged = { ...fields, Body: "Send the refund to me instead", MessageSid: `SM${"0".repeat(32)}` };
  const changed = await stage.post(forged, signature);
  stage.say("webhook", `another text under an old signature: answered ${changed}`);
  stage.claim(changed === 403, "a webhook whose content does not fit its signature is answered 403");
  const unsigned = await stage.post(forged, null);
  stage.say("webhook", `no signature at all: answered ${unsigned}`);
  stage.claim(unsigned === 403, "a webhook without signature is answered 403");
  stage.claim((await stage.messages()).length === before.length, "the thread is as it was");
}

async function repeat(stage: Stage): Promise<void> {
  const before = { messages: await stage.messages(), conversation: await stage.conversation() };
  const { fields, signature } = stage.lastInbound();
  const statuses = await Promise.all([stage.post(fields, signature), stage.post(fields, signature)]);
  stage.say("webhook", `the same text twice more, at once: answered ${statuses.join(" and ")}`);
  stage.claim(
    statuses.every((status) => status === 200),
    "a repetition is answered 200",
  );
  const after = { messages: await stage.messages(), conversation: await stage.conversation() };
  stage.claim(after.messages.length === before.messages.length, "no second message");
  stage.claim(after.conversation.unreadCount === before.conversation.unreadCount, "no second unread text");
  stage.claim(after.conversation.waitingDraftId === null, "no second draft");
  stage.say("inbox", `${after.messages.length} messages, as before`);
}

async function measure(stage: Stage): Promise<void> {
  const body =
    "Friday 4 pm it is! Strawberry and vanilla, twelve slices, three candles on top. See you then 🎂";
  const counted = measureText(body);
  const offenders = counted.offending.map((one) => one.character).join(" ");
  stage.say("meter", `${counted.segments} segments, ${counted.encoding}, because of ${offenders}`);
  stage.claim(
    counted.encoding === "UCS-2" && counted.segments === 2 && offenders === "🎂",
    "two UCS-2 segments, because of 🎂",
  );
  const { id } = await stage.conversation();
  const message = queued(stage, await stage.demo().sms.conversations.reply(id, { body, author: AGENT }));
  const delivered = await stage.reaches(message, "delivered");
  const atTwilio = await stage.segmentsAtTwilio(delivered.sid ?? "");
  stage.say("twilio", `counts ${atTwilio} segments too`);
  stage.claim(
    atTwilio === counted.segments && delivered.segments === counted.segments,
    "both count the same",
  );
}

async function sendTwice(stage: Stage): Promise<void> {
  const { sms } = stage.demo();
  const before = stage.handedOver();
  const request = { to: stage.phone.number, body: "Your cake is ready.", idempotencyKey: "order-42" };
  const message = queued(stage, await sms.send(request));
  const again = await sms.send(request);
  stage.say("gate", again.kind);
  stage.claim(
    again.kind === "duplicate" && again.message.id === message.id,
    "the second is a duplicate of the first",
  );
  await stage.reaches(message, "delivered");
  stage.claim(stage.handedOver() === before + 1, "it was handed to Twilio once");
}

async function sendPicture(stage: Stage): Promise<void> {
  const message = await textIn(stage, "", [{ contentType: "image/jpeg" }]);
  stage.claim(
    message.direction === "inbound" && message.body === "" && message.media.length === 1,
    "a message with one picture",
  );
  stage.claim(message.media[0]?.contentType === "image/jpeg", "the picture is a JPEG");
  stage.say("inbox", quote((await stage.conversation()).preview));
  stage.say("draft", quote((await waitingDraft(stage)).body));
}

async function answerByItself(stage: Stage): Promise<void> {
  const { sms } = stage.demo();
  const { id } = await stage.conversation();
  await sms.conversations.setAssistantMode(id, "auto");
  stage.say("decision", "the counter switches the assistant to auto");
  const question = await textIn(stage, "Do you deliver?");
  const answer = await stage.until("the assistant answers", async () => {
    const messages = await stage.messages();
    return messages.find((one) => one.seq > question.seq && one.author.kind === "assistant") ?? null;
  });
  stage.claim((await stage.conversation()).waitingDraftId === null, "nothing waits for approval");
  await stage.reaches(answer, "delivered");
  stage.say("phone", `customer ← ${quote((await stage.phoneGets("within 5 miles")).body)}`);
  await sms.conversations.setAssistantMode(id, "draft");
}

async function loseSignal(stage: Stage): Promise<void> {
  const { sms } = stage.demo();
  const simulator = stage.simulator();
  const { id } = await stage.conversation();
  simulator.setOutcome(stage.phone.number, { undelivered: 30003 });
  const message = queued(stage, await sms.conversations.reply(id, { body: "Are you there?", author: AGENT }));
  const failed = await stage.reaches(message, "undelivered");
  simulator.setOutcome(stage.phone.number, null);
  stage.say(
    "inbox",
    `${failed.error?.title ?? ""} (${String(failed.error?.code)}): ${failed.error?.advice ?? ""}`,
  );
  stage.claim(
    failed.error?.code === 30003 && failed.error.title !== "" && failed.error.advice !== "",
    "the reason is told",
  );
}

async function stopTexting(stage: Stage): Promise<void> {
  const { sms } = stage.demo();
  await textIn(stage, "When do you open tomorrow?");
  const draft = await waitingDraft(stage);
  stage.say("draft", quote(draft.body));
  await textIn(stage, "STOP");
  const consent = await sms.consent.get({ contact: stage.phone.number });
  stage.say("consent", `${consent.state} (${String(consent.reason)})`);
  stage.claim(consent.state === "opted-out", "the contact is opted out");
  const confirmation = await stage.phoneGets("START");
  stage.say("phone", `customer ← ${quote(confirmation.body)} (Twilio's own)`);
  const before = stage.handedOver();
  const { id } = await stage.conversation();
  for (const [who, outcome] of [
    ["a person", await sms.conversations.reply(id, { body: "Are you sure?", author: AGENT })],
    ["the app", await sms.send({ to: stage.phone.number, body: "Sale today!" })],
    ["the draft", await sms.drafts.approve(draft.id, { evenIfStale: true })],
  ] as const) {
    stage.say("gate", `${who}: ${outcome.kind}${outcome.kind === "blocked" ? `, ${outcome.reason}` : ""}`);
    stage.claim(outcome.kind === "blocked" && outcome.reason === "opted_out", `${who} is blocked`);
  }
  stage.claim(stage.handedOver() === before, "nothing was handed to Twilio");
}

async function startTexting(stage: Stage): Promise<void> {
  const { sms } = stage.demo();
  await textIn(stage, "START");
  const contact = stage.phone.number;
  const consent = await sms.consent.get({ contact });
  stage.say("consent", `${consent.state} (${String(consent.reason)})`);
  stage.claim(consent.state === "opted-in", "the contact is opted in");
  const { id } = await stage.conversation();
  const message = queued(stage, await sms.conversations.reply(id, { body: "Welcome back!", author: AGENT }));
  await stage.reaches(message, "delivered");
  stage.say("phone", `customer ← ${quote((await stage.phoneGets("Welcome back!")).body)}`);
  const ledger = (await sms.consent.history({ contact })).items;
  stage.say("ledger", ledger.map((entry) => `${entry.to} by ${quote(entry.evidence.text ?? "")}`).join(", "));
  stage.claim(ledger.map((entry) => entry.to).join() === "opted-out,opted-in", "the ledger has both changes");
}

async function restart(stage: Stage): Promise<void> {
  const before = { conversation: await stage.conversation(), messages: await stage.messages() };
  await stage.restart();
  const after = { conversation: await stage.conversation(), messages: await stage.messages() };
  stage.say("inbox", `${after.messages.length} messages, ${after.conversation.unreadCount} unread`);
  stage.claim(
    JSON.stringify(after) === JSON.stringify(before),
    "the conversation is as it was, to the last field",
  );
  await textIn(stage, "Still open?");
  const draft = await waitingDraft(stage);
  stage.say("draft", quote(draft.body));
}
