import type { SignatureDiagnosis, SignatureReason } from "./signature-diagnosis";

const WEBHOOK_URL =
  "Set webhookUrl to exactly the URL that is configured at Twilio, or correct the one that is configured there.";
const PROXY = "A proxy in front of the server rewrites what Twilio called.";
const BODY_FIRST =
  "Mount the webhook before body parsers, validators and sanitisers, or hand it the form as it came.";

/** What happened and its likely cause, then what to do, by reason. */
const EXPLANATIONS: Readonly<Record<SignatureReason, readonly [cause: string, remedy: string]>> = {
  header_missing: [
    "The request has no X-Twilio-Signature header. Usually it is not from Twilio, or a proxy strips the header.",
    "If it is from Twilio, let the proxy pass the header on.",
  ],
  header_malformed: [
    "X-Twilio-Signature does not hold a signature. Usually it is not from Twilio, or a proxy doubles, quotes or cuts headers.",
    "If it is from Twilio, let the proxy pass the header on as it is.",
  ],
  token_unknown: [
    "No auth token is configured for the account that the request names.",
    "Let the account resolver find this AccountSid: subaccounts sign with a token of their own.",
  ],
  token_of_other_account: [
    "The request is another account's: another project or subaccount has this URL configured.",
    "Use an account resolver to serve that account here, or correct the URL in its configuration.",
  ],
  url_invalid: [
    "The URL that was checked is no absolute http(s) URL.",
    "Give the full URL that is configured at Twilio.",
  ],
  signed_as_http: ["Twilio called http, but https was checked.", WEBHOOK_URL],
  signed_as_https: [
    "Twilio called https, but http was checked. Usually a proxy ends TLS and the server sees plain http.",
    WEBHOOK_URL,
  ],
  signed_with_port: ["Twilio called another port than was checked.", WEBHOOK_URL],
  signed_without_port: ["Twilio called a URL without a port, but one with a port was checked.", WEBHOOK_URL],
  trailing_slash: [
    "The path that Twilio called and the one that was checked differ by a slash at the end. Usually one of the two was typed " +
      "differently, or a server redirects or rewrites.",
    WEBHOOK_URL,
  ],
  other_host: [`Twilio called another host than was checked. ${PROXY}`, WEBHOOK_URL],
  other_path: [`Twilio called another path than was checked. ${PROXY}`, WEBHOOK_URL],
  other_query: [
    "Twilio called the URL with another query than was checked. Usually a proxy or framework adds, drops, sorts or re-encodes " +
      "parameters.",
    `Let it pass the query on as it is. ${WEBHOOK_URL}`,
  ],
  body_missing: [
    "The body is empty, but Twilio always sends one with a POST. Usually something upstream has read it.",
    BODY_FIRST,
  ],
  body_trimmed: ["Space at an end of the text is gone. Usually a middleware trims fields.", BODY_FIRST],
  empty_fields_dropped: [
    "Fields that Twilio sent empty are gone. Usually a middleware drops empty values.",
    BODY_FIRST,
  ],
  form_reencoded: [
    "Values of the form were changed on the way: decoded twice or not at all, escaped, or their characters or line ends rewritten.",
    BODY_FIRST,
  ],
  fields_added: [
    "Fields were checked that Twilio has not signed. Usually a framework mixes the query or its own values into the form.",
    BODY_FIRST,
  ],
  body_hash_mismatch: [
    "The URL is genuine, but the body is not the one whose hash stands in it. Usually a parser has read and rewritten the JSON.",
    "Hand over the raw body, byte for byte.",
  ],
  mismatch: [
    "The signature fits neither the URL and fields that were checked nor what usually becomes of them on the way. Either it is " +
      "forged, or authToken is not the primary auth token of the account, or the URL is another one.",
    "If it is from Twilio, compare authToken and webhookUrl with Twilio's console. API keys and secondary tokens never sign.",
  ],
};

/**
 * A diagnosis in words, for the log: what happened, the likely cause, which URL was checked, what to do. Like the diagnosis
 * itself it holds no secret and no personal data.
 */
export function explainSignature(diagnosis: Exclude<SignatureDiagnosis, { valid: true }>): string {
  const { reason, checkedUrl, signedUrl, fields } = diagnosis;
  const [cause, remedy] = EXPLANATIONS[reason];
  const facts = [
    checkedUrl === null ? "" : `Checked: ${checkedUrl}`,
    signedUrl === null ? "" : `Signed: ${signedUrl}`,
    fields.length === 0 ? "" : `Fields: ${fields.join(", ")}`,
  ].filter((fact) => fact !== "");
  return [cause, ...facts.map((fact) => `${fact}.`), remedy].join(" ");
}
