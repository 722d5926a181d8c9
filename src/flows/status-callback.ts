/** The query parameter of status callbacks that carries our message id. */
const MESSAGE_ID = "mid";

/**
 * Where Twilio is asked to report on a message: the webhook's own URL with our message id in its query, so that a report that
 * comes before the API's answer, or after an answer that was lost, still finds its message.
 */
export function statusCallbackUrl(webhookUrl: string, messageId: string): string {
  const fragmentAt = webhookUrl.indexOf("#");
  const base = fragmentAt < 0 ? webhookUrl : webhookUrl.slice(0, fragmentAt);
  const fragment = fragmentAt < 0 ? "" : webhookUrl.slice(fragmentAt);
  return `${base}${base.includes("?") ? "&" : "?"}${MESSAGE_ID}=${encodeURIComponent(messageId)}${fragment}`;
}

/** Our message id in the URL of a callback; null where there is none. */
export function messageIdIn(url: string): string | null {
  const start = url.indexOf("?");
  if (start < 0) return null;
  const [query = ""] = url.slice(start + 1).split("#", 1);
  return new URLSearchParams(query).get(MESSAGE_ID);
}
