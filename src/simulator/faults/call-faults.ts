import type { RestCall, RestHandler } from "../rest/rest-call";
import { restError } from "../rest-errors";
import { refusal } from "../rest/rest-exchange";
import type { RestAnswer } from "../rest/rest-exchange";
import type { TooManySetting } from "./fault-settings";
import type { FaultSource, Strike } from "./fault-source";
import { withFault } from "./interference";

/** Carries out an authenticated call, or does not, as the faults say. */
export type CallFaults = (call: RestCall, handler: RestHandler) => RestAnswer;

function isCreate({ request }: RestCall): boolean {
  return request.method === "POST" && request.path.endsWith("/Messages.json");
}

/** Source: Twilio docs, error 20429; RFC 9110, section 10.2.3 (read 2026-11). */
function tooMany(retryAfterSeconds: number | null): RestAnswer {
  const answer = refusal(restError(20429));
  if (retryAfterSeconds === null) return answer;
  return { ...answer, headers: { ...answer.headers, "Retry-After": String(retryAfterSeconds) } };
}

/** Runs of refused calls: Twilio counts the calls of an account, so each account has its own. A new setting ends them. */
function createBursts(faults: FaultSource): (accountSid: string) => boolean {
  const bursts = new Map<string, { readonly setting: TooManySetting; readonly left: number }>();
  return (accountSid) => {
    const strike = faults.draw("answer429");
    const setting = faults.settings().answer429;
    if (setting === null) return false;
    const current = bursts.get(accountSid);
    const going = current?.setting === setting ? current.left : 0;
    const left = going > 0 || strike === null ? going : setting.length;
    if (left === 0) return false;
    bursts.set(accountSid, { setting, left: left - 1 });
    faults.count("answer429");
    return true;
  };
}

/** What becomes of the answer to a message that was accepted. At least one character goes, at least one stays. */
function truncated(answer: RestAnswer, { share }: Strike<"acceptThenTruncate">): RestAnswer {
  const body = String(answer.body);
  return { ...answer, body: body.slice(0, 1 + Math.floor(share * (body.length - 1))) };
}

function afterAccepting(faults: FaultSource, answer: RestAnswer): RestAnswer {
  const hang = faults.draw("acceptThenHang");
  const close = faults.draw("acceptThenClose");
  const fail = faults.draw("acceptThen500");
  const truncate = faults.draw("acceptThenTruncate");
  if (hang !== null) {
    faults.count("acceptThenHang");
    return withFault(answer, "acceptThenHang", { end: "never" });
  }
  if (close !== null) {
    faults.count("acceptThenClose");
    return withFault(answer, "acceptThenClose", { end: "closed" });
  }
  if (fail !== null) {
    faults.count("acceptThen500");
    return withFault(refusal(restError(20500)), "acceptThen500");
  }
  if (truncate === null) return answer;
  faults.count("acceptThenTruncate");
  return withFault(truncated(answer, truncate), "acceptThenTruncate");
}

/** Faults of single calls: of two that fall on the same call, the one named first in `FaultOptions`' order of refusals wins. */
export function createCallFaults(faults: FaultSource): CallFaults {
  const isInBurst = createBursts(faults);
  const mayHit = (scope: "create" | "all" | undefined, isCreating: boolean): boolean =>
    isCreating || scope === "all";
  return (call, handler) => {
    const isCreating = isCreate(call);
    const { answer429, answer500 } = faults.settings();
    if (mayHit(answer429?.on, isCreating) && isInBurst(call.caller.account.accountSid)) {
      return withFault(tooMany(answer429?.retryAfterSeconds ?? null), "answer429");
    }
    if (mayHit(answer500?.on, isCreating) && faults.strike("answer500") !== null) {
      return withFault(refusal(restError(20500)), "answer500");
    }
    const answer = handler(call);
    return isCreating && answer.status === 201 ? afterAccepting(faults, answer) : answer;
  };
}
