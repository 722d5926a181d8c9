import type { TextMedia } from "../inbound/text";
import type { Outcome } from "../options";

/** A field of a JSON object, whatever it is. */
function field(value: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}

/** A text field; null when it is missing or no text. */
export function readString(value: object, name: string): string | null {
  const found = field(value, name);
  return typeof found === "string" ? found : null;
}

function readMediaItem(value: unknown): TextMedia | null {
  if (typeof value !== "object" || value === null) return null;
  const contentType = readString(value, "contentType");
  if (contentType === null) return null;
  const url = readString(value, "url");
  const base64 = readString(value, "base64");
  return {
    contentType,
    ...(url === null ? {} : { url }),
    ...(base64 === null ? {} : { bytes: Buffer.from(base64, "base64") }),
  };
}

/** The field `media`: items with a `contentType`, and a `url` or the bytes as `base64`. Null when it is malformed. */
export function readMedia(value: object): readonly TextMedia[] | null {
  const found = field(value, "media");
  if (found === undefined) return [];
  if (!Array.isArray(found)) return null;
  const media: TextMedia[] = [];
  for (const item of found) {
    const read = readMediaItem(item);
    if (read === null) return null;
    media.push(read);
  }
  return media;
}

function errorCode(value: object, name: string): number | null {
  const code = field(value, name);
  return typeof code === "number" && Number.isSafeInteger(code) && code > 0 ? code : null;
}

/** The field `outcome`. Null when it is malformed. */
export function readOutcome(value: object): Outcome | null {
  const found = field(value, "outcome");
  if (found === "delivered" || found === "sent") return found;
  if (typeof found !== "object" || found === null) return null;
  const undelivered = errorCode(found, "undelivered");
  if (undelivered !== null) return { undelivered };
  const failed = errorCode(found, "failed");
  return failed === null ? null : { failed };
}
