import { measureText } from "../../core/text/segments";

/** How many segments Twilio counts: an MMS and an empty text are one. */
export function segmentCount(body: string, mediaCount: number): number {
  return mediaCount > 0 || body === "" ? 1 : measureText(body).segments;
}
