import { describe, expect, it } from "vitest";
import type { BotOptions } from "../../src/simulator";
import { OURS, PHONE, numberAt, startRig } from "./rig";
import type { Rig } from "./rig";

const OTHER_PHONE = "+15557650000";

async function textTo(rig: Rig, to: string, body: string): Promise<void> {
  await rig.client.messages.create({ to, from: OURS, body });
  await rig.settle();
}

function inbound(rig: Rig): readonly (string | undefined)[] {
  return rig.host.requests.map((request) => request.fields["Body"]);
}

describe("a bot", () => {
  it("answers each text that its phone gets, after its delay, with its reply", async () => {
    const rig = await startRig(numberAt);
    const bot = rig.simulator.bot(PHONE, { reply: "beep", delayMs: 5_000 });
    await textTo(rig, PHONE, "one");
    await textTo(rig, OTHER_PHONE, "not for it");
    expect(inbound(rig)).toStrictEqual([]);
    rig.clock.advance(5_000);
    await rig.simulator.idle();
    expect(rig.host.requests).toMatchObject([
      { isGenuine: true, fields: { Body: "beep", From: PHONE, To: OURS } },
    ]);
    expect(bot.answered()).toBe(1);
    expect(bot.number).toBe(PHONE);
  });

  it("lets a function decide, which may leave a text without an answer", async () => {
    const rig = await startRig(numberAt);
    const bot = rig.simulator.bot(PHONE, {
      delayMs: 0,
      limit: 2,
      reply: (message, answered) => (message.body === "skip" ? null : `${answered}: ${message.body}`),
    });
    for (const body of ["a", "skip", "b", "c"]) await textTo(rig, PHONE, body);
    expect(inbound(rig)).toStrictEqual(["0: a", "1: b"]);
    expect(bot.answered()).toBe(2);
    expect(bot.failure()).toBeNull();
  });

  it("varies its small talk by the seed", async () => {
    const talk = async (seed: string) => {
      const rig = await startRig((hostUrl) => ({ ...numberAt(hostUrl), seed }));
      rig.simulator.bot(PHONE, { delayMs: [0, 100] });
      for (let text = 0; text < 6; text += 1) await textTo(rig, PHONE, "Hi");
      return inbound(rig);
    };
    const one = await talk("a");
    expect(one).toHaveLength(6);
    expect(new Set(one).size).toBeGreaterThan(1);
    expect(await talk("a")).toStrictEqual(one);
    expect(await talk("b")).not.toStrictEqual(one);
  });

  it("ends after its limit even where the host answers everything, too", async () => {
    const rig = await startRig(numberAt);
    rig.host.answer(() => ({ type: "text/plain", body: "And you?" }));
    const bot = rig.simulator.bot(PHONE, { reply: "Fine", delayMs: 60_000, limit: 7 });
    await textTo(rig, PHONE, "How are you?");
    for (let round = 0; round < 20; round += 1) {
      rig.clock.advance(60_000);
      await rig.simulator.idle();
      await rig.settle();
    }
    expect(bot.answered()).toBe(7);
    expect(inbound(rig)).toHaveLength(7);
    expect(rig.clock.pending()).toBe(0);
  });

  it("answers Twilio's own confirmations as well", async () => {
    const rig = await startRig(numberAt);
    rig.simulator.bot(PHONE, { reply: "Pardon?", delayMs: 0 });
    await rig.simulator.phone(PHONE).text(OURS, "HELP");
    await rig.settle();
    expect(inbound(rig)).toStrictEqual(["HELP", "Pardon?"]);
  });

  it("says nothing more once it is stopped, and leaves its phone usable", async () => {
    const rig = await startRig(numberAt);
    const bot = rig.simulator.bot(PHONE, { delayMs: 5_000 });
    await textTo(rig, PHONE, "one");
    bot.stop();
    bot.stop();
    await textTo(rig, PHONE, "two");
    rig.clock.advance(60_000);
    await rig.simulator.idle();
    expect(inbound(rig)).toStrictEqual([]);
    expect(rig.clock.pending()).toBe(0);
    await rig.simulator.phone(PHONE).text(OURS, "by hand");
    expect(inbound(rig)).toStrictEqual(["by hand"]);
  });

  it.each<readonly [what: string, reply: () => string]>([
    [
      "throws",
      () => {
        throw new RangeError("broken");
      },
    ],
    ["is longer than a text can be", () => "x".repeat(1601)],
    // The point is what happens to values that the types forbid.
    ["is no text", () => 7 as unknown as string],
  ])("ends, and says why, when its reply %s", async (_what, reply) => {
    const rig = await startRig(numberAt);
    const bot = rig.simulator.bot(PHONE, { reply, delayMs: 0 });
    await textTo(rig, PHONE, "one");
    expect(bot.failure()).toBeInstanceOf(Error);
    expect(bot.answered()).toBe(0);
    await textTo(rig, PHONE, "two");
    expect(inbound(rig)).toStrictEqual([]);
  });

  it.each<readonly [what: string, options: object]>([
    ["an unknown option", { replies: "x" }],
    ["no limit at all", { limit: 0 }],
    ["an endless limit", { limit: Number.POSITIVE_INFINITY }],
    ["a negative delay", { delayMs: -1 }],
    ["a reply that is none", { reply: 1 }],
  ])("is refused: %s", async (_what, options) => {
    const { simulator } = await startRig();
    // The point is what happens to values that the types forbid.
    expect(() => simulator.bot(PHONE, options as BotOptions)).toThrow(TypeError);
    expect(() => simulator.bot("5557654321")).toThrow(TypeError);
  });
});
