import { optOutSilently } from "../faults/silent-opt-out";
import { json } from "../rest/rest-exchange";
import type { RestAnswer } from "../rest/rest-exchange";
import type { World } from "../world";
import { phoneNumberOf, problem, readBody } from "./control-call";
import type { Controlled, ControlHandler } from "./control-call";
import { readString } from "./control-values";

function faultsAnswer({ faults }: World): RestAnswer {
  return json(200, { faults: faults.settings(), counts: faults.counts() });
}

/** What is set, and what happened. */
export function readFaults({ world }: Controlled): ControlHandler {
  return () => faultsAnswer(world);
}

/** The body is what `setFaults` takes. */
export function setFaults({ world }: Controlled): ControlHandler {
  return ({ request }) => {
    const body = readBody(request);
    if ("refused" in body) return body.refused;
    try {
      world.faults.change(body.value);
    } catch (error) {
      if (error instanceof TypeError) return problem(400, error.message);
      throw error;
    }
    return faultsAnswer(world);
  };
}

/** The person at the phone opts out of the number `from`, and the host does not hear of it. */
export function optOut({ world }: Controlled): ControlHandler {
  return (call) => {
    const number = phoneNumberOf(call);
    if (number === null) return problem(404, "A phone's number is E.164, as +15557654321.");
    const body = readBody(call.request);
    if ("refused" in body) return body.refused;
    const from = readString(body.value, "from");
    if (from === null) return problem(400, 'Expected { "from": "+…" }, the number to opt out of.');
    if (world.directory.sender(from) === null) return problem(404, "There is no such number to opt out of.");
    optOutSilently(world, from, number);
    return json(200, { optOuts: world.optOuts.entries() });
  };
}
