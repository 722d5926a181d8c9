/**
 * What Twilio does when the host does not answer a webhook, unless the host says otherwise: up to five repetitions, also after a 5xx
 * and after no answer in time, with less patience for each try so that several fit into the 15 seconds that there are in all.
 * Without overrides Twilio repeats once, and only what could not be connected.
 * Source: Twilio docs, "Webhooks: connection overrides" (read 2026-11).
 */
export const DEFAULT_CONNECTION_OVERRIDES = "rc=5&rp=ct,rt,5xx&ct=2000&rt=4000";

const POLICY = "(?:ct|rt|4xx|5xx|all)";
const SETTING = `(?:rc=[0-5]|(?:ct|rt|tt)=[1-9][0-9]{2,4}|rp=${POLICY}(?:,${POLICY})*|e=[a-z0-9-]+(?:,[a-z0-9-]+)*|sni=[yn])`;
const OVERRIDES = new RegExp(`^${SETTING}(?:&${SETTING})*$`, "u");

/** Whether a text is one that Twilio understands behind the `#` of a URL; it reports errors 11240 to 11243 for others. */
export function areConnectionOverrides(text: string): boolean {
  return text === "" || OVERRIDES.test(text);
}

/**
 * The URL to configure at Twilio, so that it repeats what was not stored: the overrides go behind a `#`. They are never sent and not
 * signed. A URL that has a fragment already keeps it.
 * @throws TypeError for overrides that Twilio would not understand.
 */
export function withConnectionOverrides(
  url: string,
  overrides: string = DEFAULT_CONNECTION_OVERRIDES,
): string {
  if (!areConnectionOverrides(overrides)) {
    throw new TypeError(
      "Twilio does not understand these connection overrides; an example is rc=5&rp=ct,rt,5xx.",
    );
  }
  return overrides === "" || url.includes("#") ? url : `${url}#${overrides}`;
}
