import { ACCOUNT_SID, AUTH_TOKEN, OURS, PHONE } from "../rig";
import type { Rig } from "../rig";

/** A create call without a client between the test and the wire. */
export function postMessage(
  rig: Rig,
  fields: Readonly<Record<string, string>> = {},
  init: RequestInit = {},
): Promise<Response> {
  return fetch(`${rig.simulator.url}/2010-04-01/Accounts/${ACCOUNT_SID}/Messages.json`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${ACCOUNT_SID}:${AUTH_TOKEN}`)}` },
    body: new URLSearchParams({ To: PHONE, From: OURS, Body: "Hi", ...fields }),
    ...init,
  });
}

/** How many messages Twilio's log has. */
export async function logged(rig: Rig): Promise<number> {
  return (await rig.client.messages.list()).length;
}
