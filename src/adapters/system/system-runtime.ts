import type { Runtime } from "../../ports/runtime";

const HEX_DIGITS = 32;

/** The real clock, timers and Web Crypto: there in Node, Bun, Deno, Workers and browsers. */
export function systemRuntime(): Runtime {
  return {
    now: () => Date.now(),
    setTimer(delayMs, run, kind) {
      const timer: unknown = setTimeout(run, delayMs);
      if (kind === "idle" && isUnrefable(timer)) timer.unref();
      return () => {
        clearTimeout(timer as ReturnType<typeof setTimeout>);
      };
    },
    random: () => Math.random(),
    newId: () => crypto.randomUUID().replaceAll("-", ""),
    async hash(text) {
      const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
      return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0"))
        .join("")
        .slice(0, HEX_DIGITS);
    },
  };
}

/** Node's timers are objects that can let the process end; elsewhere they are numbers. */
function isUnrefable(timer: unknown): timer is { unref(): void } {
  return typeof timer === "object" && timer !== null && "unref" in timer && typeof timer.unref === "function";
}
