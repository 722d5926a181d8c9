import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { DESKTOP, named, openBrowser, openInbox, PHONE, says } from "./browser";
import type { InboxPage } from "./browser";
import { startDemoProcess } from "./demo-process";

/** Takes the pictures of the README anew: `npx tsx test/e2e/pictures.ts`. */

const IMAGES = fileURLToPath(new URL("../../docs/images/", import.meta.url));
const MAYA = "+15557654321";
const JONAS = "+15558675309";
const PRIYA = "+447700900123";
const LEO = "+15552468024";

/** A conversation under way: a question answered from a draft, a picture, and an answer being written. */
async function playScene(
  inbox: InboxPage,
  text: (number: string, body: string, photo?: boolean) => Promise<void>,
) {
  await text(LEO, "Thanks, see you Saturday!");
  await text(JONAS, "please stop texting me about croissants");
  await text(PRIYA, "Do you deliver to Elm Street?");
  await text(MAYA, "Hi! When are you open on Saturday?");
  await inbox.row("Maya Alvarez").click();
  await inbox.draft.getByRole("button", { name: "Approve & send" }).click();
  await named(inbox.ticks, "Delivered");
  await text(MAYA, "Could you make a cake like this for my daughter?", true);
  await inbox.thread.locator("img.picture").waitFor();
  await inbox.draft.waitFor();
}

const folder = mkdtempSync(join(tmpdir(), "sms-pictures-"));
const [demo, browser] = await Promise.all([
  startDemoProcess({ databasePath: join(folder, "inbox.db") }),
  openBrowser(),
]);
try {
  const desk = await openInbox(browser, demo.url, { ...DESKTOP, viewport: { width: 1360, height: 850 } });
  await playScene(desk, (number, body, photo = false) => demo.text(number, body, { photo }));
  await desk.composer.fill("We’d love to! Twelve slices, ready on Friday at 4 pm 🎂");
  await says(desk.thread.locator(".thread-foot .meter"), "UCS-2");
  await desk.page.screenshot({ path: `${IMAGES}inbox.png` });

  const phone = await openInbox(browser, demo.url, { ...PHONE, deviceScaleFactor: 1.5 });
  await phone.row("Maya Alvarez").tap();
  await phone.draft.waitFor();
  await phone.thread.locator("img.picture").waitFor();
  await phone.page.screenshot({ path: `${IMAGES}inbox-phone.png` });
} finally {
  await browser.close();
  await demo.stop();
  rmSync(folder, { recursive: true, force: true });
}
