import { describe, expect, it } from "vitest";
import {
  checkMediaUrls,
  isLoopbackHost,
  mediaCredentialsAllowed,
  mediaRedirectAllowed,
} from "../../../src/core/webhook/media-url";
import { FIXTURE_ACCOUNT_SID } from "../../fixtures/twilio/payloads";

const MESSAGE = "MM0123456789abcdef0123456789abcdef";
const MEDIA = "ME0123456789abcdef0123456789abcdef";
const PATH = `/2010-04-01/Accounts/${FIXTURE_ACCOUNT_SID}/Messages/${MESSAGE}/Media/${MEDIA}`;
const GOOD = `https://api.twilio.com${PATH}`;

function mayCarry(mediaUrl: string, apiBaseUrl = "https://api.twilio.com"): boolean {
  return mediaCredentialsAllowed({
    mediaUrl,
    apiBaseUrl,
    accountSid: FIXTURE_ACCOUNT_SID,
    messageSid: MESSAGE,
  });
}

describe("mediaCredentialsAllowed", () => {
  it.each([
    ["Twilio's API", GOOD, "https://api.twilio.com"],
    ["a simulator on its own port", `http://127.0.0.1:4010${PATH}`, "http://127.0.0.1:4010"],
    [
      "a regional host that is configured",
      `https://api.dublin.ie1.twilio.com${PATH}`,
      "https://api.dublin.ie1.twilio.com",
    ],
    ["the main host beside a regional one", GOOD, "https://api.dublin.ie1.twilio.com"],
  ])("allows the message's own media at %s", (_, mediaUrl, apiBaseUrl) => {
    expect(mayCarry(mediaUrl, apiBaseUrl)).toBe(true);
  });

  it.each([
    ["plain http", GOOD.replace("https", "http")],
    ["another host", GOOD.replace("api.twilio.com", "evil.example")],
    ["a host that ends like Twilio's", GOOD.replace("api.twilio.com", "evil-api.twilio.com")],
    ["a host that begins like Twilio's", GOOD.replace("api.twilio.com", "api.twilio.com.evil.example")],
    ["another host of Twilio", GOOD.replace("api.", "mcs.us1.")],
    ["a trailing dot", GOOD.replace("twilio.com", "twilio.com.")],
    ["Twilio's name as userinfo", GOOD.replace("api.twilio.com", "api.twilio.com@evil.example")],
    ["userinfo before Twilio's name", GOOD.replace("api.", "user:pass@api.")],
    ["an empty userinfo", GOOD.replace("api.", "@api.")],
    ["a backslash before the host", GOOD.replace("https://", "https:\\\\evil.example\\@")],
    ["one slash", GOOD.replace("https://", "https:/")],
    ["an upper-case host", GOOD.replace("api.twilio.com", "API.twilio.com")],
    ["an upper-case scheme", GOOD.replace("https", "HTTPS")],
    ["the default port written out", GOOD.replace(".com", ".com:443")],
    ["another port", GOOD.replace(".com", ".com:8443")],
    ["an IP literal", GOOD.replace("api.twilio.com", "127.0.0.1")],
    ["a look-alike letter", GOOD.replace("api", "аpi")],
    ["another account", GOOD.replace(FIXTURE_ACCOUNT_SID, "ACffffffffffffffffffffffffffffffff")],
    ["another message", GOOD.replace(MESSAGE, "MMffffffffffffffffffffffffffffffff")],
    ["another case of the message", GOOD.replace(MESSAGE, MESSAGE.toUpperCase())],
    ["another API version", GOOD.replace("2010-04-01", "2010-04-02")],
    ["a dot segment", GOOD.replace("/Media/", "/Media/../Media/")],
    ["a dot segment at the end", `${GOOD}/../${MEDIA}`],
    ["an encoded slash", GOOD.replace("/Media/", "%2fMedia/")],
    ["a double slash", GOOD.replace("/Media/", "//Media/")],
    ["another resource", GOOD.replace("/Media/", "/Feedback/")],
    ["another kind of sid", GOOD.replace("/ME", "/SM")],
    ["a short media sid", GOOD.slice(0, -1)],
    ["a long media sid", `${GOOD}0`],
    ["an extension", `${GOOD}.json`],
    ["a query", `${GOOD}?x=1`],
    ["a fragment", `${GOOD}#x`],
    ["a slash at the end", `${GOOD}/`],
    ["white space before it", ` ${GOOD}`],
    ["a newline after it", `${GOOD}\n`],
    ["a tab that parsers drop", GOOD.replace("api", "a\tpi")],
    ["a relative path", PATH],
    ["nothing", ""],
  ])("refuses %s", (_, mediaUrl) => {
    expect(mayCarry(mediaUrl)).toBe(false);
  });

  it.each(["http://127.0.0.1:4010", "https://proxy.example", "no url"])(
    "does not take Twilio's host for that of %s",
    (apiBaseUrl) => {
      expect(mayCarry(GOOD, apiBaseUrl)).toBe(false);
    },
  );

  it.each(["", "../AC", "AC/..", "AC?", "AC#", "AC%2e"])("refuses the account sid %j", (accountSid) => {
    const mediaUrl = GOOD.replace(FIXTURE_ACCOUNT_SID, accountSid);
    const place = { mediaUrl, apiBaseUrl: "https://api.twilio.com", accountSid, messageSid: MESSAGE };
    expect(mediaCredentialsAllowed(place)).toBe(false);
  });
});

describe("mediaRedirectAllowed", () => {
  const hosts = ["mms.twiliocdn.com", "s3.example/bucket/", "cdn.example:8443", "127.0.0.1:9", "localhost"];
  const allows = (url: string, allowLoopbackHttp = false): boolean =>
    mediaRedirectAllowed(new URL(url), { hosts, allowLoopbackHttp });

  it.each([
    "https://mms.twiliocdn.com/AC/x?Expires=1&Signature=s",
    "https://mms.twiliocdn.com:443/x",
    "https://s3.example/bucket/x",
    "https://cdn.example:8443/x",
  ])("allows %s", (url) => {
    expect(allows(url)).toBe(true);
  });

  it.each([
    "http://mms.twiliocdn.com/x",
    "https://mms.twiliocdn.com:8443/x",
    "https://cdn.example/x",
    "https://user@mms.twiliocdn.com/x",
    "https://mms.twiliocdn.com@evil.example/x",
    "https://mms.twiliocdn.com./x",
    "https://x.mms.twiliocdn.com/x",
    "https://twiliocdn.com/x",
    "https://s3.example/other/x",
    "https://s3.example/bucket/../other/x",
    "https://s3.example/bucket/%2e%2e/other/x",
    "https://s3.example/bucket",
    "https://169.254.169.254/latest/meta-data",
    "https://[::ffff:169.254.169.254]/",
    "https://2852039166/",
    "file:///etc/passwd",
    "ftp://mms.twiliocdn.com/x",
    "data:image/png;base64,AA==",
    "http://127.0.0.1:9/x",
  ])("refuses %s", (url) => {
    expect(allows(url)).toBe(false);
  });

  it("allows plain http to a listed loopback host for a simulator, and to no other host", () => {
    expect(allows("http://127.0.0.1:9/x", true)).toBe(true);
    expect(allows("http://localhost/x", true)).toBe(true);
    expect(allows("http://127.0.0.1:10/x", true)).toBe(false);
    expect(allows("http://mms.twiliocdn.com/x", true)).toBe(false);
  });
});

describe("isLoopbackHost", () => {
  it.each([
    ["localhost", true],
    ["sms.localhost", true],
    ["127.0.0.1", true],
    ["127.1.2.3", true],
    ["[::1]", true],
    ["localhost.example", false],
    ["127.0.0.1.example", false],
    ["10.0.0.1", false],
    ["0.0.0.0", false],
    ["", false],
  ])("says of %s: %s", (hostname, expected) => {
    expect(isLoopbackHost(hostname)).toBe(expected);
  });
});

describe("checkMediaUrls", () => {
  const picture = "https://example.com/a.jpg";

  it.each([
    ["none", []],
    ["ten", Array.from({ length: 10 }, () => picture)],
    ["one with a query", [`${picture}?v=1#top`]],
    ["http on loopback", ["http://localhost:3000/a.jpg", "http://127.0.0.1/a", "http://[::1]:80/a"]],
  ])("passes %s", (_, urls) => {
    expect(checkMediaUrls(urls)).toEqual({ kind: "ok" });
  });

  it.each([
    ["eleven", Array.from({ length: 11 }, () => picture), "too_many", null],
    ["plain http", [picture, "http://example.com/a.jpg"], "not_https", 1],
    ["http on a private network", ["http://10.0.0.1/a.jpg"], "not_https", 0],
    ["a user name", ["https://user@example.com/a.jpg"], "has_credentials", 0],
    ["a password", ["https://user:pass@example.com/a.jpg"], "has_credentials", 0],
    ["a path", ["/a.jpg"], "not_a_url", 0],
    ["an empty text", [""], "not_a_url", 0],
    ["another scheme", ["ftp://example.com/a.jpg"], "not_a_url", 0],
    ["a data URL", ["data:image/png;base64,AA=="], "not_a_url", 0],
    ["a script", ["javascript:alert(1)"], "not_a_url", 0],
    ["no host", ["https:///a.jpg"], "not_a_url", 0],
    ["one slash", ["https:/example.com/a.jpg"], "not_a_url", 0],
    ["white space inside", ["https://example.com/a b.jpg"], "not_a_url", 0],
    ["a newline", ["https://example.com/\na.jpg"], "not_a_url", 0],
    ["a NUL", ["https://example.com/\0a.jpg"], "not_a_url", 0],
    ["a number", [7 as unknown as string], "not_a_url", 0], // a caller without types
  ] as const)("refuses %s", (_, urls, reason, index) => {
    expect(checkMediaUrls(urls)).toEqual({ kind: "refused", reason, index });
  });

  it("lets plain http pass where it is allowed, and nothing else", () => {
    expect(checkMediaUrls(["http://example.com/a.jpg"], { allowHttp: true })).toEqual({ kind: "ok" });
    expect(checkMediaUrls(["http://user@example.com/a"], { allowHttp: true })).toMatchObject({
      reason: "has_credentials",
    });
  });
});
