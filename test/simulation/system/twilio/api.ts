import type { PostFact } from "../facts";
import type { World } from "../world";
import type { TwilioMessage, TwilioStore } from "./messages";
import { apiError, fetchMessage, json, listMedia, listMessages, resourceOf } from "./resources";
import type { ApiAnswer } from "./resources";

/** A request as it reaches Twilio. */
export interface ApiRequest {
  readonly method: string;
  readonly url: URL;
  readonly form: URLSearchParams;
  /** The record of a request that is to make a message; null for all others. */
  readonly post: PostFact | null;
}

/** Twilio's API once a request has reached it. */
export function createApi(
  world: World,
  parts: {
    readonly store: TwilioStore;
    readonly begin: (message: TwilioMessage, fate: { readonly isBlocked: boolean }) => void;
  },
): (request: ApiRequest) => ApiAnswer {
  const { store } = parts;

  return (request) => {
    const path = request.url.pathname.split("/").slice(4);
    if (request.method === "POST" && request.post !== null) return create(request.form, request.post);
    const [, sid, part] = path;
    if (sid === undefined) return listMessages(store, request.url.searchParams, world.scheduler.now());
    if (part === undefined) return fetchMessage(store, sid.replace(/\.json$/, ""));
    return listMedia(store, sid);
  };

  function create(form: URLSearchParams, post: PostFact): ApiAnswer {
    const body = form.get("Body") ?? "";
    const media = form.getAll("MediaUrl");
    const serviceSid = form.get("MessagingServiceSid");
    const from = form.get("From");
    const to = form.get("To") ?? "";
    const sender = serviceSid ?? from ?? "";
    const refusal = refusalOf({ body, mediaCount: media.length, sender, to, serviceSid });
    if (refusal !== null) {
      post.refusal = refusal;
      world.count(`refused ${refusal}`);
      world.trace.add(`twilio refuses ${post.mid} to ${to} with ${refusal}`);
      return apiError(400, refusal);
    }
    const message = store.add({
      sid: store.newSid(media.length > 0 ? "MM" : "SM"),
      direction: "outbound-api",
      from: serviceSid === null ? from : null,
      to,
      body,
      serviceSid,
      status: serviceSid === null ? "queued" : "accepted",
      errorCode: null,
      sentMs: null,
      mediaCount: media.length,
      mid: post.mid,
      statusCallback: form.get("StatusCallback"),
    });
    post.sid = message.sid;
    world.count("accepted");
    world.trace.add(`twilio accepts ${post.mid} to ${to} as ${message.sid}`);
    world.accepted(post);
    // A service finds out only when it picks a sender.
    parts.begin(message, { isBlocked: store.isBlocked(sender, to) });
    return json(201, resourceOf(message));
  }

  function refusalOf(made: {
    readonly body: string;
    readonly mediaCount: number;
    readonly sender: string;
    readonly to: string;
    readonly serviceSid: string | null;
  }): number | null {
    if (made.sender === "") return 21603;
    if (made.body === "" && made.mediaCount === 0) return 21619;
    if (made.body.length > 1_600) return 21617;
    const isBlocked = made.serviceSid === null && store.isBlocked(made.sender, made.to);
    return isBlocked ? 21610 : null;
  }
}
