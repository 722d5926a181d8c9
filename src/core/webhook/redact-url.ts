import { addressOf, addressText } from "./url-address";

/** How many names of a query are shown. */
const MOST_NAMES = 10;
/** Names that a developer would choose. What else stands before a `=` came from somebody else and may be anything. */
const PLAIN_NAME = /^[A-Za-z_][A-Za-z_.-]{0,39}$/;

function nameOnly(pair: string): string {
  const equals = pair.indexOf("=");
  const name = equals === -1 ? pair : pair.slice(0, equals);
  return PLAIN_NAME.test(name) ? `${name}=…` : "…";
}

/**
 * A URL that may be logged: without user, password and fragment, and without the values of its query, since they can hold keys,
 * phone numbers and, for GET webhooks, the message. `null` for text that is no http(s) URL.
 */
export function redactUrl(url: string): string | null {
  const address = addressOf(url);
  if (address === undefined) return null;
  if (address.query === "") return addressText(address);
  const pairs = address.query.slice(1).split("&");
  const names = pairs.slice(0, MOST_NAMES).map(nameOnly);
  if (pairs.length > MOST_NAMES) names.push("…");
  return addressText({ ...address, query: `?${names.join("&")}` });
}
