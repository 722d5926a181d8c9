import { smartEncode } from "../../core/text/smart-encode";
import type { Directory } from "../directory";
import type { OptOutList } from "../opt-out";
import { restError } from "../rest-errors";
import type { RestError } from "../rest-errors";
import type { Service } from "../settings";
import { isCallbackUrl } from "../webhooks/webhook-url";
import { isChannelAddress, isRecipient, isSenderShaped } from "./addressing";
import { MAGIC_VALID_SENDER, magicRecipientCode, magicSenderCode } from "./magic-numbers";
import { readSchedule } from "./schedule";
import { isServiceSid } from "./send-request";
import type { SendOrder, SendRequest } from "./send-request";

/** The answer to a create request. */
export type SendVerdict =
  | { readonly kind: "refused"; readonly error: RestError }
  | { readonly kind: "accepted"; readonly order: SendOrder };

/** What the rules look at besides the request. */
export interface SendWorld {
  readonly directory: Directory;
  readonly optOuts: OptOutList;
  readonly nowMs: number;
}

interface Asked extends SendRequest {
  readonly to: string;
  /** The service named by the request; null also when there is no such service. */
  readonly service: Service | null;
}

/** A rule answers with the code of what it objects to. */
type Rule = (asked: Asked, world: SendWorld) => number | null;

const LONGEST_BODY = 1600;
const MOST_MEDIA = 10;

const content: Rule = ({ body, mediaUrls, contentSid, contentVariables, messagingServiceSid }) => {
  if (contentVariables !== null && contentSid === null) return 21654;
  // No content template is stored here, so no SID of one can be right.
  if (contentSid !== null) return 21655;
  if (body !== null || mediaUrls.length > 0) return null;
  return messagingServiceSid === null ? 21602 : 21619;
};

const recipient: Rule = ({ to, from }) => {
  if (isChannelAddress(to) || isChannelAddress(from ?? "")) return 63007;
  if (!isRecipient(to) || to === from) return 21211;
  const magic = magicRecipientCode(to);
  return magic === 21211 ? magic : null;
};

const messagingService: Rule = ({ messagingServiceSid, service }) => {
  if (messagingServiceSid === null) return null;
  if (!isServiceSid(messagingServiceSid)) return 21705;
  if (service === null) return 21701;
  return service.senders.length === 0 ? 21704 : null;
};

const sender: Rule = ({ from, service, account }, { directory }) => {
  if (from === null) return null;
  if (!isSenderShaped(from)) return 21212;
  const magic = magicSenderCode(from);
  if (magic !== null) return magic;
  if (account.credentials === "test") return from === MAGIC_VALID_SENDER ? null : 21606;
  if (directory.sender(from)?.accountSid !== account.accountSid) return 21606;
  return service === null || service.senders.includes(from) ? null : 21606;
};

const route: Rule = ({ to }) => magicRecipientCode(to);

const length: Rule = ({ body }) => ((body ?? "").length > LONGEST_BODY ? 21617 : null);

const media: Rule = ({ mediaUrls }) => {
  if (mediaUrls.length > MOST_MEDIA) return 21623;
  return mediaUrls.every((url) => /^https?:\/\//i.test(url) && URL.canParse(url)) ? null : 21620;
};

const callback: Rule = ({ statusCallback }) =>
  statusCallback === null || isCallbackUrl(statusCallback) ? null : 21609;

const validity: Rule = ({ validityPeriod }) => {
  if (validityPeriod === null) return null;
  const seconds = /^[0-9]{1,6}$/.test(validityPeriod) ? Number(validityPeriod) : 0;
  return seconds >= 1 && seconds <= 36_000 ? null : 21624;
};

const schedule: Rule = (asked, { nowMs }) => {
  const plan = readSchedule({ ...asked, hasService: asked.service !== null }, nowMs);
  return plan.kind === "refused" ? plan.code : null;
};

/** With Advanced Opt-Out the message is made and fails later; without it, it is refused here. */
const consent: Rule = ({ to, from, service }, { directory, optOuts }) => {
  const owner = service ?? directory.serviceOf(from ?? "");
  if (owner?.advancedOptOut === true) return null;
  return optOuts.isBlocked(from ?? "", owner, to) ? 21610 : null;
};

const trial: Rule = ({ account, to }) =>
  account.type === "Trial" && !account.verifiedNumbers.includes(to) ? 21608 : null;

/** In the order in which Twilio objects. */
const RULES: readonly Rule[] = [
  content,
  recipient,
  messagingService,
  sender,
  route,
  length,
  media,
  callback,
  validity,
  schedule,
  consent,
  trial,
];

/** What an error text names, per code. */
function describe(code: number, request: SendRequest): RestError {
  const subjects: Readonly<Record<number, string | null>> = {
    21609: request.statusCallback,
    21620: request.mediaUrls[0] ?? null,
    21624: request.validityPeriod,
    21655: request.contentSid,
    21701: request.messagingServiceSid,
    21705: request.messagingServiceSid,
  };
  return restError(code, { to: request.to ?? "", from: request.from ?? "", subject: subjects[code] ?? "" });
}

function toOrder(asked: Asked, nowMs: number): SendOrder {
  const plan = readSchedule({ ...asked, hasService: asked.service !== null }, nowMs);
  const body = asked.body ?? "";
  return {
    account: asked.account,
    direction: "outbound-api",
    to: asked.to,
    from: asked.from,
    service: asked.service,
    body: asked.isSmartEncoded ? smartEncode(body).text : body,
    mediaUrls: asked.mediaUrls,
    statusCallback: asked.statusCallback,
    sendAtMs: plan.kind === "at" ? plan.sendAtMs : null,
  };
}

/** Judges a create request as Twilio does: the first objection decides. */
export function judgeSend(request: SendRequest, world: SendWorld): SendVerdict {
  const { to, from, messagingServiceSid, account } = request;
  if (to === null) return { kind: "refused", error: describe(21604, request) };
  if (from === null && messagingServiceSid === null)
    return { kind: "refused", error: describe(21603, request) };
  const named = world.directory.service(messagingServiceSid ?? "");
  const service = named?.accountSid === account.accountSid ? named : null;
  const asked: Asked = { ...request, to, service };
  for (const rule of RULES) {
    const code = rule(asked, world);
    if (code !== null) return { kind: "refused", error: describe(code, request) };
  }
  return { kind: "accepted", order: toOrder(asked, world.nowMs) };
}
