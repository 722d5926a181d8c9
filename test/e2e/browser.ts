import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";

/** Where screenshots go; the folder is not under version control. */
const PICTURES = fileURLToPath(new URL("../../.tmp/e2e/", import.meta.url));

/** How long the page may take to show something. */
const PATIENCE_MS = 10_000;

/** A window of 1280 × 800 with a mouse. */
export const DESKTOP: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };
/** A phone of 390 × 844 with a touch screen. */
export const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  isMobile: true,
  hasTouch: true,
  deviceScaleFactor: 2,
};

/** A browser without a window that calls nobody by itself. */
export async function openBrowser(): Promise<Browser> {
  mkdirSync(PICTURES, { recursive: true });
  return chromium.launch({
    executablePath: process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** An open page of the demo. */
export interface InboxPage {
  readonly page: Page;
  /** Errors and warnings on the console, and errors that nobody caught. */
  readonly complaints: readonly string[];
  /** The row of a conversation. */
  row(name: string): Locator;
  readonly thread: Locator;
  readonly composer: Locator;
  readonly draft: Locator;
  readonly phone: Locator;
  readonly phoneField: Locator;
  /** The bubbles of the thread, oldest first. */
  readonly bubbles: Locator;
  /** The ticks of the last outbound message. */
  readonly ticks: Locator;
  picture(name: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens the demo in a fresh context. */
export async function openInbox(
  browser: Browser,
  url: string,
  options: BrowserContextOptions,
): Promise<InboxPage> {
  const context = await browser.newContext({ locale: "en-US", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    dialog.dismiss().catch(() => undefined);
  });
  await page.goto(url);
  await page.locator("body[data-ready]").waitFor();
  const thread = page.locator("#thread");
  const phone = page.locator("#phone");
  return {
    page,
    complaints,
    row: (name) => page.locator(".row", { hasText: name }),
    thread,
    composer: thread.locator(".composer-field"),
    draft: thread.locator(".draft"),
    phone,
    phoneField: phone.locator(".composer-field"),
    bubbles: thread.locator(".bubble"),
    ticks: thread.locator(".message[data-direction=outbound] .ticks").last(),
    async picture(name) {
      await page.screenshot({ path: `${PICTURES}${name}.png` });
    },
    close: () => context.close(),
  };
}

/** Resolves when an element says this, as a screen reader would; rejects after the page's patience. */
export async function named(locator: Locator, name: string): Promise<void> {
  const wanted = locator.and(locator.page().getByLabel(name, { exact: true }));
  await wanted.waitFor();
}

/** Resolves when an element contains this text. */
export async function says(locator: Locator, text: string): Promise<void> {
  await locator.filter({ hasText: text }).first().waitFor();
}

/** Resolves when an element is gone or hidden. */
export async function gone(locator: Locator): Promise<void> {
  await locator.first().waitFor({ state: "hidden" });
}
