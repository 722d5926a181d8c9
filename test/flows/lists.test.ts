import { describe, expect, it } from "vitest";
import { memoryStorage } from "../../src/adapters/storage/memory";
import type { Page, Storage } from "../../src/ports/storage";
import { inboundSms } from "../fixtures/twilio/payloads";
import { harness } from "../support/harness";
import type { Harness } from "../support/harness";
import { sidOf, twilioEdge } from "../support/twilio-edge";

twilioEdge();

const ANN = "+14155550101";
const BOB = "+14155550102";
const CARL = "+14155550103";

async function withThree(h: Harness): Promise<void> {
  for (const [index, from] of [ANN, BOB, CARL].entries()) {
    await h.post(inboundSms({ From: from, MessageSid: sidOf(index), Body: `Hello from ${index}` }));
    await h.runtime.advance(1_000);
  }
}

async function contactsOf(page: Promise<Page<{ readonly contact: string }>>): Promise<readonly string[]> {
  return (await page).items.map(({ contact }) => contact);
}

async function idOf(h: Harness, contact: string): Promise<string> {
  const { items } = await h.sms.conversations.withContact({ contact });
  return items[0]?.id ?? "";
}

describe("the list of conversations", () => {
  it("filters by what is unread, who looks after it, what needs attention, channel and status", async () => {
    const h = harness();
    await withThree(h);
    await h.sms.conversations.markRead(await idOf(h, BOB));
    await h.sms.conversations.assign(await idOf(h, BOB), "dora");
    await h.sms.conversations.close(await idOf(h, CARL));
    await h.post(inboundSms({ From: `whatsapp:${ANN}`, To: "whatsapp:+15551234567", MessageSid: sidOf(9) }));
    const { list } = h.sms.conversations;
    expect(await contactsOf(list())).toEqual([`whatsapp:${ANN}`, CARL, BOB, ANN]);
    expect(await contactsOf(list({ unread: true }))).toEqual([`whatsapp:${ANN}`, CARL, ANN]);
    expect(await contactsOf(list({ unread: true, status: "open", channel: "sms" }))).toEqual([ANN]);
    expect(await contactsOf(list({ assignee: "dora" }))).toEqual([BOB]);
    expect(await contactsOf(list({ assignee: null }))).toEqual([`whatsapp:${ANN}`, CARL, ANN]);
    expect(await contactsOf(list({ channel: "whatsapp" }))).toEqual([`whatsapp:${ANN}`]);
    expect(await contactsOf(list({ channel: "sms" }))).toEqual([CARL, BOB, ANN]);
    expect(await contactsOf(list({ status: "closed" }))).toEqual([CARL]);
    await h.post(
      inboundSms({ From: ANN, MessageSid: sidOf(10), Body: "please take me off this list thanks" }),
    );
    expect(await contactsOf(list({ needsAttention: true }))).toEqual([ANN]);
  });

  it("shows the conversations of its own account, of another when asked", async () => {
    const h = harness();
    await withThree(h);
    expect(await contactsOf(h.sms.conversations.list({ accountSid: "AC00" }))).toEqual([]);
    expect(await contactsOf(h.sms.conversations.withContact({ contact: ANN, accountSid: "AC00" }))).toEqual(
      [],
    );
  });

  it.each([
    { state: "open" },
    { status: "shut" },
    { unread: false },
    { needsAttention: "yes" },
    { channel: "pigeon" },
    { assignee: 7 },
    { accountSid: 7 },
  ])("refuses the filter %j, which would show what nobody asked for", async (filter) => {
    const h = harness();
    await expect(
      Reflect.apply(h.sms.conversations.list, h.sms.conversations, [filter]),
    ).rejects.toMatchObject({ code: "config_invalid" });
  });

  it("refuses a contact that is no address", async () => {
    const h = harness();
    await expect(h.sms.conversations.withContact({ contact: "555" + "x" })).rejects.toMatchObject({
      code: "address_invalid",
    });
  });
});

describe("the consent log", () => {
  it("has every change of every contact, newest first, in pages", async () => {
    const h = harness();
    await h.post(inboundSms({ From: ANN, MessageSid: sidOf(1), Body: "STOP" }));
    await h.runtime.advance(1_000);
    await h.sms.consent.optOut({ contact: BOB, by: "dora" });
    const first = await h.sms.consent.log({ limit: 1 });
    expect(first.items).toMatchObject([{ contact: BOB, to: "opted-out", evidence: { by: "dora" } }]);
    const rest = await h.sms.consent.log({ cursor: first.nextCursor });
    expect(rest.items).toMatchObject([{ contact: ANN, to: "opted-out" }]);
    expect((await h.sms.consent.log({ accountSid: "AC00" })).items).toEqual([]);
  });
});

describe("the search", () => {
  it("finds contacts by their digits, then messages by their words, page after page", async () => {
    const h = harness();
    await withThree(h);
    await h.post(inboundSms({ From: BOB, MessageSid: sidOf(7), Body: "My number is 4155550101 now" }));
    const seen: (readonly [string, string | null])[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof h.sms.conversations.search>> = await h.sms.conversations.search(
        "4155550101",
        { limit: 1, cursor },
      );
      for (const { conversation, message } of page.items) {
        seen.push([conversation.contact, message?.body ?? null]);
      }
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual([
      [ANN, null],
      [BOB, "My number is 4155550101 now"],
    ]);
    const words = await h.sms.conversations.search("FROM hel");
    expect(words.items.map(({ message }) => message?.body)).toEqual([
      "Hello from 2",
      "Hello from 1",
      "Hello from 0",
    ]);
    expect((await h.sms.conversations.search("hello", { accountSid: "AC00" })).items).toEqual([]);
  });

  it("leaves out a message whose conversation went meanwhile, and still fills the page", async () => {
    const inner = memoryStorage();
    const orphan = { conversationId: "gone", body: "hello" };
    const storage: Storage = {
      ...inner,
      async search(query) {
        const page = await inner.search?.(query);
        if (page === undefined || query.in !== "messages" || query.cursor !== null) {
          return page ?? { items: [], nextCursor: null };
        }
        const [first] = page.items;
        return { ...page, items: first === undefined ? [] : [{ ...first, ...orphan }] };
      },
    };
    const h = harness({ storage });
    await withThree(h);
    const { items } = await h.sms.conversations.search("hello", { limit: 1 });
    expect(items.map(({ conversation }) => conversation.contact)).toEqual([BOB]);
  });

  it.each(["elsewhere:1", "1", "messages"])("refuses the cursor %j", async (cursor) => {
    const h = harness();
    await expect(h.sms.conversations.search("hello", { cursor })).rejects.toMatchObject({
      code: "config_invalid",
    });
  });

  it("says so where the storage cannot", async () => {
    const { search: _, ...storage } = memoryStorage();
    const h = harness({ storage });
    await expect(h.sms.conversations.search("hello")).rejects.toMatchObject({ code: "capability_missing" });
  });
});
