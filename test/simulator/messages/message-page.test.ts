import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Message } from "../../../src/simulator";
import { pageOfMessages } from "../../../src/simulator/messages/message-page";
import type { PagePosition } from "../../../src/simulator/messages/message-page";

const EVERYTHING = { to: null, from: null, sentFromMs: null, sentUntilMs: null };

function messageAt(place: number): Message {
  return {
    sid: `SM${place}`,
    accountSid: "AC",
    direction: "inbound",
    from: "+15557654321",
    to: "+15551234567",
    body: "",
    messagingServiceSid: null,
    status: "received",
    errorCode: null,
    numSegments: 1,
    media: [],
    statusCallback: null,
    createdAtMs: place,
    updatedAtMs: place,
    sentAtMs: place,
  };
}

function logOf(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    place: count - 1 - index,
    message: messageAt(count - 1 - index),
  }));
}

describe("pageOfMessages", () => {
  it("lists each message once, forwards and backwards, whatever the page size", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 20 }), (count, pageSize) => {
        const log = logOf(count);
        const forwards: Message[] = [];
        let position: PagePosition = { kind: "number", page: 0 };
        for (let hasNext = true; hasNext;) {
          const page = pageOfMessages(log, EVERYTHING, { position, pageSize });
          forwards.push(...page.messages);
          hasNext = page.hasNext;
          position = { kind: "after", place: page.messages.at(-1)?.createdAtMs ?? 0 };
        }
        expect(forwards).toStrictEqual(log.map((entry) => entry.message));
        const lastPage = Math.max(0, Math.ceil(count / pageSize) - 1);
        let first = forwards[lastPage * pageSize];
        const backwards = forwards.slice(lastPage * pageSize);
        for (let page = lastPage; page > 0 && first !== undefined; page -= 1) {
          position = { kind: "before", place: first.createdAtMs };
          const found = pageOfMessages(log, EVERYTHING, { position, pageSize });
          backwards.unshift(...found.messages);
          first = found.messages[0];
        }
        expect(backwards).toStrictEqual(forwards);
      }),
    );
  });

  it("takes the messages at both ends of a time range", () => {
    const filter = { ...EVERYTHING, sentFromMs: 3, sentUntilMs: 5 };
    const slice = { position: { kind: "number" as const, page: 0 }, pageSize: 50 };
    const { messages } = pageOfMessages(logOf(9), filter, slice);
    expect(messages.map((message) => message.sentAtMs)).toStrictEqual([5, 4, 3]);
  });

  it("has neither a next nor a previous page when nothing matches", () => {
    const filter = { ...EVERYTHING, to: "+15550000000" };
    const slice = { position: { kind: "number" as const, page: 3 }, pageSize: 2 };
    expect(pageOfMessages(logOf(9), filter, slice)).toStrictEqual({
      messages: [],
      hasNext: false,
      hasPrevious: false,
    });
  });
});
