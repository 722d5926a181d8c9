import type { AccountCredentials } from "../../ports/messages-api";

/** The `Authorization` header. As UTF-8, since `btoa` alone throws on other characters than Latin-1. Source: RFC 7617, section 2.1 (read 2026-11). */
export function basicAuth({ username, password }: AccountCredentials): string {
  return `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(`${username}:${password}`)))}`;
}

/** The address of an account's resources, without a slash at the end. */
export function accountUrl({ apiBaseUrl, accountSid }: AccountCredentials): string {
  return `${apiBaseUrl}/2010-04-01/Accounts/${encodeURIComponent(accountSid)}`;
}
