import { restError } from "../rest-errors";
import { refusal } from "../rest/rest-exchange";
import type { RestAnswer, RestRequest } from "../rest/rest-exchange";
import type { FaultSource } from "./fault-source";
import { pickMs } from "./fault-values";
import { withFault } from "./interference";
import type { Outage } from "./outage";

/** Puts the faults of the whole REST API around it: it may be away, and it may be slow. */
export function withApiFaults(
  api: (request: RestRequest) => RestAnswer,
  { faults, outage }: { readonly faults: FaultSource; readonly outage: Outage },
): (request: RestRequest) => RestAnswer {
  return (request) => {
    const away = outage.atCall();
    if (away !== null) {
      const end = away === "closed" ? "closed" : "answer";
      return withFault(refusal(restError(20503)), "outage", { end });
    }
    const answer = api(request);
    const late = faults.draw("delayApi");
    // An answer that never comes cannot come late.
    if (late === null || answer.interference?.end === "never") return answer;
    faults.count("delayApi");
    return withFault(answer, "delayApi", { delayMs: pickMs(late.setting.ms, late.share) });
  };
}
