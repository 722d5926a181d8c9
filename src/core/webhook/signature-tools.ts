import { paramEntries } from "./params";
import { signedFields } from "./signed-string";
import { reencodedUrls, requestedUrl, similarUrls } from "./url-candidates";
import { asList, bodyHashIn, equalInConstantTime, verifySignatureWith } from "./verify-signature";

/**
 * What a diagnosis takes from the check. It is handed over rather than imported there: bundlers put what a file loaded later shares
 * with the rest into a chunk of its own, which then everybody loads, even an app that only counts segments.
 */
export const SIGNATURE_TOOLS = {
  asList,
  bodyHashIn,
  equalInConstantTime,
  paramEntries,
  reencodedUrls,
  requestedUrl,
  signedFields,
  similarUrls,
  verifySignatureWith,
} as const;

/** The type of {@link SIGNATURE_TOOLS}. */
export type SignatureTools = typeof SIGNATURE_TOOLS;
