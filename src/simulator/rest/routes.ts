import { withApiFaults } from "../faults/api-faults";
import { createCallFaults } from "../faults/call-faults";
import { createOutage } from "../faults/outage";
import { restError } from "../rest-errors";
import { authenticate } from "./authenticate";
import { isMediaContentPath, readMediaContent } from "./media-content";
import {
  createMessage,
  deleteMedia,
  deleteMessage,
  readMedia,
  readMediaList,
  readMessage,
  readMessages,
  updateMessage,
} from "./message-routes";
import type { MessageApi } from "./message-routes";
import { accountResource } from "./resources";
import type { RestHandler } from "./rest-call";
import { json, refusal } from "./rest-exchange";
import type { RestAnswer, RestRequest } from "./rest-exchange";
import { createRouter } from "./router";
import type { Route } from "./router";

/** Answers every request to the REST API. */
export type RestApi = (request: RestRequest) => RestAnswer;

const ACCOUNT = "/2010-04-01/Accounts/{accountSid}";

function unauthenticated(): RestAnswer {
  const answer = refusal(restError(20003));
  return { ...answer, headers: { ...answer.headers, "WWW-Authenticate": 'Basic realm="Twilio API"' } };
}

/** Standard API keys may not read the account; test credentials work on few resources. */
function readAccount(startedAtMs: number): RestHandler {
  return ({ caller }) => {
    if (caller.credential === "api-key") return unauthenticated();
    if (caller.account.credentials === "test") return refusal(restError(20008));
    return json(200, accountResource(caller.account, startedAtMs));
  };
}

function routesOf(api: MessageApi): readonly Route<RestHandler>[] {
  const message = `${ACCOUNT}/Messages/{messageSid}`;
  return [
    { method: "GET", path: `${ACCOUNT}.json`, handler: readAccount(api.world.clock.now()) },
    { method: "POST", path: `${ACCOUNT}/Messages.json`, handler: createMessage(api) },
    { method: "GET", path: `${ACCOUNT}/Messages.json`, handler: readMessages(api) },
    { method: "GET", path: `${message}.json`, handler: readMessage(api) },
    { method: "POST", path: `${message}.json`, handler: updateMessage(api) },
    { method: "DELETE", path: `${message}.json`, handler: deleteMessage(api) },
    { method: "GET", path: `${message}/Media.json`, handler: readMediaList(api) },
    { method: "GET", path: `${message}/Media/{mediaSid}.json`, handler: readMedia(api) },
    { method: "DELETE", path: `${message}/Media/{mediaSid}.json`, handler: deleteMedia(api) },
  ];
}

function readForm(request: RestRequest): URLSearchParams {
  const contentType = request.headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  return new URLSearchParams(contentType === "application/x-www-form-urlencoded" ? request.body : "");
}

/** The REST API over a world: pictures first, then credentials, then the table. Around all of it, what is to go wrong. */
export function createRestApi(api: MessageApi): RestApi {
  const { faults, clock } = api.world;
  const route = createRouter(routesOf(api));
  const carryOut = createCallFaults(faults);
  const answer: RestApi = (request) => {
    if (request.method === "GET" && isMediaContentPath(request.path))
      return readMediaContent(api.world, request.path);
    const caller = authenticate(request.headers["authorization"], api.world.directory);
    if (caller === null) return unauthenticated();
    const match = route(request.method, request.path);
    if (match.kind === "wrong-method") return refusal(restError(20004));
    if (match.kind === "none") return refusal(restError(20404, { subject: request.path }));
    if (match.params["accountSid"] !== caller.account.accountSid) return unauthenticated();
    return carryOut({ request, caller, params: match.params, form: readForm(request) }, match.handler);
  };
  return withApiFaults(answer, { faults, outage: createOutage(faults, clock) });
}
