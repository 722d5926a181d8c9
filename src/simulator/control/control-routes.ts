import type { TextMedia } from "../inbound/text";
import type { Outcome } from "../options";
import { json } from "../rest/rest-exchange";
import type { RestAnswer, RestRequest } from "../rest/rest-exchange";
import { createRouter } from "../rest/router";
import type { Route } from "../rest/router";
import { phoneNumberOf, problem, readBody } from "./control-call";
import type { Controlled, ControlHandler } from "./control-call";
import { readMedia, readOutcome, readString } from "./control-values";
import { optOut, readFaults, setFaults } from "./fault-routes";

/** Answers every request to the control surface. */
export type ControlApi = (request: RestRequest) => Promise<RestAnswer>;

/** Secrets are not shown: a page can read this. */
function readState({ world }: Controlled): ControlHandler {
  return () =>
    json(200, {
      accounts: world.directory.accounts.map(({ accountSid, type }) => ({ accountSid, type })),
      numbers: world.directory.senders(),
      services: world.directory.services(),
      phones: world.phones.numbers(),
      optOuts: world.optOuts.entries(),
    });
}

function readLog({ world }: Controlled): ControlHandler {
  const { journal } = world;
  return () =>
    json(200, {
      requests: journal.requests(),
      webhooks: journal.webhooks(),
      debugger: journal.debuggerEntries(),
    });
}

function readPhone({ world }: Controlled): ControlHandler {
  return (call) => {
    const number = phoneNumberOf(call);
    if (number === null) return problem(404, "A phone's number is E.164, as +15557654321.");
    return json(200, { messages: world.phones.messages(number) });
  };
}

/** A text without body or media is one too: phones can send it. */
function sendText({ inbox, world }: Controlled): ControlHandler {
  return async (call) => {
    const from = phoneNumberOf(call);
    if (from === null) return problem(404, "A phone's number is E.164, as +15557654321.");
    const body = readBody(call.request);
    if ("refused" in body) return body.refused;
    const to = readString(body.value, "to");
    const text = readString(body.value, "body") ?? "";
    const media: readonly TextMedia[] | null = readMedia(body.value);
    if (to === null || media === null)
      return problem(400, 'Expected { "to": "+…", "body": "…", "media": [] }.');
    if (world.directory.sender(to) === null) return problem(404, "There is no such number to text to.");
    try {
      return json(201, await inbox.receive({ from, to, body: text, media }));
    } catch (error) {
      if (error instanceof TypeError) return problem(400, error.message);
      throw error;
    }
  };
}

function setOutcome({ world }: Controlled): ControlHandler {
  return (call) => {
    const number = phoneNumberOf(call);
    if (number === null) return problem(404, "A phone's number is E.164, as +15557654321.");
    const body = readBody(call.request);
    if ("refused" in body) return body.refused;
    const outcome: Outcome | null = readOutcome(body.value);
    if (outcome === null) {
      return problem(
        400,
        'Expected { "outcome": "delivered" | "sent" | { "undelivered": code } | { "failed": code } }.',
      );
    }
    world.outcomes.set(number, outcome);
    return json(200, { outcome });
  };
}

function routesOf(controlled: Controlled): readonly Route<ControlHandler>[] {
  const phone = "/_simulator/phones/{number}";
  return [
    { method: "GET", path: "/_simulator/state", handler: readState(controlled) },
    { method: "GET", path: "/_simulator/log", handler: readLog(controlled) },
    { method: "GET", path: "/_simulator/faults", handler: readFaults(controlled) },
    { method: "POST", path: "/_simulator/faults", handler: setFaults(controlled) },
    { method: "GET", path: `${phone}/messages`, handler: readPhone(controlled) },
    { method: "POST", path: `${phone}/messages`, handler: sendText(controlled) },
    { method: "POST", path: `${phone}/outcome`, handler: setOutcome(controlled) },
    { method: "POST", path: `${phone}/opt-out`, handler: optOut(controlled) },
  ];
}

/** Pages on this machine may drive the simulator; pages from elsewhere may not read it. */
function isLocalOrigin(origin: string | undefined): origin is string {
  return origin !== undefined && /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(origin);
}

/** The control surface over a world. */
export function createControlApi(controlled: Controlled): ControlApi {
  const route = createRouter(routesOf(controlled));
  const answer = async (request: RestRequest): Promise<RestAnswer> => {
    const match = route(request.method, request.path);
    if (match.kind === "found") return match.handler({ request, params: match.params });
    if (match.kind === "none") return problem(404, "There is nothing here.");
    return request.method === "OPTIONS" ? json(200, {}) : problem(405, "This address takes another method.");
  };
  return async (request) => {
    const { origin } = request.headers;
    const result = await answer(request);
    if (!isLocalOrigin(origin)) return result;
    const headers = {
      ...result.headers,
      "Access-Control-Allow-Origin": origin,
      "Access-Control-Allow-Headers": "content-type",
      "Access-Control-Allow-Methods": "GET, POST",
      Vary: "Origin",
    };
    return { ...result, headers };
  };
}

/** Whether a path belongs to the control surface. */
export function isControlPath(path: string): boolean {
  return path.startsWith("/_simulator/");
}
