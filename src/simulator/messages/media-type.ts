const TYPES_BY_EXTENSION: ReadonlyMap<string, string> = new Map([
  ["jpg", "image/jpeg"],
  ["jpeg", "image/jpeg"],
  ["png", "image/png"],
  ["gif", "image/gif"],
  ["webp", "image/webp"],
  ["pdf", "application/pdf"],
  ["vcf", "text/vcard"],
  ["mp4", "video/mp4"],
  ["mp3", "audio/mpeg"],
]);

/** What a media address probably holds, by its extension: the simulator does not fetch it. Default: a JPEG. */
export function mediaTypeOf(url: string): string {
  const extension = /\.([a-z0-9]+)$/i.exec(new URL(url).pathname)?.[1]?.toLowerCase() ?? "";
  return TYPES_BY_EXTENSION.get(extension) ?? "image/jpeg";
}
