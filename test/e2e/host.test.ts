import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { DESKTOP, named, openBrowser, openInbox, says } from "./browser";
import { rawRequest, startDemoProcess } from "./demo-process";

const MAYA = "+15557654321";

let folder: string;
let databasePath: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sms-e2e-"));
  databasePath = join(folder, "inbox.db");
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function occupy(): Promise<{ readonly port: number; readonly server: Server }> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return { port: (server.address() as AddressInfo).port, server };
}

describe("a restart", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  test("keeps the conversations and the pictures, and an open page comes back by itself", async () => {
    const first = await startDemoProcess({ databasePath });
    const port = Number(new URL(first.url).port);
    const inbox = await openInbox(browser, first.url, DESKTOP);
    onTestFinished(() => inbox.close());
    await first.text(MAYA, "Could you make one like this?", { photo: true });
    await inbox.row("Maya Alvarez").click();
    await inbox.draft.waitFor();
    await inbox.thread.locator("img.picture").waitFor();
    await inbox.composer.fill("Of course!");
    await inbox.composer.press("Enter");
    await named(inbox.ticks, "Delivered");
    await inbox.composer.fill("Half a thou");
    await first.stop();
    await says(inbox.page.locator("#live"), "Reconnecting");

    const second = await startDemoProcess({ databasePath, port });
    onTestFinished(() => second.stop());
    expect(second.url).toBe(first.url);
    await says(inbox.page.locator("#live"), "Live");
    expect(await inbox.composer.inputValue()).toBe("Half a thou");
    await second.text(MAYA, "Are you still there?");
    await says(inbox.bubbles.last(), "Are you still there?");

    const fresh = await openInbox(browser, second.url, DESKTOP);
    onTestFinished(() => fresh.close());
    await fresh.row("Maya Alvarez").click();
    const picture = fresh.thread.locator("img.picture");
    await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(800);
    const bodies = ["Could you make one like this?", "Of course!", "Are you still there?"];
    expect(await fresh.bubbles.allInnerTexts()).toEqual(bodies);
    expect(await fresh.phone.locator(".bubble-text").allInnerTexts()).toEqual(bodies);
    expect(fresh.complaints).toEqual([]);
  });
});

describe("the port", () => {
  test("another one is taken where the wanted one is in use, and Ctrl-C gives it back", async () => {
    const { port, server } = await occupy();
    onTestFinished(() => {
      server.close();
    });
    const demo = await startDemoProcess({ databasePath, port });
    expect(demo.url).not.toBe(`http://127.0.0.1:${port}`);
    expect(demo.output()).toContain(demo.url);
    await demo.stop();
    await expect(fetch(demo.url)).rejects.toThrow("fetch failed");
  });
});

describe("the guards", () => {
  const JSON_TYPE = { "content-type": "application/json" };
  const body = JSON.stringify({ number: MAYA, body: "Hi" });

  test("let through the page's own requests only", async () => {
    const demo = await startDemoProcess({ databasePath });
    onTestFinished(() => demo.stop());
    const target = `${demo.url}/api/phone/text`;
    const send = async (headers: Readonly<Record<string, string>>): Promise<number> =>
      (await rawRequest(target, { method: "POST", headers, body })).status;
    expect(await send({ ...JSON_TYPE, origin: "https://elsewhere.example" })).toBe(403);
    expect(await send({ ...JSON_TYPE, origin: "null" })).toBe(403);
    expect(await send({ ...JSON_TYPE, host: "rebound.example" })).toBe(421);
    expect(await send({ "content-type": "text/plain" })).toBe(415);
    expect(await send({ "content-type": "application/x-www-form-urlencoded" })).toBe(415);
    expect(await send({})).toBe(415);
    const list = await fetch(`${demo.url}/api/conversations?status=open`);
    expect(await list.json()).toEqual({ items: [], nextCursor: null });
    expect(await send({ ...JSON_TYPE, origin: demo.url })).toBe(200);
  });

  test("the page may run and load its own files only, and a webhook without signature is refused", async () => {
    const demo = await startDemoProcess({ databasePath });
    onTestFinished(() => demo.stop());
    const page = await rawRequest(demo.url, { method: "GET", headers: {} });
    const policy = String(page.headers["content-security-policy"]);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain("unsafe");
    expect(page.headers["x-content-type-options"]).toBe("nosniff");
    const forged = await rawRequest(`${demo.url}/api/webhooks/twilio-sms`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: "MessageSid=SM1&From=%2B15557654321&To=%2B15551234567&Body=Hi",
    });
    expect(forged.status).toBe(403);
    const elsewhere = await fetch(
      `${demo.url}/api/media?url=${encodeURIComponent(`http://example.com/ME${"0".repeat(32)}`)}`,
    );
    expect(elsewhere.status).toBe(404);
    for (const path of ["/../server.ts", "/%2e%2e/server.ts", "/.data/inbox.db"]) {
      expect((await rawRequest(demo.url + path, { method: "GET", headers: {} })).status).toBe(404);
    }
  });
});
