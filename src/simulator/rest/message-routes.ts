import { isFinished } from "../messages/message";
import type { Message } from "../messages/message";
import type { Outbox } from "../messages/outbox";
import { readSendRequest } from "../messages/send-request";
import { judgeSend } from "../messages/send-rules";
import { restError } from "../rest-errors";
import type { World } from "../world";
import { listMessages } from "./list-messages";
import { accountPath, mediaResource, messageResource, pageEnvelope } from "./resources";
import { empty, json, refusal } from "./rest-exchange";
import type { RestAnswer } from "./rest-exchange";
import type { RestCall, RestHandler } from "./rest-call";

/** What the handlers of messages work with. */
export interface MessageApi {
  readonly world: World;
  readonly outbox: Outbox;
}

function notFound(call: RestCall): RestAnswer {
  return refusal(restError(20404, { subject: call.request.path }));
}

/** The message of the path, if the account has it. */
function messageOf({ world }: MessageApi, call: RestCall): Message | null {
  const message = world.messages.get(call.params["messageSid"] ?? "");
  return message?.accountSid === call.caller.account.accountSid ? message : null;
}

/** `POST …/Messages.json` */
export function createMessage({ world, outbox }: MessageApi): RestHandler {
  return ({ caller, form }) => {
    const request = readSendRequest(caller.account, form);
    const { directory, optOuts, clock } = world;
    const verdict = judgeSend(request, { directory, optOuts, nowMs: clock.now() });
    if (verdict.kind === "refused") return refusal(verdict.error);
    return json(201, messageResource(outbox.send(verdict.order)));
  };
}

/** `GET …/Messages.json` */
export function readMessages({ world }: MessageApi): RestHandler {
  return ({ caller, request }) => {
    const asked = { accountSid: caller.account.accountSid, nowMs: world.clock.now() };
    return listMessages(asked, request.query, world.messages);
  };
}

/** `GET …/Messages/{sid}.json` */
export function readMessage(api: MessageApi): RestHandler {
  return (call) => {
    const message = messageOf(api, call);
    return message === null ? notFound(call) : json(200, messageResource(message));
  };
}

/**
 * `POST …/Messages/{sid}.json`: an empty `Body` redacts a finished message, `Status=canceled` cancels a scheduled one.
 * Source: Twilio docs, "Message resource", update a message; errors 30400, 30409, 20009 (read 2026-11).
 */
export function updateMessage(api: MessageApi): RestHandler {
  const { world, outbox } = api;
  return (call) => {
    const message = messageOf(api, call);
    if (message === null) return notFound(call);
    const body = call.form.get("Body");
    const status = call.form.get("Status");
    if (body === "" && status === null) {
      if (!isFinished(message.status)) return refusal(restError(20009));
      const redacted = world.messages.update(message.sid, { body: "", updatedAtMs: world.clock.now() });
      return json(200, messageResource(redacted ?? message));
    }
    if (body !== null || status !== "canceled") return refusal(restError(30400));
    const canceled = outbox.cancel(message.sid);
    return canceled === null ? refusal(restError(30409)) : json(200, messageResource(canceled));
  };
}

/** `DELETE …/Messages/{sid}.json` */
export function deleteMessage(api: MessageApi): RestHandler {
  return (call) => {
    const message = messageOf(api, call);
    if (message === null) return notFound(call);
    if (!isFinished(message.status)) return refusal(restError(20009));
    api.world.messages.remove(message.sid);
    return empty(204);
  };
}

/** `GET …/Messages/{sid}/Media.json` */
export function readMediaList(api: MessageApi): RestHandler {
  return (call) => {
    const message = messageOf(api, call);
    if (message === null) return notFound(call);
    const { media } = message;
    const envelope = pageEnvelope({
      path: `${accountPath(message.accountSid)}/Messages/${message.sid}/Media.json`,
      number: 0,
      pageSize: 50,
      count: media.length,
      query: (at) => new URLSearchParams({ PageSize: "50", ...at }).toString(),
      next: null,
      previous: null,
    });
    return json(200, { ...envelope, media_list: media.map((item) => mediaResource(message, item)) });
  };
}

/** `GET …/Messages/{sid}/Media/{sid}.json` */
export function readMedia(api: MessageApi): RestHandler {
  return (call) => {
    const message = messageOf(api, call);
    const item = message?.media.find((candidate) => candidate.sid === call.params["mediaSid"]);
    return message === null || item === undefined ? notFound(call) : json(200, mediaResource(message, item));
  };
}

/** `DELETE …/Messages/{sid}/Media/{sid}.json` */
export function deleteMedia(api: MessageApi): RestHandler {
  return (call) => {
    const message = messageOf(api, call);
    const media = message?.media.filter((candidate) => candidate.sid !== call.params["mediaSid"]) ?? [];
    if (message === null || media.length === message.media.length) return notFound(call);
    api.world.messages.update(message.sid, { media });
    return empty(204);
  };
}
