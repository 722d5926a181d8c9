import type { Inbox } from "../inbound/inbox";
import { isRecipient } from "../messages/addressing";
import { json } from "../rest/rest-exchange";
import type { RestAnswer, RestRequest } from "../rest/rest-exchange";
import type { World } from "../world";

/** What the control surface drives. */
export interface Controlled {
  readonly world: World;
  readonly inbox: Inbox;
}

/** A request to the control surface, taken apart. */
export interface ControlCall {
  readonly request: RestRequest;
  readonly params: Readonly<Record<string, string>>;
}

/** Answers one kind of request. */
export type ControlHandler = (call: ControlCall) => RestAnswer | Promise<RestAnswer>;

/** An answer that says what is wrong with a request. */
export function problem(status: number, message: string): RestAnswer {
  return json(status, { error: message });
}

/** The JSON object of a request, or the answer that says what is wrong with it. */
export function readBody(
  request: RestRequest,
): { readonly value: object } | { readonly refused: RestAnswer } {
  // Asking for this type makes a browser ask first before a page from elsewhere may post.
  const contentType = request.headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  if (contentType !== "application/json")
    return { refused: problem(415, "The body must be application/json.") };
  try {
    const value: unknown = JSON.parse(request.body);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { value };
  } catch {
    // Answered below, like JSON that is no object.
  }
  return { refused: problem(400, "The body is not a JSON object.") };
}

/** The number of the phone in the path; null when it is none. */
export function phoneNumberOf({ params }: ControlCall): string | null {
  const number = params["number"] ?? "";
  return isRecipient(number) ? number : null;
}
