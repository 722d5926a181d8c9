import { describe, expect, it } from "vitest";
import {
  areConnectionOverrides,
  DEFAULT_CONNECTION_OVERRIDES,
  withConnectionOverrides,
} from "../../../src/core/webhook/connection-overrides";

describe("the URL to configure at Twilio", () => {
  it.each([
    ["https://h.com/sms", undefined, `https://h.com/sms#${DEFAULT_CONNECTION_OVERRIDES}`],
    ["https://h.com/sms?a=1", "rc=2", "https://h.com/sms?a=1#rc=2"],
    ["https://h.com/sms#rc=1", "rc=2", "https://h.com/sms#rc=1"],
    ["https://h.com/sms", "", "https://h.com/sms"],
  ])("of %s with %s is %s", (url, overrides, expected) => {
    expect(withConnectionOverrides(url, overrides)).toBe(expected);
  });

  it.each([
    "rc=6",
    "rc=-1",
    "rp=3xx",
    "rp=",
    "rt=0",
    "ct=5s",
    "foo=1",
    "rc=1&",
    "&rc=1",
    "rc=1#rp=all",
    "rc=1 ",
  ])("is not made of %j", (overrides) => {
    expect(areConnectionOverrides(overrides)).toBe(false);
    expect(() => withConnectionOverrides("https://h.com", overrides)).toThrow(TypeError);
  });

  it.each([DEFAULT_CONNECTION_OVERRIDES, "rc=0", "rp=all&rc=3&tt=15000", "e=ashburn,dublin&sni=y"])(
    "may be made of %j",
    (overrides) => {
      expect(areConnectionOverrides(overrides)).toBe(true);
    },
  );
});
