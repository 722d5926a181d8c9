import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Logger } from "@mailtrixy/sms";
import { storageArgument } from "./argument";
import { startDemo } from "./demo";
import { createStage } from "./stage";
import { chapters } from "./story";

/** Fast, but every step of a delivery still happens. */
const STEP_MS = 25;

/** Warnings are part of the story (a forged webhook is one), and it tells them itself. */
const quiet: Logger = { debug: ignore, info: ignore, warn: ignore, error: console.error };

function ignore(): void {
  // Nothing to say.
}

/** Plays the demo's story without a browser and prints it. Answers whether every step was as told. */
async function play(): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), "sms-transcript-"));
  const storage = storageArgument(process.argv.slice(2)) ?? join(folder, "inbox.db");
  const start = (): ReturnType<typeof startDemo> =>
    startDemo({ port: 0, storage, mediaFolder: join(folder, "media"), stepMs: STEP_MS, logger: quiet });
  const stage = createStage(await start(), start);
  let title = "before the first step";
  try {
    console.log("The inbox demo without a browser: the same parts, over real HTTP on this machine.");
    for (const [index, chapter] of chapters.entries()) {
      title = `${index + 1}  ${chapter.title}`;
      console.log(`\n${title}`);
      await chapter.play(stage);
    }
    console.log(`\nAll ${chapters.length} steps went as told.`);
    return true;
  } catch (error) {
    console.error(`\nNOT AS TOLD, in step ${title}`);
    console.error(error instanceof Error ? error.message : error);
    return false;
  } finally {
    await stage.demo().stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = (await play()) ? 0 : 1;
