import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { defaultDigests, nodeDigests, webDigests } from "../../../src/core/webhook/digests";

const node = nodeDigests() ?? webDigests();
const getBuiltinModule = process.getBuiltinModule;

/** Node's module as an older or imitated runtime would give it. */
function runtimeWith(crypto: unknown): void {
  Object.defineProperty(process, "getBuiltinModule", { configurable: true, value: () => crypto });
}

afterEach(() => {
  Object.defineProperty(process, "getBuiltinModule", { configurable: true, value: getBuiltinModule });
  vi.resetModules();
});

const anyText = fc.string({
  unit: fc.oneof(fc.constantFrom("a", "é", "中", "😀", "\ud83d", "\0"), fc.string()),
});
const anyKey = fc.oneof(
  fc.string({ minLength: 1, maxLength: 100, unit: "binary-ascii" }),
  fc.constantFrom("ключ", "é", "😀"),
);

describe.each([
  ["Node's crypto", node],
  ["WebCrypto", webDigests()],
])("digests by %s", (_, digests) => {
  it("give the published vectors", async () => {
    // RFC 2202 test case 2, and FIPS 180-2.
    const hmac = await digests.hmacSha1Base64("Jefe", "what do ya want for nothing?");
    expect(Buffer.from(hmac, "base64").toString("hex")).toBe("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    expect(await digests.sha256Hex("abc")).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
    expect(await digests.sha256Hex("")).toBe(
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    );
  });

  it("agree with Node's ordinary HMAC and hash for any key and text", async () => {
    await fc.assert(
      fc.asyncProperty(anyKey, anyText, async (key, text) => {
        expect(await digests.hmacSha1Base64(key, text)).toBe(
          createHmac("sha1", key).update(text).digest("base64"),
        );
        expect(await digests.sha256Hex(text)).toBe(createHash("sha256").update(text).digest("hex"));
        const bytes = new TextEncoder().encode(text);
        expect(await digests.sha256Hex(bytes)).toBe(createHash("sha256").update(bytes).digest("hex"));
      }),
      { numRuns: 500 },
    );
  });

  it.each([0, 1, 2_709, 2_710, 8_192, 1_000_000])("agree at a length of %i", async (length) => {
    const text = "é".repeat(length);
    expect(await digests.hmacSha1Base64("key", text)).toBe(
      createHmac("sha1", "key").update(text).digest("base64"),
    );
  });

  it("hash a part of a larger buffer, not all of it", async () => {
    const bytes = new TextEncoder().encode("xxabcxx").subarray(2, 5);
    expect(await digests.sha256Hex(bytes)).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });
});

describe("digests on other runtimes", () => {
  const expected = createHmac("sha1", "key").update("text").digest("base64");

  it("use the ordinary HMAC where there is no one-shot hash", async () => {
    runtimeWith({ createHmac, createHash });
    expect(await nodeDigests()?.hmacSha1Base64("key", "text")).toBe(expected);
  });

  it.each([
    [
      "throws",
      () => {
        throw new TypeError("unknown encoding");
      },
    ],
    ["answers in another encoding", () => "0".repeat(40)],
  ])("use the ordinary HMAC where the one-shot hash %s", async (_, hash) => {
    runtimeWith({ createHmac, createHash, hash });
    expect(await nodeDigests()?.hmacSha1Base64("key", "text")).toBe(expected);
  });

  it.each([undefined, null, {}, "module"])("are WebCrypto's where Node's module is %j", async (module) => {
    runtimeWith(module);
    expect(nodeDigests()).toBeUndefined();
    const fresh = await import("../../../src/core/webhook/digests");
    expect(await fresh.defaultDigests().hmacSha1Base64("key", "text")).toBe(expected);
    expect(fresh.defaultDigests().hmacSha1Base64("key", "text")).toBeInstanceOf(Promise);
  });

  it("are Node's own here, and answer at once", () => {
    expect(defaultDigests().hmacSha1Base64("key", "text")).toBe(expected);
  });
});
