import { describe, expect, it } from "vitest";
import type { Message } from "../../src/core/model/message";
import {
  FIXTURE_ACCOUNT_SID,
  FIXTURE_AUTH_TOKEN,
  FIXTURE_CONTACT,
  FIXTURE_MESSAGING_SERVICE_SID,
  FIXTURE_OURS,
  inboundPhoto,
  inboundRcs,
  inboundService,
  inboundSms,
  inboundWhatsApp,
} from "../fixtures/twilio/payloads";
import { harness } from "../support/harness";
import type { Harness } from "../support/harness";
import { twilioEdge } from "../support/twilio-edge";

const edge = twilioEdge();

function received({ events }: Harness): readonly Message[] {
  return events.flatMap((event) => (event.name === "message.received" ? [event.data.message] : []));
}

/** One text on each channel from the same person to the same number. */
async function threeChannels(): Promise<Harness> {
  const host = harness();
  for (const payload of [inboundSms(), inboundWhatsApp(), inboundRcs()]) {
    expect((await host.post(payload)).status).toBe(200);
  }
  return host;
}

describe("channels", () => {
  it("keep threads of the same person apart", async () => {
    const { sms } = await threeChannels();
    const { items } = await sms.conversations.list();
    expect(items.map(({ channel, contact, ours }) => ({ channel, contact, ours }))).toEqual(
      expect.arrayContaining([
        { channel: "sms", contact: FIXTURE_CONTACT, ours: FIXTURE_OURS },
        { channel: "whatsapp", contact: `whatsapp:${FIXTURE_CONTACT}`, ours: `whatsapp:${FIXTURE_OURS}` },
        expect.objectContaining({ channel: "rcs", contact: `rcs:${FIXTURE_CONTACT}` }),
      ]),
    );
    expect(items).toHaveLength(3);
  });

  it("share one thread for text and pictures", async () => {
    const host = harness();
    await host.post(inboundSms());
    await host.post(inboundPhoto());
    expect((await host.sms.conversations.list()).items).toHaveLength(1);
  });

  it("keep a second message of each in its own thread", async () => {
    const host = await threeChannels();
    await host.post(inboundWhatsApp({ MessageSid: "SM00000000000000000000000000000003" }));
    const [first, ...rest] = received(host).filter(({ from }) => from.startsWith("whatsapp:"));
    expect(rest.map(({ conversationId }) => conversationId)).toEqual([first?.conversationId]);
    expect((await host.sms.conversations.list()).items).toHaveLength(3);
  });

  it("keep the fields that only WhatsApp has", async () => {
    const host = harness();
    await host.post(
      inboundWhatsApp({
        Forwarded: "true",
        Latitude: "52.5",
        Longitude: "13.4",
        Label: "Office",
        OriginalRepliedMessageSid: "SM1",
        ReferralCtwaClid: "click",
      }),
    );
    expect(received(host)[0]?.extra).toMatchObject({
      ProfileName: "Alex Doe",
      WaId: "14155550100",
      MessageType: "text",
      ChannelMetadata: expect.stringContaining('"whatsapp"'),
      Forwarded: "true",
      Latitude: "52.5",
      Longitude: "13.4",
      Label: "Office",
      OriginalRepliedMessageSid: "SM1",
      ReferralCtwaClid: "click",
    });
  });

  it("keep the fields that only RCS has", async () => {
    const host = harness();
    await host.post(inboundRcs());
    expect(received(host)[0]).toMatchObject({
      body: "Yes please",
      extra: { ButtonText: "Yes please", ButtonPayload: "confirm-42", ButtonType: "REPLY" },
    });
  });

  it("keep media of WhatsApp like those of a text", async () => {
    const host = harness();
    const MediaUrl0 = inboundPhoto()["MediaUrl0"];
    await host.post(inboundWhatsApp({ Body: "", NumMedia: "1", MediaUrl0, MediaContentType0: "audio/ogg" }));
    expect(received(host)[0]?.media).toEqual([{ url: MediaUrl0, contentType: "audio/ogg" }]);
  });

  it("reply to the channel's address, from the channel's sender", async () => {
    const host = await threeChannels();
    for (const [index, { conversationId }] of received(host).entries()) {
      expect(await host.sms.conversations.reply(conversationId, { body: `Reply ${index}` })).toMatchObject({
        kind: "queued",
      });
      // Replies within one thread keep their order; each thread goes on its own.
      await host.sms.runDue();
    }
    const sent = edge.reached.map(({ form }) => ({
      to: form.get("To"),
      from: form.get("From"),
      service: form.get("MessagingServiceSid"),
    }));
    expect(sent).toEqual([
      { to: FIXTURE_CONTACT, from: FIXTURE_OURS, service: null },
      { to: `whatsapp:${FIXTURE_CONTACT}`, from: `whatsapp:${FIXTURE_OURS}`, service: null },
      { to: `rcs:${FIXTURE_CONTACT}`, from: "rcs:acme_agent", service: null },
    ]);
  });

  it("stay apart where all of them come through one Messaging Service", async () => {
    const host = harness({
      account: {
        accountSid: FIXTURE_ACCOUNT_SID,
        authToken: FIXTURE_AUTH_TOKEN,
        messagingServiceSid: FIXTURE_MESSAGING_SERVICE_SID,
      },
    });
    await host.post(inboundService());
    await host.post(inboundRcs());
    await host.post(inboundWhatsApp({ MessagingServiceSid: FIXTURE_MESSAGING_SERVICE_SID }));
    const { items } = await host.sms.conversations.list();
    expect(items.map(({ channel }) => channel).sort()).toEqual(["rcs", "sms", "whatsapp"]);
    for (const { conversationId } of received(host)) {
      await host.sms.conversations.reply(conversationId, { body: "Reply" });
      await host.sms.runDue();
    }
    expect(edge.reached.map(({ form }) => form.get("To"))).toEqual([
      FIXTURE_CONTACT,
      `rcs:${FIXTURE_CONTACT}`,
      `whatsapp:${FIXTURE_CONTACT}`,
    ]);
    for (const { form } of edge.reached) {
      expect(form.get("MessagingServiceSid") ?? form.get("From")).toBe(FIXTURE_MESSAGING_SERVICE_SID);
    }
  });

  it("send to a channel's address from a sender of that channel", async () => {
    const host = harness();
    await host.sms.send({
      to: `whatsapp:${FIXTURE_CONTACT}`,
      from: `whatsapp:${FIXTURE_OURS}`,
      body: "Hello",
    });
    await host.sms.runDue();
    expect(edge.reached.map(({ form }) => [form.get("To"), form.get("From")])).toEqual([
      [`whatsapp:${FIXTURE_CONTACT}`, `whatsapp:${FIXTURE_OURS}`],
    ]);
    await host.post(inboundWhatsApp());
    expect((await host.sms.conversations.list()).items).toHaveLength(1);
  });
});
