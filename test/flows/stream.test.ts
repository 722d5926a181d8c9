import { describe, expect, it } from "vitest";
import { inboundSms } from "../fixtures/twilio/payloads";
import { harness } from "../support/harness";
import { sidOf, twilioEdge } from "../support/twilio-edge";

twilioEdge();

function reader(response: Response): () => Promise<string> {
  const stream = response.body?.getReader();
  return async () => {
    const chunk = await stream?.read();
    return chunk?.value === undefined ? "" : new TextDecoder().decode(chunk.value);
  };
}

describe("the live stream", () => {
  it("tells every change as a server-sent event", async () => {
    const h = harness();
    const response = h.sms.stream(new Request("https://example.com/stream"));
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    const next = reader(response);
    expect(await next()).toBe("retry: 1000\n\n");
    await h.post(inboundSms({ Body: "Line one\nline two" }));
    expect(await next()).toMatch(/^event: conversation.created\ndata: \{.*\}\n\n$/);
    const received = await next();
    expect(received).toMatch(/^event: message.received\ndata: .*\n\n$/);
    expect(JSON.parse(received.slice(received.indexOf("{")))).toMatchObject({
      message: { body: "Line one\nline two" },
      conversation: { unreadCount: 1 },
    });
  });

  it("stays alive while nothing happens", async () => {
    const h = harness();
    const next = reader(h.sms.stream(new Request("https://example.com/stream")));
    await next();
    const beat = next();
    await h.runtime.advance(15_000);
    expect(await beat).toBe(": alive\n\n");
  });

  it("ends when its reader goes, by abort or by cancel, and leaves no timer behind", async () => {
    const h = harness();
    const gone = new AbortController();
    const aborted = h.sms.stream(new Request("https://example.com/stream", { signal: gone.signal }));
    const cancelled = h.sms.stream(new Request("https://example.com/stream"));
    expect(h.runtime.pending()).toBe(2);
    gone.abort();
    await cancelled.body?.cancel();
    expect(h.runtime.pending()).toBe(0);
    expect((await h.post(inboundSms())).status).toBe(200);
    expect(await aborted.text()).toBe("retry: 1000\n\n");
  });

  it("survives a reader that goes twice, or had gone before it came", async () => {
    const h = harness();
    const gone = new AbortController();
    const response = h.sms.stream(new Request("https://example.com/stream", { signal: gone.signal }));
    await response.body?.cancel();
    gone.abort();
    const late = h.sms.stream(new Request("https://example.com/stream", { signal: gone.signal }));
    expect(await late.text()).toBe("retry: 1000\n\n");
    expect(h.runtime.pending()).toBe(0);
    expect((await h.post(inboundSms())).status).toBe(200);
  });

  it("that its own heartbeat closes beats no more", async () => {
    const h = harness();
    const response = h.sms.stream(new Request("https://example.com/stream"));
    await h.runtime.advance(15_000 * 1_100);
    expect(h.runtime.pending()).toBe(0);
    expect((await response.text()).split("alive").length).toBeLessThan(1_010);
  });

  it("is closed for a reader that does not read, instead of filling the memory", async () => {
    const h = harness();
    const response = h.sms.stream(new Request("https://example.com/stream"));
    for (let index = 0; index < 600; index += 1) await h.post(inboundSms({ MessageSid: sidOf(index) }));
    expect(h.runtime.pending()).toBe(0);
    const text = await response.text();
    expect(text.split("\n\n").length).toBeLessThan(1_010);
  });

  it("tells no errors", async () => {
    const h = harness();
    const response = h.sms.stream(new Request("https://example.com/stream"));
    await h.sms.webhook(new Request("https://example.com/", { method: "PUT", body: "x" }));
    expect(h.eventNames()).toEqual(["error"]);
    const next = reader(response);
    await next();
    await h.post(inboundSms());
    expect(await next()).toContain("conversation.created");
  });
});
