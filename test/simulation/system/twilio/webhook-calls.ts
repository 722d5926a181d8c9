import { signedPost } from "../../../support/harness";
import type { AnswerFact } from "../facts";
import type { Fleet } from "../fleet";
import { callInto } from "../processes";
import type { World } from "../world";

/** A call that Twilio makes to us. */
export interface WebhookCall {
  /** With the connection overrides in its fragment, as it was configured. */
  readonly url: string;
  readonly params: Readonly<Record<string, string>>;
  readonly about: Pick<AnswerFact, "what" | "sid" | "mid" | "told">;
}

/** What Twilio does when a call fails. Source: Twilio docs, "Webhooks: connection overrides" (read 2026-11). */
interface Overrides {
  readonly retries: number;
  readonly policy: ReadonlySet<string>;
  readonly readMs: number;
}

const TOTAL_MS = 15_000;

/** Makes calls to whichever process the host's load balancer picks. */
export function createWebhookCaller(world: World, fleet: Fleet): (call: WebhookCall) => void {
  const { scheduler } = world;
  const chance = world.chance("twilio/webhooks");

  return (call) => {
    attempt(call, { tried: 0, sinceMs: scheduler.now() });
  };

  function attempt(call: WebhookCall, state: { readonly tried: number; readonly sinceMs: number }): void {
    const overrides = overridesOf(call.url);
    const host = fleet.anyHost(chance);
    let isOver = false;
    let cancelTimeout = (): void => undefined;
    world.trace.add(
      `twilio calls ${host?.process.name ?? "nobody"}: ${call.about.what} ${call.about.sid} ${call.about.told ?? ""} ${call.about.mid ?? ""}`,
    );
    if (host === null) {
      scheduler.after(chance.whole(10, 2_000), () => {
        fail("ct");
      });
      return;
    }
    cancelTimeout = scheduler.after(overrides.readMs, () => {
      fail("rt");
    });
    const url = call.url.split("#")[0] ?? call.url;
    callInto(
      host.process,
      async () => (await host.sms.webhook(await signedPost(call.params, url))).status,
      (outcome) => {
        if (outcome.kind === "value") {
          const { name } = host.process;
          world.trace.add(`${name} answers ${outcome.value} to ${call.about.what} ${call.about.sid}`);
          world.count(`webhook ${outcome.value}`);
          world.answered({
            ...call.about,
            atMs: scheduler.now(),
            instance: name,
            status: outcome.value,
          });
        }
        if (outcome.kind === "error") {
          world.violate({
            invariant: "webhooksNeverReject",
            about: [call.about.sid],
            text: String(outcome.error),
          });
        }
        const status = outcome.kind === "value" ? outcome.value : 0;
        // The answer may be lost on its way.
        const isLost = chance.chance(world.faults().callback * 0.1);
        if (isLost) return;
        if (status >= 200 && status < 300) done();
        else fail(status >= 500 ? "5xx" : status >= 400 ? "4xx" : "rt");
      },
    );

    function done(): void {
      isOver = true;
      cancelTimeout();
    }

    function fail(why: string): void {
      if (isOver) return;
      done();
      const may = overrides.policy.has(why) || overrides.policy.has("all");
      if (!may || state.tried >= overrides.retries || scheduler.now() - state.sinceMs >= TOTAL_MS) {
        world.trace.add(
          `twilio gives up (${why}) on ${call.about.what} ${call.about.sid} ${call.about.mid ?? ""}`,
        );
        world.count(`given up ${call.about.what}`);
        return;
      }
      world.count("webhook retries");
      scheduler.after(chance.whole(10, 500), () => {
        attempt(call, { ...state, tried: state.tried + 1 });
      });
    }
  }
}

function overridesOf(url: string): Overrides {
  const given = new URLSearchParams(url.split("#")[1] ?? "");
  return {
    retries: Number(given.get("rc") ?? "1"),
    policy: new Set((given.get("rp") ?? "ct").split(",")),
    readMs: Number(given.get("rt") ?? String(TOTAL_MS)),
  };
}
