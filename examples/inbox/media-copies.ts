import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Media } from "@mailtrixy/sms";

/** A picture as it was copied. */
export interface MediaCopy {
  readonly contentType: string;
  readonly bytes: Buffer;
}

/** Our own copies of the pictures that customers sent. */
export interface MediaCopies {
  /** Copies what a message brought. It runs by itself; a picture that could not be copied is fetched when it is looked at. */
  keep(media: readonly Media[]): void;
  /** The picture of a media URL; null where there is none, or it is no picture. */
  read(url: string): Promise<MediaCopy | null>;
}

/** Kinds of picture that a browser only draws. SVG is not among them: it can hold script. */
const PICTURES: readonly string[] = ["image/jpeg", "image/png", "image/gif", "image/webp"];
const LARGEST_BYTES = 5 * 1024 * 1024;
const PATIENCE_MS = 10_000;
const MEDIA_SID = /\/(ME[0-9a-f]{32})$/;

/** Keeps copies in a folder, named by Twilio's media sid. */
export function createMediaCopies(options: {
  readonly folder: string;
  readonly apiBaseUrl: string;
  readonly account: { readonly accountSid: string; readonly authToken: string };
}): MediaCopies {
  const { folder, apiBaseUrl, account } = options;
  const fetching = new Map<string, Promise<MediaCopy | null>>();

  return {
    keep(media) {
      for (const { url } of media) {
        read(url).catch((error: unknown) => {
          console.warn("A picture could not be copied yet.", error);
        });
      }
    },
    read,
  };

  async function read(url: string): Promise<MediaCopy | null> {
    const sid = MEDIA_SID.exec(new URL(url).pathname)?.[1];
    if (sid === undefined) return null;
    const known = await stored(sid);
    if (known !== null) return known;
    const running = fetching.get(sid) ?? fetched(url, sid).finally(() => fetching.delete(sid));
    fetching.set(sid, running);
    return running;
  }

  async function stored(sid: string): Promise<MediaCopy | null> {
    for (const contentType of PICTURES) {
      const bytes = await readFile(fileOf(sid, contentType)).catch(absent);
      if (bytes !== null) return { contentType, bytes };
    }
    return null;
  }

  async function fetched(url: string, sid: string): Promise<MediaCopy | null> {
    // The credentials go to Twilio only: a URL from a message must not choose where they are sent.
    if (new URL(url).origin !== new URL(apiBaseUrl).origin) return null;
    const key = Buffer.from(`${account.accountSid}:${account.authToken}`).toString("base64");
    const response = await fetch(url, {
      headers: { authorization: `Basic ${key}` },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const contentType = response.headers.get("content-type")?.split(";")[0]?.trim() ?? "";
    if (!response.ok || !PICTURES.includes(contentType)) return null;
    const bytes = Buffer.from(await response.arrayBuffer());
    if (bytes.byteLength > LARGEST_BYTES) return null;
    await mkdir(folder, { recursive: true });
    // Written aside and renamed, so that nobody ever reads half a picture.
    const file = fileOf(sid, contentType);
    await writeFile(`${file}.part`, bytes);
    await rename(`${file}.part`, file);
    return { contentType, bytes };
  }

  function fileOf(sid: string, contentType: string): string {
    return join(folder, `${sid}.${contentType.slice("image/".length)}`);
  }
}

function absent(error: unknown): null {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
  throw error;
}
