import { describe, expect, it } from "vitest";
import type { HostReply } from "./receiving-host";
import { ACCOUNT_SID, OURS, PHONE, SERVICE_SID, numberAt, startRig } from "./rig";
import type { Rig } from "./rig";

function twiml(inner: string): HostReply {
  return { type: "text/xml", body: `<?xml version="1.0" encoding="UTF-8"?><Response>${inner}</Response>` };
}

/** The bodies that the phone got from the account, once everything has settled. */
async function gotAfter(rig: Rig, reply: HostReply): Promise<readonly string[]> {
  rig.host.answer(() => reply);
  await rig.simulator.phone(PHONE).text(OURS, "Hi");
  await rig.settle();
  return rig.simulator
    .phone(PHONE)
    .messages()
    .filter((message) => message.direction === "received")
    .map((message) => message.body);
}

function codes(rig: Rig): readonly number[] {
  return rig.simulator.debugger().map((entry) => entry.code);
}

describe("the answer to a text", () => {
  it.each<readonly [what: string, reply: HostReply, got: readonly string[], codes: readonly number[]]>([
    ["an empty document", twiml(""), [], []],
    ["an empty element", { type: "text/xml", body: "<Response/>" }, [], []],
    ["nothing at all", { status: 204 }, [], []],
    ["nothing with a type", { type: "text/xml", body: "" }, [], []],
    ["a message", twiml("<Message>Hello</Message>"), ["Hello"], []],
    ["a message with a body noun", twiml("<Message><Body> Hello </Body></Message>"), [" Hello "], []],
    ["several messages", twiml("<Message>1</Message><Message>2</Message>"), ["1", "2"], []],
    [
      "entities and CDATA",
      twiml("<Message>a &amp; &#x1F44D;<![CDATA[ <b> ]]></Message>"),
      ["a & 👍 <b>"],
      [],
    ],
    [
      "a document as application/xml",
      { type: "application/xml; charset=utf-8", body: "<Response><Message>x</Message></Response>" },
      ["x"],
      [],
    ],
    [
      "a document as text/html",
      { type: "text/html", body: "<Response><Message>x</Message></Response>" },
      ["x"],
      [],
    ],
    ["plain text", { type: "text/plain", body: "OK, got <it>" }, ["OK, got <it>"], []],
    ["another type", { type: "application/json", body: "{}" }, [], [12300]],
    ["no type", { body: "OK" }, [], [12300]],
    ["a broken document", { type: "text/xml", body: "<Response><Message>x</Response>" }, [], [12100]],
    ["a document that is none", { type: "text/xml", body: "OK" }, [], [12100]],
    ["another root", { type: "text/xml", body: "<response><Message>x</Message></response>" }, [], [12200]],
    ["an unknown verb", twiml("<Dial>1</Dial><Message>x</Message>"), ["x"], [12200]],
    ["a verb in the wrong case", twiml("<message>x</message>"), [], [12200]],
    ["too long a document", twiml(`<!--${"x".repeat(65_536)}-->`), [], [11750]],
    ["an empty message", twiml("<Message/>"), [], [14103]],
    ["a message of 1601 characters", twiml(`<Message>${"x".repeat(1601)}</Message>`), [], [14103]],
    ["plain text of 1601 characters", { type: "text/plain", body: "x".repeat(1601) }, [], [14103]],
    ["a message to nobody", twiml('<Message to="you">x</Message>'), [], [21211]],
    ["a message from somebody else", twiml('<Message from="+15550009999">x</Message>'), [], [21606]],
    ["a message with a file", twiml("<Message>x<Media>file:///a</Media></Message>"), [], [21620]],
    [
      "a message with media that is nowhere",
      twiml("<Message>x<Media>http://</Media></Message>"),
      [],
      [21620],
    ],
    [
      "eleven messages",
      twiml("<Message>x</Message>".repeat(11)),
      Array.from({ length: 10 }, () => "x"),
      [14109],
    ],
  ])("%s", async (_what, reply, got, expected) => {
    const rig = await startRig(numberAt);
    expect(await gotAfter(rig, reply)).toStrictEqual(got);
    expect(codes(rig)).toStrictEqual(expected);
  });

  it("makes messages of direction outbound-reply, which call back where they say", async () => {
    const rig = await startRig(numberAt);
    await gotAfter(rig, twiml('<Message statusCallback="/status">Hello</Message>'));
    const [reply] = await rig.client.messages.list({ to: PHONE });
    expect(reply).toMatchObject({
      direction: "outbound-reply",
      from: OURS,
      status: "delivered",
      body: "Hello",
    });
    const callbacks = rig.host.requests.filter((request) => request.path === "/status");
    expect(callbacks.map((request) => request.fields["MessageStatus"])).toStrictEqual(["sent", "delivered"]);
    expect(callbacks.every((request) => request.isGenuine)).toBe(true);
  });

  it("may name another recipient and another of the account's senders, and pictures beside the document", async () => {
    const rig = await startRig((hostUrl) => ({
      numbers: [{ phoneNumber: OURS, smsUrl: `${hostUrl}/a/sms` }, { phoneNumber: "+15551230000" }],
    }));
    await gotAfter(
      rig,
      twiml('<Message to="+15557650000" from="+15551230000"><Media>cat.png</Media></Message>'),
    );
    expect(rig.simulator.phone("+15557650000").messages()).toMatchObject([
      { with: "+15551230000", body: "", media: [{ contentType: "image/png" }] },
    ]);
    const [sent] = await rig.client.messages.list({ to: "+15557650000" });
    const [item] = await rig.client.messages(sent?.sid ?? "").media.list();
    const picture = await fetch(rig.simulator.url + item?.uri.replace(".json", ""), { redirect: "manual" });
    expect(picture.headers.get("location")).toBe(`${rig.host.url}/a/cat.png`);
  });

  it("uses the service's callback for replies through a Messaging Service", async () => {
    const rig = await startRig((hostUrl) => ({
      services: [
        {
          sid: SERVICE_SID,
          senders: [OURS],
          inboundRequestUrl: `${hostUrl}/sms`,
          statusCallback: `${hostUrl}/status`,
        },
      ],
    }));
    rig.host.answer((request) => (request.path === "/sms" ? twiml("<Message>x</Message>") : { status: 204 }));
    await rig.simulator.phone(PHONE).text(OURS, "Hi");
    await rig.settle();
    const callbacks = rig.host.requests.filter((request) => request.path === "/status");
    expect(callbacks.map((request) => request.fields["MessageStatus"])).toStrictEqual(["sent", "delivered"]);
    expect(callbacks[0]?.fields["MessagingServiceSid"]).toBe(SERVICE_SID);
  });

  it("is followed by the next document where it redirects, and by nothing behind that", async () => {
    const rig = await startRig(numberAt);
    rig.host.answer((request) =>
      request.path === "/sms"
        ? twiml('<Message>1</Message><Redirect method="GET">/next?a=1</Redirect><Message>never</Message>')
        : twiml("<Message>2</Message>"),
    );
    await rig.simulator.phone(PHONE).text(OURS, "Hi");
    await rig.settle();
    expect(
      rig.simulator
        .phone(PHONE)
        .messages()
        .map((message) => message.body),
    ).toStrictEqual(["Hi", "1", "2"]);
    expect(rig.host.requests[1]).toMatchObject({
      method: "GET",
      isGenuine: true,
      fields: { a: "1", Body: "Hi" },
    });
  });

  it("hands over to the action of a message, with that message's SID", async () => {
    const rig = await startRig(numberAt);
    rig.host.answer((request) =>
      request.path === "/sms"
        ? twiml('<Message action="/done">1</Message><Message>never</Message>')
        : twiml(""),
    );
    await rig.simulator.phone(PHONE).text(OURS, "Hi");
    await rig.settle();
    const [sent] = await rig.client.messages.list({ to: PHONE });
    expect(rig.host.requests).toHaveLength(2);
    expect(rig.host.requests[1]).toMatchObject({
      path: "/done",
      method: "POST",
      isGenuine: true,
      fields: { MessageSid: sent?.sid, MessageStatus: "queued" },
    });
  });

  it("that redirects for ever is given up, and so is one that never stops replying", async () => {
    const rig = await startRig(numberAt);
    await gotAfter(rig, twiml("<Redirect>/sms</Redirect>"));
    expect(rig.host.requests).toHaveLength(10);
    expect(codes(rig)).toStrictEqual([11215]);
    const got = await gotAfter(rig, twiml("<Message>x</Message><Message>x</Message><Redirect/>"));
    expect(got).toHaveLength(10);
    expect(codes(rig)).toStrictEqual([11215, 14109]);
  });

  it("cannot keep two machines talking: past thirty replies in thirty seconds they are dropped", async () => {
    const rig = await startRig(numberAt);
    rig.host.answer(() => twiml("<Message>x</Message>".repeat(8)));
    for (let count = 0; count < 4; count += 1) await rig.simulator.phone(PHONE).text(OURS, "Hi");
    expect(codes(rig)).toStrictEqual([14107, 14107]);
    rig.clock.advance(30_000);
    await rig.simulator.phone(PHONE).text(OURS, "Hi");
    expect(codes(rig)).toHaveLength(2);
  });

  it("turns to the fallback when it cannot be run, and says why", async () => {
    const rig = await startRig((hostUrl) => ({
      numbers: [{ phoneNumber: OURS, smsUrl: `${hostUrl}/sms`, smsFallbackUrl: `${hostUrl}/fallback` }],
    }));
    rig.host.answer((request) =>
      request.path === "/sms" ? { type: "text/xml", body: "<" } : twiml("<Message>sorry</Message>"),
    );
    expect((await rig.simulator.phone(PHONE).text(OURS, "Hi")).webhook?.body).toContain("sorry");
    await rig.settle();
    expect(rig.host.requests[1]?.fields["ErrorCode"]).toBe("12100");
    expect(rig.host.requests[1]?.isGenuine).toBe(true);
    expect(rig.simulator.phone(PHONE).messages().at(-1)?.body).toBe("sorry");
  });

  it("gets 14111 on a trial for a person who is not verified, and the trial's words for one who is", async () => {
    const rig = await startRig((hostUrl) => ({
      ...numberAt(hostUrl),
      accounts: [{ type: "Trial", verifiedNumbers: ["+15557650000"] }],
    }));
    expect(
      await gotAfter(rig, twiml('<Message>x</Message><Message to="+15557650000">y</Message>')),
    ).toStrictEqual([]);
    expect(codes(rig)).toStrictEqual([14111]);
    const [got] = rig.simulator.phone("+15557650000").messages();
    expect(got?.body).toBe("Sent from your Twilio trial account - y");
  });

  it("never reaches a person who has just opted out", async () => {
    const rig = await startRig(numberAt);
    rig.host.answer(() => twiml("<Message>Bye</Message>"));
    await rig.simulator.phone(PHONE).text(OURS, "STOP");
    await rig.settle();
    expect(codes(rig)).toStrictEqual([21610]);
    expect(
      rig.simulator
        .phone(PHONE)
        .messages()
        .map((message) => message.auto),
    ).toStrictEqual([false, true]);
    expect(rig.simulator.debugger()[0]).toMatchObject({
      accountSid: ACCOUNT_SID,
      url: `${rig.host.url}/sms`,
    });
  });
});
