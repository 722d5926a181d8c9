/**
 * The two digests that webhook signatures need. An implementation may answer at once or with a promise.
 * Text is hashed as UTF-8, a lone surrogate as U+FFFD.
 *
 * @example
 * await digests.hmacSha1Base64("12345", "https://example.com/"); // 28 characters, the last one "="
 * await digests.sha256Hex('{"a":1}'); // "015abd7f…", 64 lower-case characters
 */
export interface Digests {
  /** HMAC-SHA1 of `text` under `key`, in standard Base64 with padding. `key` is not empty. */
  hmacSha1Base64(key: string, text: string): string | Promise<string>;
  /** SHA-256 in lower-case hexadecimal. */
  sha256Hex(data: string | Uint8Array): string | Promise<string>;
}

interface NodeHash {
  update(data: string | Uint8Array): NodeHash;
  digest(encoding: "base64" | "hex"): string;
}

/** What we use of Node's crypto module. Structural, so that this file needs no types of Node. */
interface NodeCrypto {
  createHmac(algorithm: "sha1", key: string): NodeHash;
  createHash(algorithm: "sha256"): NodeHash;
  /** One-shot hashing, three times as fast. Node 20.12, 21.7 and later. */
  hash?: OneShotHash;
}

type OneShotHash = (algorithm: "sha1", data: Uint8Array, encoding: "base64" | "latin1") => string;

/** What we use of the process object, where there is one. */
interface HostProcess {
  readonly getBuiltinModule?: (id: string) => unknown;
}

const BLOCK_BYTES = 64;
const SHA1_BYTES = 20;
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;
/** Holds the signed string of any ordinary webhook; a longer one gets memory of its own. */
const SCRATCH_BYTES = 8192;

function hasOnlyAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 0x7f) return false;
  return true;
}

/**
 * HMAC by two one-shot hashes (RFC 2104) for ASCII keys that fit into a block, as auth tokens do: setting up and tearing down
 * an HMAC object costs more than hashing a webhook. The memory is reused, since allocating it would cost as much again, and
 * wiped after use, so that neither key nor text outlives the call in it.
 */
function hmacByHashing(hash: OneShotHash): (key: string, text: string) => string {
  const encoder = new TextEncoder();
  const scratch = new Uint8Array(SCRATCH_BYTES);
  const outer = new Uint8Array(BLOCK_BYTES + SHA1_BYTES);
  return (key, text) => {
    // A UTF-16 code unit takes at most three bytes in UTF-8.
    const needed = BLOCK_BYTES + text.length * 3;
    const inner = needed <= SCRATCH_BYTES ? scratch : new Uint8Array(needed);
    inner.fill(INNER_PAD, 0, BLOCK_BYTES);
    outer.fill(OUTER_PAD, 0, BLOCK_BYTES);
    for (let index = 0; index < key.length; index += 1) {
      const byte = key.charCodeAt(index);
      inner[index] = byte ^ INNER_PAD;
      outer[index] = byte ^ OUTER_PAD;
    }
    const { written } = encoder.encodeInto(text, inner.subarray(BLOCK_BYTES));
    const digest = hash("sha1", inner.subarray(0, BLOCK_BYTES + written), "latin1");
    for (let index = 0; index < SHA1_BYTES; index += 1) outer[BLOCK_BYTES + index] = digest.charCodeAt(index);
    const result = hash("sha1", outer, "base64");
    inner.fill(0, 0, BLOCK_BYTES + written);
    outer.fill(0);
    return result;
  };
}

/** The one-shot form, if this runtime has it and it agrees with the ordinary one: other runtimes imitate Node's module. */
function fastHmac(node: NodeCrypto): ((key: string, text: string) => string) | undefined {
  if (typeof node.hash !== "function") return undefined;
  const fast = hmacByHashing(node.hash);
  const probe = "https://example.com/é😀";
  try {
    return fast("key", probe) === node.createHmac("sha1", "key").update(probe).digest("base64")
      ? fast
      : undefined;
  } catch {
    return undefined; // an imitation that lacks the encoding: the ordinary form serves
  }
}

/** Digests by Node's synchronous crypto, or `undefined` where the runtime has none to give. */
export function nodeDigests(): Digests | undefined {
  // Asked for rather than imported, so that this file loads where there is no Node. Node 20.16, 22.3 and later; Bun and Deno too.
  const host: HostProcess | undefined = globalThis.process;
  const found = host?.getBuiltinModule?.("node:crypto");
  if (typeof found !== "object" || found === null || !("createHmac" in found)) return undefined;
  const node = found as NodeCrypto; // the id names Node's own module, whose shape is documented
  const fast = fastHmac(node);
  return {
    hmacSha1Base64(key, text) {
      if (fast !== undefined && key.length <= BLOCK_BYTES && hasOnlyAscii(key)) return fast(key, text);
      return node.createHmac("sha1", key).update(text).digest("base64");
    },
    sha256Hex: (data) => node.createHash("sha256").update(data).digest("hex"),
  };
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Digests by WebCrypto, which every runtime has, at a quarter of the speed. */
export function webDigests(): Digests {
  const encoder = new TextEncoder();
  const { subtle } = globalThis.crypto;
  return {
    async hmacSha1Base64(key, text) {
      const algorithm = { name: "HMAC", hash: "SHA-1" };
      const imported = await subtle.importKey("raw", encoder.encode(key), algorithm, false, ["sign"]);
      return toBase64(new Uint8Array(await subtle.sign("HMAC", imported, encoder.encode(text))));
    },
    async sha256Hex(data) {
      // Copied, because a view of shared memory is not accepted.
      const bytes = typeof data === "string" ? encoder.encode(data) : new Uint8Array(data);
      return toHex(new Uint8Array(await subtle.digest("SHA-256", bytes)));
    },
  };
}

let preferred: Digests | undefined;

/** The fastest digests that this runtime has. Looked up at the first use, so that importing this file does nothing. */
export function defaultDigests(): Digests {
  preferred ??= nodeDigests() ?? webDigests();
  return preferred;
}
