import { timingSafeEqual } from "node:crypto";
import type { Directory } from "../directory";
import type { Account } from "../settings";

/** Who is calling: an account with its auth token, or with one of its API keys. */
export interface Caller {
  readonly account: Account;
  readonly credential: "auth-token" | "api-key";
}

function isSame(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}

function readBasic(header: string | undefined): { readonly user: string; readonly password: string } | null {
  const encoded = /^Basic\s+([A-Za-z0-9+/=]+)$/i.exec(header ?? "")?.[1];
  if (encoded === undefined) return null;
  const decoded = Buffer.from(encoded, "base64").toString("utf8");
  const colon = decoded.indexOf(":");
  return colon === -1 ? null : { user: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

/** Reads Basic credentials: account SID and auth token, or key SID and secret. Null when they are wrong or missing. */
export function authenticate(header: string | undefined, directory: Directory): Caller | null {
  const credentials = readBasic(header);
  if (credentials === null) return null;
  const { user, password } = credentials;
  for (const account of directory.accounts) {
    if (user === account.accountSid && isSame(password, account.authToken)) {
      return { account, credential: "auth-token" };
    }
    const key = account.apiKeys.find((candidate) => candidate.sid === user);
    if (key !== undefined && isSame(password, key.secret)) return { account, credential: "api-key" };
  }
  return null;
}
