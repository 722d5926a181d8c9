import { restError } from "../rest-errors";
import type { World } from "../world";
import { empty, refusal } from "./rest-exchange";
import type { RestAnswer } from "./rest-exchange";

const MEDIA_PATH = /^\/2010-04-01\/Accounts\/(\w+)\/Messages\/(\w+)\/Media\/(\w+)$/;

/** Whether this is the address of a picture itself. Twilio serves it without credentials, unless the account forbids that. */
export function isMediaContentPath(path: string): boolean {
  return MEDIA_PATH.test(path);
}

/** Serves the bytes of a picture, or sends the client to where they are. */
export function readMediaContent(world: World, path: string): RestAnswer {
  const [, accountSid, messageSid = "", mediaSid] = MEDIA_PATH.exec(path) ?? [];
  const message = world.messages.get(messageSid);
  const item = message?.media.find((candidate) => candidate.sid === mediaSid);
  if (item === undefined || message?.accountSid !== accountSid)
    return refusal(restError(20404, { subject: path }));
  if (item.content.kind === "elsewhere") return empty(307, { Location: item.content.url });
  return { status: 200, headers: { "Content-Type": item.contentType }, body: item.content.bytes, code: null };
}
