import type { Digests } from "./digests";
import { suspectForms } from "./form-suspects";
import type { ParamEntry } from "./params";
import { redactUrl } from "./redact-url";
import type { SignatureDiagnosis, SignatureReason, SignatureToDiagnose } from "./signature-diagnosis";
import type { SignatureTools } from "./signature-tools";
import { addressOf } from "./url-address";
import type { UrlAddress } from "./url-address";
import { likelyUrls, unlikelyUrls, urlDifferences } from "./url-suspects";
import type { UrlClues } from "./url-suspects";

/** The most HMACs that one diagnosis computes, beside the check itself. */
export const MOST_HMACS = 200;
/** The most characters that it hashes; a form larger than that divided by {@link MOST_HMACS} gets fewer trials. */
const MOST_CHARACTERS = 8_000_000;
const MOST_OTHER_TOKENS = 10;
/** URLs beside the checked one whose neighbourhood is searched. */
const MOST_SEEN = 4;
/** What a body may have lost at its ends. */
const BODY_ENDS: readonly (readonly [before: string, after: string])[] = [
  ["", "\n"],
  ["", "\r\n"],
  ["", " "],
  ["\n", ""],
  [" ", ""],
  ["\ufeff", ""],
];

/** The check's own functions, and what it hashes with. */
type Tools = SignatureTools & { readonly digests: Digests };

type Refused = Extract<SignatureDiagnosis, { valid: false }>;

/** One thing that may have been signed, and what it would mean. */
interface Suspect {
  readonly text: string;
  readonly tokens: readonly string[];
  readonly found: () => Partial<Refused>;
}

/** What the suspects are made from. */
interface Evidence {
  readonly tools: Tools;
  readonly clues: UrlClues;
  readonly checkedUrl: string;
  readonly request: SignatureToDiagnose;
  readonly tokens: readonly string[];
  /** What the fields add to the signed string. */
  readonly fields: string;
  readonly entries: readonly ParamEntry[];
  /** URLs that the check itself has tried. */
  readonly tried: Set<string>;
}

/** Finds out by trial why a signature does not fit. */
export async function tryToExplain(tools: Tools, request: SignatureToDiagnose): Promise<SignatureDiagnosis> {
  const verification = await tools.verifySignatureWith(tools.digests, request);
  if (verification.valid) return verification;
  const evidence = evidenceOf(tools, request);
  const plain: Refused = {
    valid: false,
    reason: verification.reason,
    also: [],
    checkedUrl: redactUrl(evidence?.checkedUrl ?? tools.asList(request.url)[0] ?? ""),
    signedUrl: null,
    fields: [],
  };
  if (verification.reason === "body_hash_mismatch") {
    return { ...plain, reason: await bodyDamage(tools, request) };
  }
  if (verification.reason !== "mismatch" || evidence === undefined) return plain;
  const found = await firstThatFits(tools, request.signature ?? "", suspects(evidence));
  if (found !== null) return { ...plain, ...found };
  return isWithoutBody(evidence) ? { ...plain, reason: "body_missing" } : plain;
}

function evidenceOf(tools: Tools, request: SignatureToDiagnose): Evidence | undefined {
  const { asList, paramEntries, reencodedUrls, requestedUrl, signedFields, similarUrls } = tools;
  const urls = asList(request.url);
  const checkedUrl = urls.find((url) => addressOf(url) !== undefined);
  const checked = checkedUrl === undefined ? undefined : addressOf(checkedUrl);
  if (checkedUrl === undefined || checked === undefined) return undefined;
  const others = [...urls, ...(request.seenUrls ?? []), request.webhookUrl ?? ""];
  const seen = others
    .map(addressOf)
    .filter((address): address is UrlAddress => address !== undefined && !isSame(address, checked));
  const configuredQuery = addressOf(request.webhookUrl ?? "")?.query ?? "";
  return {
    tools,
    request,
    checkedUrl,
    clues: { checked, seen: seen.slice(0, MOST_SEEN), configuredQuery },
    tokens: asList(request.authToken).filter((token) => token !== ""),
    entries: request.params === undefined ? [] : textEntries(paramEntries(request.params)),
    fields: request.params === undefined ? "" : signedFields(request.params),
    tried: new Set(urls.flatMap((url) => [requestedUrl(url), ...similarUrls(url), ...reencodedUrls(url)])),
  };
}

/** The fields as text, also where a caller without types holds something else in them. */
function textEntries(entries: readonly ParamEntry[]): readonly ParamEntry[] {
  return entries.map(([name, value]: readonly unknown[]) => [String(name), String(value)]);
}

function isSame(a: UrlAddress, b: UrlAddress): boolean {
  return urlDifferences(a, `${b.scheme}://${b.host}${b.port}${b.path}${b.query}`).length === 0;
}

function* suspects(evidence: Evidence): Generator<Suspect> {
  yield* urlSuspects(evidence, likelyUrls(evidence.clues));
  yield* tokenSuspects(evidence);
  yield* formSuspects(evidence);
  yield* urlSuspects(evidence, unlikelyUrls(evidence.clues));
}

function* urlSuspects(evidence: Evidence, urls: Iterable<string>): Generator<Suspect> {
  const { clues, tokens, fields, tried } = evidence;
  for (const url of urls) {
    if (tried.has(url)) continue;
    tried.add(url);
    yield {
      text: url + fields,
      tokens,
      found: () => {
        const [reason = "other_path", ...also]: readonly SignatureReason[] = urlDifferences(
          clues.checked,
          url,
        );
        return { reason, also, signedUrl: redactUrl(url) };
      },
    };
  }
}

function* tokenSuspects({ tools, request, checkedUrl, fields }: Evidence): Generator<Suspect> {
  const tokens = (request.otherTokens ?? []).filter((token) => token !== "").slice(0, MOST_OTHER_TOKENS);
  if (tokens.length === 0) return;
  for (const url of [tools.requestedUrl(checkedUrl), ...tools.similarUrls(checkedUrl)]) {
    yield { text: url + fields, tokens, found: () => ({ reason: "token_of_other_account" }) };
  }
}

function* formSuspects({ tools, checkedUrl, clues, entries, tokens }: Evidence): Generator<Suspect> {
  if (entries.length === 0) return;
  const url = tools.requestedUrl(checkedUrl);
  const queryNames = new Set(new URLSearchParams(clues.checked.query).keys());
  for (const { damage, entries: before, fields } of suspectForms(entries, queryNames)) {
    yield {
      text: url + tools.signedFields(before),
      tokens,
      found: () =>
        // Nothing but the URL was signed, and the URL promises a body of its own: the form is that body, parsed.
        before.length === 0 && queryNames.has("bodySHA256")
          ? { reason: "body_hash_mismatch" }
          : { reason: damage, fields },
    };
  }
}

/** Tries the suspects in turn until one fits or the work that one diagnosis may cost is done. */
async function firstThatFits(
  { digests, equalInConstantTime }: Tools,
  signature: string,
  all: Iterable<Suspect>,
): Promise<Partial<Refused> | null> {
  let hmacs = 0;
  let characters = 0;
  for (const { text, tokens, found } of all) {
    for (const token of tokens) {
      hmacs += 1;
      characters += text.length;
      if (hmacs > MOST_HMACS || characters > MOST_CHARACTERS) return null;
      if (equalInConstantTime(await digests.hmacSha1Base64(token, text), signature)) return found();
    }
  }
  return null;
}

function isWithoutBody({ request: { params, body }, entries }: Evidence): boolean {
  return body === undefined ? params !== undefined && entries.length === 0 : body.length === 0;
}

/** Why a body is not the one whose hash was signed. */
async function bodyDamage(tools: Tools, request: SignatureToDiagnose): Promise<SignatureReason> {
  const { asList, bodyHashIn, digests } = tools;
  const { body = "" } = request;
  if (body.length === 0) return "body_missing";
  if (body.length > MOST_CHARACTERS / BODY_ENDS.length) return "body_hash_mismatch";
  const hashes = asList(request.url).map(bodyHashIn);
  const text = typeof body === "string" ? body : new TextDecoder("utf-8", { ignoreBOM: true }).decode(body);
  for (const [before, after] of BODY_ENDS) {
    if (hashes.includes(await digests.sha256Hex(before + text + after))) return "body_trimmed";
  }
  return "body_hash_mismatch";
}
