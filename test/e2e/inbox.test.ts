import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { DESKTOP, gone, named, openBrowser, openInbox, PHONE, says } from "./browser";
import type { InboxPage } from "./browser";
import { startDemoProcess } from "./demo-process";
import type { DemoProcess } from "./demo-process";

const MAYA = "+15557654321";
const JONAS = "+15558675309";
const PRIYA = "+447700900123";

let folder: string;
let demo: DemoProcess;
let browser: Browser;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sms-e2e-"));
  [demo, browser] = await Promise.all([
    startDemoProcess({ databasePath: join(folder, "inbox.db") }),
    openBrowser(),
  ]);
});

afterAll(async () => {
  await browser.close();
  await demo.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function open(options: Parameters<typeof openInbox>[2]): Promise<InboxPage> {
  const inbox = await openInbox(browser, demo.url, options);
  onTestFinished(() => inbox.close());
  return inbox;
}

describe("the story, at a desk", () => {
  test("a text arrives, its draft is approved, and the ticks move to delivered by themselves", async () => {
    const inbox = await open(DESKTOP);
    const { page, row, thread, draft, phone, phoneField, ticks } = inbox;
    await demo.text(PRIYA, "Do you deliver?");
    await phoneField.fill("Hi! When are you open on Saturday?");
    await phoneField.press("Enter");
    await says(row("Maya Alvarez"), "SMS");
    await says(row("Maya Alvarez").locator(".count"), "1");
    await says(row("Maya Alvarez"), "Draft waiting");
    expect(await page.title()).toMatch(/^\(2\) /);
    await inbox.picture("desk-1-arrived");

    await row("Maya Alvarez").click();
    await says(inbox.bubbles, "When are you open on Saturday?");
    await gone(row("Maya Alvarez").locator(".count"));
    await says(draft.locator(".meter"), "1 segment");
    await inbox.picture("desk-2-draft");

    await draft.getByRole("button", { name: "Approve & send" }).click();
    await gone(draft);
    await named(ticks, "Sent");
    await named(ticks, "Delivered");
    await says(phone.locator(".bubble"), "Tuesday to Sunday");
    await says(thread.locator(".meta"), "Assistant");
    await inbox.picture("desk-3-delivered");
    expect(inbox.complaints).toEqual([]);
  });

  test("a picture arrives on both sides, and the meter names what forces UCS-2", async () => {
    const inbox = await open(DESKTOP);
    const { phoneField, phone, thread, composer, ticks } = inbox;
    await inbox.row("Maya Alvarez").click();
    await phoneField.fill("Could you make one like this for my daughter?");
    await phone.getByRole("button", { name: "Send a picture" }).click();
    const pictures = [thread.locator("img.picture"), phone.locator("img.picture")];
    for (const picture of pictures) {
      await picture.waitFor();
      await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(800);
    }
    const meter = thread.locator(".thread-foot .meter");
    await composer.fill(
      "We’d love to! Twelve slices, ready on Friday 🎂 Would 4 pm suit you, or is the morning better?",
    );
    await says(meter, "UCS-2");
    await says(meter, "2 segments");
    await says(meter.locator("kbd"), "’");
    await says(meter.locator("kbd"), "🎂");
    await inbox.picture("desk-4-meter");
    await meter.getByRole("button", { name: "Use plain characters" }).click();
    expect(await composer.inputValue()).toContain("We'd love to!");
    await says(meter, "force");
    await composer.press("Enter");
    await says(thread.locator(".message").last(), "2 segments");
    await named(ticks, "Delivered");
    expect(inbox.complaints).toEqual([]);
  });

  test("Shift+Enter makes a line, Enter sends, and the assistant in auto mode answers by itself", async () => {
    const inbox = await open(DESKTOP);
    const { thread, composer, phone } = inbox;
    await inbox.row("Maya Alvarez").click();
    await composer.fill("One");
    await composer.press("Shift+Enter");
    await composer.pressSequentially("Two");
    await composer.press("Enter");
    await expect.poll(() => inbox.bubbles.last().innerText()).toBe("One\nTwo");
    await thread.getByRole("radio", { name: "Auto" }).check();
    await demo.text(MAYA, "Do you deliver?");
    await says(thread.locator(".message").last(), "Assistant");
    await says(inbox.bubbles.last(), "within 5 miles");
    await says(phone.locator(".bubble").last(), "within 5 miles");
    await thread.getByRole("radio", { name: "Draft" }).check();
    expect(inbox.complaints).toEqual([]);
  });

  test("STOP shows a banner and a warning instead of a send; START brings it back", async () => {
    const inbox = await open(DESKTOP);
    const { thread, composer, phone, ticks } = inbox;
    await inbox.row("Maya Alvarez").click();
    await says(inbox.bubbles.last(), "within 5 miles");
    const before = await inbox.bubbles.count();
    await phone.getByRole("button", { name: "STOP" }).click();
    await says(thread.locator(".banner"), "opted out");
    await says(phone.locator(".bubble"), "unsubscribed");
    await composer.fill("Are you sure?");
    await composer.press("Enter");
    await says(thread.getByRole("alert"), "Not sent");
    expect(await composer.inputValue()).toBe("Are you sure?");
    expect(await inbox.bubbles.count()).toBe(before + 1);
    await inbox.picture("desk-5-opted-out");

    await phone.getByRole("button", { name: "START" }).click();
    await gone(thread.locator(".banner", { hasText: "opted out" }));
    await composer.fill("Welcome back!");
    await composer.press("Enter");
    await named(ticks, "Delivered");
    await says(phone.locator(".bubble").last(), "Welcome back!");
    expect(inbox.complaints).toEqual([]);
  });

  test("a text to a phone without signal ends red, with the reason and what to do", async () => {
    const inbox = await open(DESKTOP);
    const { thread, phone, composer, ticks } = inbox;
    await inbox.row("Maya Alvarez").click();
    const signal = phone.getByRole("switch");
    await signal.uncheck();
    await composer.fill("Your cake is ready.");
    await composer.press("Enter");
    await named(ticks, "Not delivered");
    await says(thread.locator(".failure").last(), "30003");
    await inbox.picture("desk-6-failed");
    await signal.check();
    expect(inbox.complaints).toEqual([]);
  });

  test("an edited draft that is overtaken keeps its words and is sent only knowingly", async () => {
    const inbox = await open(DESKTOP);
    const { draft, thread } = inbox;
    await demo.text(JONAS, "When are you open?");
    await inbox.row("Jonas Weber").click();
    const field = draft.locator("textarea");
    await field.fill("Edited by hand: until five.");
    await demo.text(JONAS, "And do you deliver?");
    await says(draft.first(), "A newer message arrived");
    expect(await field.first().inputValue()).toBe("Edited by hand: until five.");
    await draft.first().getByRole("button", { name: "Send anyway" }).waitFor();
    await field.first().press("Control+Enter");
    await says(inbox.bubbles, "Edited by hand");
    await named(thread.locator(".ticks").last(), "Delivered");
    expect(inbox.complaints).toEqual([]);
  });

  test("a wish to stop in other words is put before a person, who can opt the contact out", async () => {
    const inbox = await open(DESKTOP);
    await demo.text(JONAS, "please stop texting me about croissants");
    await says(inbox.row("Jonas Weber"), "May want to stop");
    await inbox.row("Jonas Weber").click();
    await inbox.thread.getByRole("button", { name: "Opt them out" }).click();
    await says(inbox.thread.locator(".banner"), "Jonas Weber opted out");
    await gone(inbox.row("Jonas Weber"));
    expect(inbox.complaints).toEqual([]);
  });

  test("a text that arrives while the list is being read does not vanish when the older list comes", async () => {
    const { page, row, complaints } = await open(DESKTOP);
    // The list that the page reads when it opens is behind it: what is held below is the list after the reload.
    await demo.text(MAYA, "Are you there?");
    await row("Maya Alvarez").waitFor();
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let held = 0;
    await page.route("**/api/conversations?status=open", async (route) => {
      const response = await route.fetch();
      held += 1;
      await released;
      await route.fulfill({ response });
    });
    await page.reload({ waitUntil: "commit" });
    await expect.poll(() => held).toBeGreaterThan(0);
    await demo.text("+15550004242", "I came in between");
    await row("I came in between").waitFor();
    release();
    await row("Maya Alvarez").waitFor();
    await row("I came in between").waitFor();
    expect(complaints).toEqual([]);
  });

  test("a hostile text is words, wherever it is shown", async () => {
    const inbox = await open(DESKTOP);
    const hostile = `<img src=x onerror=alert(1)><script>alert(2)</script>"'&lt;`;
    await demo.text(PRIYA, hostile);
    await inbox.row("Priya Nair").click();
    await expect.poll(() => inbox.bubbles.last().innerText()).toBe(hostile);
    await inbox.phone.getByLabel("Texting as").selectOption(PRIYA);
    await expect.poll(() => inbox.phone.locator(".bubble-text").last().innerText()).toBe(hostile);
    expect(await inbox.row("Priya Nair").locator(".row-preview").innerText()).toBe(hostile);
    expect(await inbox.page.locator("img[src=x], .bubble script").count()).toBe(0);
    expect(inbox.complaints).toEqual([]);
  });

  test("a conversation can be closed, is found under Closed, and a new text opens it again", async () => {
    const inbox = await open(DESKTOP);
    await inbox.row("Priya Nair").click();
    await inbox.thread.getByRole("button", { name: "Close" }).click();
    await gone(inbox.row("Priya Nair"));
    await inbox.page.getByRole("radio", { name: "Closed" }).check();
    await inbox.row("Priya Nair").waitFor();
    await demo.text(PRIYA, "One more thing");
    await gone(inbox.row("Priya Nair"));
    await inbox.page.getByRole("radio", { name: "Open" }).check();
    await says(inbox.row("Priya Nair"), "One more thing");
    expect(inbox.complaints).toEqual([]);
  });

  test("another customer can be added by number, and texts", async () => {
    const inbox = await open(DESKTOP);
    const { phone } = inbox;
    await phone.getByRole("button", { name: "Another customer" }).click();
    await phone.getByLabel("Their number").fill("+15550001111");
    await phone.getByRole("button", { name: "Add", exact: true }).click();
    await inbox.phoneField.fill("Hello from a new number");
    await inbox.phoneField.press("Enter");
    await says(inbox.row("+1 555-000-1111"), "Hello from a new number");
    expect(inbox.complaints).toEqual([]);
  });
});

describe("by keyboard alone", () => {
  test("text, open the conversation, approve the draft, and answer, without a mouse", async () => {
    const inbox = await open(DESKTOP);
    const { page, thread, draft, ticks } = inbox;
    const tabTo = async (selector: string): Promise<void> => {
      for (let presses = 0; presses < 40; presses += 1) {
        if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector))
          return;
        await page.keyboard.press("Tab");
      }
      expect.unreachable(`Tab never comes to ${selector}`);
    };
    await tabTo("#phone .composer-field");
    await page.keyboard.type("When are you open?");
    await page.keyboard.press("Enter");
    await says(inbox.row("Maya Alvarez"), "Draft waiting");
    await tabTo(".row");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter");
    await draft.waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement?.className)).toBe("composer-field");
    await page.keyboard.press("Shift+Tab");
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe("Discard");
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Enter");
    await gone(draft);
    await named(ticks, "Delivered");
    await page.keyboard.type("See you!");
    await page.keyboard.press("Enter");
    await says(inbox.bubbles.last(), "See you!");
    await named(ticks, "Delivered");
    await tabTo(".modes input");
    expect(await page.evaluate(() => document.activeElement?.closest(".choice") !== null)).toBe(true);
    const ring = await thread
      .locator(".modes input:focus-visible + span")
      .evaluate((span) => getComputedStyle(span).outlineStyle);
    expect(ring).toBe("solid");
    expect(inbox.complaints).toEqual([]);
  });
});

describe("at phone width", () => {
  test("the story is told in two panes, and nothing is wider than the screen", async () => {
    const inbox = await open(PHONE);
    const { page, thread, ticks } = inbox;
    const fits = async (): Promise<void> => {
      const widths = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      expect(widths[0]).toBe(widths[1]);
    };
    await page.locator("#pane-phone").tap();
    await inbox.phoneField.fill("When are you open?");
    await inbox.phoneField.press("Enter");
    await page.locator("#pane-unread").waitFor();
    await fits();
    await inbox.picture("phone-1-phone");
    await page.locator("#pane-inbox").tap();
    await fits();
    await inbox.picture("phone-2-list");
    await inbox.row("Maya Alvarez").tap();
    await inbox.draft.getByRole("button", { name: "Approve & send" }).tap();
    await named(ticks, "Delivered");
    await fits();
    await inbox.picture("phone-3-thread");
    await thread.getByRole("link", { name: "Back to the list" }).tap();
    await inbox.row("Maya Alvarez").waitFor();
    await gone(thread);
    await page.goBack();
    await inbox.composer.waitFor();
    expect(inbox.complaints).toEqual([]);
  });

  test("it is dark where the system is dark, light where it is light", async () => {
    const backgrounds: string[] = [];
    for (const colorScheme of ["dark", "light"] as const) {
      const phone = await open({ ...PHONE, colorScheme });
      await phone.row("Maya Alvarez").tap();
      await says(phone.thread.locator(".meta"), "Assistant");
      await phone.picture(`phone-4-${colorScheme}`);
      const desk = await open({ ...DESKTOP, colorScheme });
      await desk.row("Maya Alvarez").click();
      await says(desk.thread.locator(".meta"), "Assistant");
      await desk.picture(`desk-7-${colorScheme}`);
      backgrounds.push(await desk.page.evaluate(() => getComputedStyle(document.body).backgroundColor));
      expect([...phone.complaints, ...desk.complaints]).toEqual([]);
    }
    expect(backgrounds).toEqual(["rgb(12, 17, 20)", "rgb(236, 239, 241)"]);
  });
});
