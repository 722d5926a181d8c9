import { describe, expect, it } from "vitest";
import { forwardedUrl, signedUrlCandidates } from "../../../src/core/webhook/public-url";
import { signRequest, verifySignature } from "../../../src/core/webhook/signature";

describe("signedUrlCandidates", () => {
  it.each([
    ["https://h.com/sms", "/sms", ["https://h.com/sms"]],
    ["https://h.com/sms", "http://127.0.0.1:3000/other/path", ["https://h.com/sms"]],
    ["https://h.com/sms", "/sms?mid=42", ["https://h.com/sms?mid=42"]],
    ["https://h.com/sms#rc=2&rp=5xx", "/sms?mid=42", ["https://h.com/sms?mid=42"]],
    ["https://u:p@h.com:8443/sms", "/sms", ["https://h.com:8443/sms"]],
    ["https://h.com/sms", "/sms?", ["https://h.com/sms?"]],
    ["https://h.com/sms", "/sms?a=1#frag", ["https://h.com/sms?a=1"]],
    ["https://h.com", "/?a=1", ["https://h.com?a=1"]],
    ["https://h.com/sms?t=1", "/sms?t=1&mid=42", ["https://h.com/sms?t=1&mid=42"]],
    ["https://h.com/sms?q=it's", "/sms?q=it%27s", ["https://h.com/sms?q=it%27s", "https://h.com/sms?q=it's"]],
    [
      "https://h.com/sms?q=a b&é=1",
      "/sms?q=a%20b&%C3%A9=1&mid=42",
      ["https://h.com/sms?q=a%20b&%C3%A9=1&mid=42", "https://h.com/sms?q=a b&é=1&mid=42"],
    ],
    ["https://h.com/sms?a", "/sms?a=&mid=1", ["https://h.com/sms?a=&mid=1", "https://h.com/sms?a&mid=1"]],
    ["https://h.com/sms?t=1", "/sms?t=10&mid=42", ["https://h.com/sms?t=10&mid=42"]],
    ["https://h.com/sms?t=1", "/sms?mid=42&t=1", ["https://h.com/sms?mid=42&t=1"]],
    ["https://h.com/sms?t=1&u=2", "/sms?t=1", ["https://h.com/sms?t=1"]],
    ["https://h.com/sms?t=1", "/sms", ["https://h.com/sms"]],
    ["https://h.com/sms?", "/sms?mid=1", ["https://h.com/sms?mid=1"]],
  ])("for %s, called as %s", (webhookUrl, requestUrl, expected) => {
    expect(signedUrlCandidates({ webhookUrl, requestUrl })).toEqual(expected);
  });

  it("never lets the request choose scheme, host or path", () => {
    for (const requestUrl of [
      "http://evil.example/x",
      "//evil.example/x",
      "https://h.com@evil.example/",
      "\\\\evil",
      "?",
      "",
    ]) {
      for (const url of signedUrlCandidates({ webhookUrl: "https://h.com/sms", requestUrl })) {
        expect(url.split("?")[0]).toBe("https://h.com/sms");
      }
    }
  });

  it("finds the URL that Twilio signed for a callback with our id in it, whatever the framework made of it", async () => {
    const webhookUrl = "https://h.com/sms?tenant=acme inc&q=it's#rc=2";
    const called = "https://h.com/sms?tenant=acme inc&q=it's&mid=42#rc=2";
    const params = { MessageSid: "SM1", MessageStatus: "sent" };
    const { signature } = await signRequest({ authToken: "t", url: called, params });
    const requestUrl = new Request("http://localhost:3000/sms?tenant=acme inc&q=it's&mid=42").url;
    const url = signedUrlCandidates({ webhookUrl, requestUrl });
    expect(await verifySignature({ authToken: "t", url, params, signature })).toEqual({
      valid: true,
      token: 0,
    });
    const other = signedUrlCandidates({ webhookUrl, requestUrl: requestUrl.replace("42", "43") });
    expect((await verifySignature({ authToken: "t", url: other, params, signature })).valid).toBe(false);
  });
});

describe("forwardedUrl", () => {
  const reader = (headers: Readonly<Record<string, string>>) => (name: string) => headers[name] ?? null;

  it.each<readonly [string, Readonly<Record<string, string>>, string, string | null]>([
    [
      "both headers",
      { "x-forwarded-proto": "https", "x-forwarded-host": "h.com" },
      "/sms?a=1",
      "https://h.com/sms?a=1",
    ],
    [
      "lists of values",
      { "x-forwarded-proto": "https, http", "x-forwarded-host": "h.com , proxy" },
      "/sms",
      "https://h.com/sms",
    ],
    [
      "the Host header",
      { "x-forwarded-proto": "https", host: "h.com:8443" },
      "/sms",
      "https://h.com:8443/sms",
    ],
    ["the request's own URL", {}, "http://h.com/sms?a=1#f", "http://h.com/sms?a=1"],
    ["only the scheme forwarded", { "x-forwarded-proto": "HTTPS" }, "http://h.com/sms", "https://h.com/sms"],
    [
      "a path kept as it came",
      { "x-forwarded-proto": "https", host: "h.com" },
      "/a%20b?q=it's",
      "https://h.com/a%20b?q=it's",
    ],
    ["an IPv6 host", { "x-forwarded-proto": "http", host: "[::1]:3000" }, "/sms", "http://[::1]:3000/sms"],
    ["a path without slash", { "x-forwarded-proto": "https", host: "h.com" }, "sms", "https://h.com/sms"],
    ["no scheme", { host: "h.com" }, "/sms", null],
    ["no host", { "x-forwarded-proto": "https" }, "/sms", null],
    ["an odd scheme", { "x-forwarded-proto": "ftp", host: "h.com" }, "/sms", null],
    ["a host with a path", { "x-forwarded-proto": "https", "x-forwarded-host": "h.com/evil" }, "/sms", null],
    ["a host with a user", { "x-forwarded-proto": "https", "x-forwarded-host": "u@h.com" }, "/sms", null],
    [
      "a host with white space",
      { "x-forwarded-proto": "https", "x-forwarded-host": "h.com evil" },
      "/sms",
      null,
    ],
    [
      "an empty header",
      { "x-forwarded-proto": "https", "x-forwarded-host": "", host: "h.com" },
      "/sms",
      "https://h.com/sms",
    ],
  ])("with %s", (_, headers, requestUrl, expected) => {
    expect(forwardedUrl(reader(headers), requestUrl)).toBe(expected);
  });

  it("takes a very long hostile host", () => {
    const headers = { "x-forwarded-proto": "https", "x-forwarded-host": `${"a.-".repeat(100_000)}!` };
    expect(forwardedUrl(reader(headers), "/sms")).toBeNull();
  });
});
