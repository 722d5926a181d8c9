/** The smallest pictures there are, one pixel each, in base64. */
const PICTURES: ReadonlyMap<string, string> = new Map([
  ["image/gif", "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"],
  [
    "image/png",
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAAC0lEQVR42mNgAAIAAAUAAen63NgAAAAASUVORK5CYII=",
  ],
  [
    "image/jpeg",
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB" +
      "AQEBAQEBAQEBAQEBAQEBAQH/wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAAP/EABQQAQAAAAAAAAAAAAAAAAAA" +
      "AAD/2gAIAQEAAD8AP//Z",
  ],
]);

/** Bytes for a medium that a test did not bring itself: a picture of one pixel, or nothing for a type that is no picture. */
export function tinyMedia(contentType: string): Uint8Array {
  return Buffer.from(PICTURES.get(contentType) ?? "", "base64");
}
