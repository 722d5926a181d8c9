import { describe, expect, it } from "vitest";
import { isCallbackUrl, parseWebhookUrl, withQuery } from "../../../src/simulator/webhooks/webhook-url";

describe("parseWebhookUrl", () => {
  it.each([
    ["https://example.com/sms", "https://example.com/sms"],
    ["https://example.com", "https://example.com"],
    ["https://Example.com:8443/a/../b?x=1&y", "https://Example.com:8443/a/../b?x=1&y"],
    ["https://user:pass@example.com/sms#rc=2", "https://example.com/sms"],
    ["https://user@example.com?q=it's#", "https://example.com?q=it's"],
    ["http://[::1]:3000/sms", "http://[::1]:3000/sms"],
    ['https://example.com/a b/é?q="<>', "https://example.com/a%20b/%C3%A9?q=%22%3C%3E"],
    ["https://example.com/%C3%A9?q=%2B+", "https://example.com/%C3%A9?q=%2B+"],
    ["https://example.com/a@b?c@d", "https://example.com/a@b?c@d"],
  ])("requests %s as %s", (configured, requested) => {
    expect(parseWebhookUrl(configured)).toMatchObject({ kind: "address", url: requested });
  });

  it.each([
    "",
    "example.com/sms",
    "/sms",
    "ftp://example.com/",
    "https://",
    "http://a b/",
    "https://%zz@example.com/",
  ])("takes %j for malformed", (configured) => {
    expect(parseWebhookUrl(configured)).toStrictEqual({ kind: "malformed" });
  });

  it("reads the overrides, and keeps the default of each that is out of range", () => {
    const defaults = {
      connectTimeoutMs: 5000,
      readTimeoutMs: 15_000,
      totalTimeoutMs: 15_000,
      retryCount: 1,
      retryPolicies: ["ct"],
    };
    const overrides = (fragment: string) => {
      const address = parseWebhookUrl(`https://example.com/#${fragment}`);
      return address.kind === "address" ? address.overrides : null;
    };
    expect(overrides("")).toStrictEqual(defaults);
    expect(overrides("section")).toStrictEqual(defaults);
    expect(overrides("ct=100&rt=200&tt=300&rc=5&rp=4xx,5xx,ct,rt&e=ashburn&sni=y")).toStrictEqual({
      connectTimeoutMs: 100,
      readTimeoutMs: 200,
      totalTimeoutMs: 300,
      retryCount: 5,
      retryPolicies: ["4xx", "5xx", "ct", "rt"],
    });
    expect(overrides("rc=0")).toStrictEqual({ ...defaults, retryCount: 0 });
    expect(overrides("ct=99&rt=15001&tt=0&rc=6")).toStrictEqual(defaults);
    expect(overrides("ct=&rt=-1&tt=1e3&rc=x")).toStrictEqual(defaults);
  });

  it("says when a retry policy is none, and drops only that one", () => {
    const address = parseWebhookUrl("https://example.com/#rp=5xx,often");
    expect(address).toMatchObject({ hasInvalidRetryPolicy: true, overrides: { retryPolicies: ["5xx"] } });
    expect(parseWebhookUrl("https://example.com/#rp=all")).toMatchObject({ hasInvalidRetryPolicy: false });
  });
});

describe("withQuery", () => {
  it("adds fields to a query that is there or not", () => {
    expect(withQuery("https://e.com/a", { A: "x y", B: "" })).toBe("https://e.com/a?A=x+y&B=");
    expect(withQuery("https://e.com/a?q=1", { A: "+1" })).toBe("https://e.com/a?q=1&A=%2B1");
    expect(withQuery("https://e.com/a", {})).toBe("https://e.com/a");
  });
});

describe("isCallbackUrl", () => {
  it("takes HTTP addresses whose host has no underscore", () => {
    expect(isCallbackUrl("http://localhost:3000/a_b")).toBe(true);
    expect(isCallbackUrl("https://example.com/#rc=2")).toBe(true);
    expect(isCallbackUrl("https://my_host.example.com/")).toBe(false);
    expect(isCallbackUrl("mailto:a@example.com")).toBe(false);
    expect(isCallbackUrl("status")).toBe(false);
  });
});
