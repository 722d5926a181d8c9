import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeOn } from "../databases/describe-on";
import { hasPostgres, startPostgres, type PostgresServer } from "../databases/postgres-server";
import { runCampaign } from "./kills/campaign";
import type { Campaign } from "./kills/campaign";
import { bundleInbox } from "./kills/inbox-process";
import { contradictions } from "./kills/rules";
import type { Evidence } from "./kills/rules";

const TIMING = { requestTimeoutMs: 500, leaseMs: 2_000, fenceMs: 500, absenceMs: 1_000, graceMs: 200 };
const SMS_OPTIONS = {
  timing: TIMING,
  worker: { pollMs: 100 },
  assistant: { timeoutMs: 1_000 },
  sync: { everyMs: 500, lagsMs: [0], overlapMs: 10_000 },
};

const KILLS = Number(process.env["KILLS"] ?? 12);
const SEED = process.env["SEED"] ?? randomUUID().slice(0, 8);
/** Starting, a kill, and the share of what settles afterwards. */
const PER_KILL_MS = 5_000;
const SETTLED_WITHIN_MS = 30_000;
/** The simulator remembers this many calls; the comparison needs all of them. */
const REMEMBERED_CALLS = 10_000;

let folder = "";
let bundle = "";
const campaigns: Campaign[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sms-kills-"));
  bundle = await bundleInbox(folder);
});

afterAll(async () => {
  for (const campaign of campaigns.splice(0)) await campaign.stop();
  await rm(folder, { recursive: true, force: true });
});

async function expectNothingLost(storage: string): Promise<void> {
  const beganAtMs = performance.now();
  const campaign = await runCampaign({
    bundle,
    storage,
    kills: KILLS,
    seed: SEED,
    smsOptions: SMS_OPTIONS,
    knowledge: {
      longestCallMs: TIMING.fenceMs + TIMING.requestTimeoutMs,
    },
  });
  campaigns.push(campaign);
  await expectNoContradiction(campaign);
  await campaign.farewell();
  await expectNoContradiction(campaign);
  const evidence = await campaign.evidence();
  process.stdout.write(`\n${summary(evidence, performance.now() - beganAtMs)}\n`);
  expect(evidence.calls.length).toBeLessThan(REMEMBERED_CALLS);
  // On a machine that is busy elsewhere the server is hardly up before it is killed; but something must have gone through.
  const sent = evidence.log.filter(({ direction }) => direction === "outbound-api");
  expect(evidence.ledger.texts.length).toBeGreaterThan(KILLS);
  expect(sent.length).toBeGreaterThan(KILLS / 4);
}

async function expectNoContradiction(campaign: Campaign): Promise<void> {
  const look = async (): Promise<readonly string[]> => contradictions(await campaign.evidence()).slice(0, 20);
  await expect.poll(look, { timeout: SETTLED_WITHIN_MS, interval: 100, message: `SEED=${SEED}` }).toEqual([]);
}

function summary({ ledger, log, inbox }: Evidence, tookMs: number): string {
  const unheard = ledger.texts.filter(({ answeredAtMs }) => answeredAtMs === null).length;
  const repeated = ledger.replies.filter(({ tries }) => tries > 1).length;
  const unknown = inbox
    .flatMap(({ messages }) => messages)
    .filter(({ status }) => status === "unknown")
    .map(({ body }) => body);
  const logged = new Set(log.map(({ body }) => body));
  const sentUnknown = unknown.filter((body) => logged.has(body)).length;
  const sent = log.filter(({ direction }) => direction === "outbound-api").length;
  return [
    `SEED=${SEED}: ${KILLS} kills in ${(tookMs / 1000).toFixed(1)} s`,
    `${ledger.texts.length} texts, ${unheard} of them never answered`,
    `${ledger.replies.length} replies, ${repeated} of them asked for again`,
    `${sent} sent, ${unknown.length} unknown (${sentUnknown} of them sent)`,
  ].join("; ");
}

const timeout = 60_000 + KILLS * PER_KILL_MS;

describe("the inbox demo on SQLite", () => {
  it("killed again and again under load, loses nothing and doubles nothing", { timeout }, () =>
    expectNothingLost(join(folder, "inbox.db")),
  );
});

describeOn("the inbox demo on PostgreSQL", hasPostgres(), () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await startPostgres({ durable: true });
  });
  afterAll(async () => {
    for (const campaign of campaigns.splice(0)) await campaign.stop();
    await server.stop();
  });

  it("killed again and again under load, loses nothing and doubles nothing", { timeout }, () =>
    expectNothingLost(server.connectionString),
  );
});
