import type { PostFact } from "../facts";
import { isWithin } from "../plan";
import { unanswered } from "../processes";
import type { Process } from "../processes";
import type { World } from "../world";
import type { ApiRequest } from "./api";
import { apiError } from "./resources";
import type { ApiAnswer } from "./resources";

type Fate =
  | "fine"
  | "refused"
  | "reset-before"
  | "reset-after"
  | "lost-before"
  | "lost-after"
  | "late"
  | "error-before"
  | "error-after"
  | "busy"
  | "truncated"
  | "crash-before"
  | "crash-after";

/** How long a request that its sender has given up may still be under way, in ms. */
const LATEST_MS = 20_000;

/** `fetch` as one process has it: towards Twilio's API, over a network that fails in every way that matters. */
export function faultyFetch(
  world: World,
  process: Process,
  reachApi: (request: ApiRequest) => ApiAnswer,
): typeof globalThis.fetch {
  const { scheduler } = world;
  const chance = world.chance(`fetch/${process.name}`);

  return (input, init) => {
    // What was running when the process ended asks for nothing any more.
    if (!process.isAlive()) return unanswered();
    const request = requestOf(input, init);
    const isPaused = request.post !== null && chance.chance(world.faults().pausedRequest);
    if (isPaused) {
      process.pause(chance.chance(0.25) ? chance.whole(20_000, 100_000) : chance.whole(105_000, 180_000));
    }
    // A refusal that is read long after others have gone on is the worst thing to wake up with.
    const fate = isPaused && chance.chance(0.6) ? "busy" : fateOf(request);
    if (fate !== "fine") world.count(`request ${fate}`);
    const { post } = request;
    world.trace.add(
      post === null
        ? `${process.name} asks twilio ${request.url.pathname}${request.url.search} (${fate})`
        : `${process.name} posts ${post.mid} to ${post.to} (${fate})`,
    );
    if (post !== null) {
      world.count("posts");
      world.posted(post);
    }
    return travel(request, fate, init?.signal ?? null);
  };

  function requestOf(
    input: Parameters<typeof globalThis.fetch>[0],
    init: RequestInit | undefined,
  ): ApiRequest {
    const url = new URL(input instanceof Request ? input.url : input);
    const method = init?.method ?? "GET";
    const form = new URLSearchParams(typeof init?.body === "string" ? init.body : "");
    if (method !== "POST") return { method, url, form, post: null };
    const callback = new URL(form.get("StatusCallback") ?? "https://nowhere.example/");
    const post: PostFact = {
      atMs: scheduler.now(),
      instance: process.name,
      mid: callback.searchParams.get("mid") ?? "",
      to: form.get("To") ?? "",
      from: form.get("MessagingServiceSid") ?? form.get("From") ?? "",
      body: form.get("Body") ?? "",
      sid: null,
      refusal: null,
    };
    return { method, url, form, post };
  }

  function fateOf(request: ApiRequest): Fate {
    const faults = world.faults();
    if (isWithin(world.plan.twilioAway, world.elapsedMs()) && faults.request > 0) {
      return chance.pick(["refused", "error-before", "lost-before", "busy"]);
    }
    if (chance.chance(faults.crash * 3)) return chance.pick(["crash-before", "crash-after"]);
    if (!chance.chance(faults.request)) return "fine";
    return chance.weighted<Fate>({
      refused: 2,
      "reset-before": 1,
      "reset-after": request.post === null ? 1 : 3,
      "lost-before": 1,
      "lost-after": request.post === null ? 1 : 3,
      late: 2,
      "error-before": 2,
      "error-after": request.post === null ? 1 : 3,
      busy: 4,
      truncated: 2,
    });
  }

  function travel(request: ApiRequest, fate: Fate, signal: AbortSignal | null): Promise<Response> {
    const outMs = fate === "late" ? chance.whole(1_000, LATEST_MS) : chance.waitMs(40);
    const backMs = fate === "late" ? chance.whole(0, 20_000) : chance.waitMs(40);
    const arrives = chance.chance(0.5);
    const waitS = chance.whole(0, 30);
    return new Promise<Response>((resolve, reject) => {
      signal?.addEventListener("abort", () => {
        reject(new DOMException("This operation was aborted", "AbortError"));
      });
      scheduler.after(outMs, reach);
      if (fate === "crash-before") process.crash();

      function reach(): void {
        switch (fate) {
          case "refused":
            failWith("ECONNREFUSED", "connect");
            return;
          case "reset-before":
            failWith("ECONNRESET", "read");
            return;
          case "lost-before":
            return;
          case "error-before":
            answer(apiError(chance.pick([500, 502, 503, 504]), 20500));
            return;
          case "busy":
            answer(apiError(429, 20429, waitS > 20 ? {} : { "retry-after": String(waitS) }));
            return;
          case "crash-before":
            if (arrives) reachApi(request);
            return;
          case "crash-after":
            reachApi(request);
            process.crash();
            return;
          case "reset-after":
            reachApi(request);
            failWith("ECONNRESET", "read");
            return;
          case "lost-after":
            reachApi(request);
            return;
          case "error-after":
            reachApi(request);
            answer(apiError(chance.pick([500, 502, 503]), 20500));
            return;
          case "truncated": {
            const made = reachApi(request);
            answer({ ...made, body: made.body.slice(0, chance.whole(0, made.body.length - 1)) });
            return;
          }
          case "fine":
          case "late":
            answer(reachApi(request));
        }
      }

      function answer(made: ApiAnswer): void {
        scheduler.after(backMs, () => {
          process.enter(() => {
            resolve(new Response(made.body, { status: made.status, headers: made.headers }));
          });
        });
      }

      function failWith(code: string, syscall: string): void {
        scheduler.after(backMs, () => {
          process.enter(() => {
            reject(
              new TypeError("fetch failed", { cause: Object.assign(new Error(code), { code, syscall }) }),
            );
          });
        });
      }
    });
  }
}
