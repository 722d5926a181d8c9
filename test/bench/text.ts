import { SegmentedMessage } from "sms-segments-calculator";
import { GSM7_BASIC, GSM7_EXTENSION } from "../../src/core/text/gsm7";
import { countSegments, measureText } from "../../src/core/text/segments";
import { compare, comparisonLine } from "./paired";

// Segments against Twilio's own calculator and a bare table loop. Run it with `npx tsx test/bench/text.ts`. Compare the ratios of one
// run only.

const SENTENCE = "The quick brown fox jumps over the lazy dog at 9:15, or so. ";

const texts: Readonly<Record<string, string>> = {
  "20 characters": SENTENCE.slice(0, 20),
  "160 characters": SENTENCE.repeat(3).slice(0, 160),
  "1,600 characters": SENTENCE.repeat(27).slice(0, 1_600),
  "1,600 units with emoji": "On my way 😀 ok! ".repeat(100).slice(0, 1_600),
  "800 extension characters": "[]{}€|".repeat(134).slice(0, 800),
  "1,600 extension characters": "[]{}€|".repeat(267).slice(0, 1_600),
  "1,600 units of decomposed letters": "e\u0301c\u0302".repeat(400),
  "1,600 units of joined emoji": "👩‍👩‍👧".repeat(200),
  "1,600 marks": "\u0301\u0323".repeat(800),
};

const costs = new Uint8Array(0x1_0000);
for (const character of GSM7_BASIC) costs[character.charCodeAt(0)] = 1;
for (const character of GSM7_EXTENSION) costs[character.charCodeAt(0)] = 2;

/** The least that tells encoding and size: one look into a table for each code unit. It knows nothing of segments or pairs. */
function bareLoop(body: string): number {
  let units = 0;
  for (let index = 0; index < body.length; index += 1) {
    const cost = costs[body.charCodeAt(index)] ?? 0;
    if (cost === 0) return -1;
    units += cost;
  }
  return units;
}

/** Adds something up, so that no work is left out. */
function repeat(runs: number, work: () => number): number {
  let sum = 0;
  for (let run = 0; run < runs; run += 1) sum += work();
  return sum;
}

const log = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

for (const [name, body] of Object.entries(texts)) {
  const isExtension = name.includes("extension");
  const calculator = (runs: number): number =>
    repeat(runs, () => new SegmentedMessage(body, "auto", false).segmentsCount);
  log(
    comparisonLine(
      await compare({
        name: `${name}: measureText / calculator`,
        a: (runs) =>
          repeat(runs, () => {
            const { segments, remaining } = measureText(body);
            return segments + remaining;
          }),
        b: calculator,
      }),
      isExtension ? 500 : 1_000,
    ),
  );
  log(
    comparisonLine(
      await compare({
        name: `${name}: measureText with parts and offending / calculator`,
        a: (runs) =>
          repeat(runs, () => {
            const { parts, offending } = measureText(body);
            return parts.length + offending.length;
          }),
        b: calculator,
      }),
      100,
    ),
  );
  log(
    comparisonLine(
      await compare({
        name: `${name}: countSegments / bare loop`,
        a: (runs) => repeat(runs, () => countSegments(body).segments),
        b: (runs) => repeat(runs, () => bareLoop(body)),
      }),
      // The loop ends at the first character that GSM-7 lacks and knows no segments then, so there is nothing to compare.
      bareLoop(body) === -1 ? undefined : 0.5,
    ),
  );
}
