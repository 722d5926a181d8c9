import type { ConsentIds } from "../core/decide/consent-gate";

/** Names the records that bear on the consent with a plain id. */
export type NameConsent = (plainId: string) => Promise<ConsentIds>;

const ALGORITHM = { name: "HMAC", hash: "SHA-256" };

/**
 * Names records by keyed hashes (HMAC-SHA256 of the plain id) besides the plain id, under each of these keys. Without a key there
 * are no hashes: a phone number has so few digits that anybody could try them all.
 */
export function createConsentNames(secrets: readonly string[]): NameConsent {
  if (secrets.length === 0) return (plainId) => Promise.resolve([plainId]);
  const encoder = new TextEncoder();
  let imported: Promise<readonly CryptoKey[]> | undefined;
  return async (plainId) => {
    imported ??= Promise.all(
      secrets.map((secret) =>
        crypto.subtle.importKey("raw", encoder.encode(secret), ALGORITHM, false, ["sign"]),
      ),
    );
    const keys = await imported;
    const marks = keys.map(async (key) => {
      const digest = await crypto.subtle.sign("HMAC", key, encoder.encode(plainId));
      const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0"));
      return `erased:${hex.join("")}`;
    });
    return [plainId, ...(await Promise.all(marks))];
  };
}
