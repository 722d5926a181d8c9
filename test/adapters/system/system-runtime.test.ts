import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { systemRuntime } from "../../../src/adapters/system/system-runtime";

const run = promisify(execFile);
const runtime = systemRuntime();
const SOURCE = fileURLToPath(new URL("../../../src/adapters/system/system-runtime.ts", import.meta.url));

describe("the system's runtime", () => {
  it("hashes as SHA-256 does, in 32 digits", async () => {
    expect(await runtime.hash("")).toBe("e3b0c44298fc1c149afbf4c8996fb924");
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary" }), async (text) => {
        expect(await runtime.hash(text)).toBe(
          createHash("sha256").update(text, "utf8").digest("hex").slice(0, 32),
        );
      }),
    );
  });

  it("makes ids of 32 hexadecimal digits, none twice", () => {
    const ids = Array.from({ length: 10_000 }, () => runtime.newId());
    expect(ids.filter((id) => !/^[0-9a-f]{32}$/.test(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("tells the time in milliseconds since 1970, and chance below 1", () => {
    const before = Date.now();
    const now = runtime.now();
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Date.now());
    const chances = Array.from({ length: 1_000 }, () => runtime.random());
    expect(chances.every((chance) => chance >= 0 && chance < 1)).toBe(true);
    expect(new Set(chances).size).toBeGreaterThan(900);
  });

  it("runs a timer once, and not at all when it was cancelled", async () => {
    const ran: string[] = [];
    const cancel = runtime.setTimer(0, () => ran.push("cancelled"));
    cancel();
    cancel();
    await new Promise<void>((resolve) => {
      runtime.setTimer(5, () => {
        ran.push("later");
        resolve();
      });
      runtime.setTimer(1, () => ran.push("sooner"), "idle");
    });
    expect(ran).toEqual(["sooner", "later"]);
  });

  it.each([
    ["idle", "left"],
    ["awaited", "ran,left"],
  ])("an %s timer of a process that has nothing else to do: %s", async (kind, said) => {
    const delayMs = kind === "idle" ? 60_000 : 20;
    const script = `
      import { systemRuntime } from ${JSON.stringify(SOURCE)};
      const said = [];
      process.on("exit", () => console.log([...said, "left"].join()));
      systemRuntime().setTimer(${delayMs}, () => said.push("ran"), ${JSON.stringify(kind)});
    `;
    const { stdout } = await run(process.execPath, [
      "--import",
      "tsx",
      "--input-type=module",
      "--eval",
      script,
    ]);
    expect(stdout.trim()).toBe(said);
  });
});
