import { Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { memoryStorage } from "../../src/adapters/storage/memory";
import { sqliteStorage } from "../../src/adapters/storage/sqlite";
import { isSmsError } from "../../src/core/model/errors";
import type { Entity, EntityOf, Kind, Write } from "../../src/core/model/record";
import { KINDS, SCHEMA } from "../../src/core/model/schema";
import type { ColumnType } from "../../src/core/model/schema";
import { exportAll } from "../../src/flows/export-records";
import { importAll } from "../../src/flows/import-all";
import type { Storage } from "../../src/ports/storage";
import {
  sampleConsent,
  sampleConsentEntry,
  sampleConversation,
  sampleDraft,
  sampleMessage,
  sampleTask,
} from "../../src/testing/storage/sample-records";

async function put<K extends Kind>(
  storage: Storage,
  kind: K,
  ...records: readonly EntityOf[K][]
): Promise<void> {
  for (const record of records) {
    const write = { kind, put: record, expect: "absent" } as unknown as Write;
    expect(await storage.commit([write])).toBe("committed");
  }
}

async function linesOf(storage: Storage): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const line of exportAll(storage)) lines.push(line);
  return lines;
}

async function filled(): Promise<Storage> {
  const storage = memoryStorage();
  await put(storage, "consent", sampleConsent(1), sampleConsent(2));
  await put(storage, "conversation", sampleConversation(1));
  await put(storage, "message", sampleMessage(1, { body: "Grüße 👋🏽\n“\\u0000” \u2028" }), sampleMessage(2));
  await put(storage, "consentEntry", sampleConsentEntry(1));
  await put(storage, "draft", sampleDraft(1));
  await put(storage, "task", sampleTask(1));
  return storage;
}

function parsed(lines: readonly string[]): readonly unknown[] {
  return lines.map((line): unknown => JSON.parse(line));
}

function total(counts: Readonly<Record<Kind, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** What an import into an empty storage comes to; the code and line of its error where it has one. */
async function outcomeOf(source: Parameters<typeof importAll>[1]): Promise<unknown> {
  return importAll(memoryStorage(), source).then(
    ({ complete, added, unchanged, differing }) => ({
      complete,
      added: total(added),
      unchanged: total(unchanged),
      differing: total(differing),
    }),
    (error: unknown) => (isSmsError(error) ? { code: error.code, line: error.details["line"] } : error),
  );
}

const jsonValue = fc
  .jsonValue({ maxDepth: 2 })
  .map((value) => (JSON.stringify(value).includes("\\u") ? 0 : value));
const text = fc.string({ unit: "grapheme", maxLength: 30 }).filter((value) => !value.includes("\u0000"));

function valueOf(type: ColumnType): fc.Arbitrary<unknown> {
  switch (type) {
    case "text":
      return text;
    case "text?":
      return fc.option(text);
    case "integer":
      return fc.maxSafeInteger();
    case "integer?":
      return fc.option(fc.maxSafeInteger());
    case "boolean":
      return fc.boolean();
    case "json":
      return fc.dictionary(text, jsonValue, { maxKeys: 4 });
    case "json?":
      return fc.option(fc.array(jsonValue, { maxLength: 3 }));
  }
}

/** A record with fields of any content that the schema allows; unique ones follow its number. */
function anyRecord(kind: Kind): fc.Arbitrary<(index: number) => Entity> {
  const columns: Readonly<Record<string, ColumnType>> = SCHEMA[kind].columns;
  const fields = Object.fromEntries(Object.entries(columns).map(([field, type]) => [field, valueOf(type)]));
  return fc.record(fields).map((record) => (index) => {
    const own: Record<string, unknown> = { ...record, id: `${kind} ${index}` };
    if (kind === "message") Object.assign(own, { sid: index % 2 ? `SM${index}` : null, seq: index });
    if (kind === "conversation") own["ours"] = `+1500555${index}`;
    if (kind === "consent") own["state"] = ["opted-in", "opted-out", "unknown"][index % 3];
    return own as unknown as Entity;
  });
}

describe("an exported file", () => {
  it("begins with its format, has every record in the order of the kinds, and ends with their numbers", async () => {
    const lines = await linesOf(await filled());
    expect(lines.every((line) => line.endsWith("\n") && !line.slice(0, -1).includes("\n"))).toBe(true);
    const [header, ...rest] = parsed(lines);
    expect(header).toEqual({ format: "mailtrixy-sms", version: 1 });
    expect(rest.pop()).toEqual({
      counts: { consent: 2, conversation: 1, message: 2, consentEntry: 1, draft: 1, task: 1 },
    });
    const kinds = rest.map((line) => KINDS.findIndex((kind) => kind === Reflect.get(Object(line), "kind")));
    expect(kinds).toEqual([0, 0, 1, 2, 2, 3, 4, 5]);
  });

  it("brings every record of whatever content through SQLite and back, the same", async () => {
    const records = fc.record(
      Object.fromEntries(KINDS.map((kind) => [kind, fc.array(anyRecord(kind), { maxLength: 8 })])),
    );
    await fc.assert(
      fc.asyncProperty(records, async (made) => {
        const first = memoryStorage();
        for (const kind of KINDS) {
          for (const [index, make] of (made[kind] ?? []).entries())
            await put(first, kind, make(index) as never);
        }
        const sqlite = sqliteStorage({ path: ":memory:" });
        const last = memoryStorage();
        expect(await importAll(sqlite, exportAll(first))).toMatchObject({ complete: true });
        expect(await importAll(last, exportAll(sqlite))).toMatchObject({ complete: true });
        await sqlite.close();
        expect(parsed(await linesOf(last))).toEqual(parsed(await linesOf(first)));
      }),
      { numRuns: 60 },
    );
  });

  it("of any size is listed and read a page at a time", async () => {
    const storage = memoryStorage();
    for (let batch = 0; batch < 30; batch += 1) {
      const writes = Array.from({ length: 100 }, (_, index): Write => {
        const number = batch * 100 + index + 1;
        return { kind: "message", put: sampleMessage(number), expect: "absent" };
      });
      expect(await storage.commit(writes)).toBe("committed");
    }
    const limits: number[] = [];
    const watched: Storage = {
      ...storage,
      list: (query) => {
        limits.push(query.limit);
        return storage.list(query);
      },
    };
    const sizes: number[] = [];
    const target = memoryStorage();
    const counted: Storage = {
      ...target,
      commit: (writes) => {
        sizes.push(writes.length);
        return target.commit(writes);
      },
    };
    let ahead = 0;
    async function* seen(): AsyncGenerator<string> {
      for await (const line of exportAll(watched)) {
        ahead = Math.max(ahead, limits.length * 500 - sizes.length * 100);
        yield line;
      }
    }
    const report = await importAll(counted, seen());
    expect(report).toMatchObject({ complete: true, added: { message: 3_000 } });
    expect(Math.max(...limits)).toBe(500);
    expect(Math.max(...sizes)).toBe(100);
    // Reading is never further ahead of writing than a few pages, those of kinds without records among them.
    expect(ahead).toBeLessThanOrEqual(6 * 500);
  });
});

describe("importing", () => {
  it("takes lines, bytes, and streams cut anywhere, also within a character", async () => {
    const lines = await linesOf(await filled());
    const bytes = new TextEncoder().encode(lines.join(""));
    const good = { complete: true, added: 8, unchanged: 0, differing: 0 };
    expect(await outcomeOf(lines)).toEqual(good);
    expect(await outcomeOf([lines.join("")])).toEqual(good);
    expect(await outcomeOf(Readable.from(bytes.length > 0 ? [Buffer.from(bytes)] : []))).toEqual(good);
    for (const size of [1, 2, 3, 7, 1_000]) {
      const chunks: Uint8Array[] = [];
      for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.slice(at, at + size));
      const stream = new ReadableStream<Uint8Array>({
        start(controller) {
          for (const chunk of chunks) controller.enqueue(chunk);
          controller.close();
        },
      });
      const target = memoryStorage();
      expect((await importAll(target, stream as unknown as AsyncIterable<Uint8Array>)).complete).toBe(true);
      expect(await linesOf(target)).toEqual(lines);
    }
  });

  it("can be repeated: what is there just so is unchanged", async () => {
    const source = await filled();
    const target = memoryStorage();
    const lines = await linesOf(source);
    await importAll(target, lines.slice(0, 5));
    const again = await importAll(target, lines);
    expect([total(again.added), total(again.unchanged), again.complete]).toEqual([4, 4, true]);
    const third = await importAll(target, lines);
    expect([total(third.added), total(third.unchanged)]).toEqual([0, 8]);
  });

  it("goes on after a storage that failed in the middle", async () => {
    const source = memoryStorage();
    for (let number = 1; number <= 350; number += 1) await put(source, "message", sampleMessage(number));
    const target = memoryStorage();
    let commits = 0;
    const failing: Storage = {
      ...target,
      commit: (writes) => {
        commits += 1;
        return commits === 3 ? Promise.reject(new Error("away")) : target.commit(writes);
      },
    };
    await expect(importAll(failing, exportAll(source))).rejects.toMatchObject({ code: "storage_failed" });
    const report = await importAll(target, exportAll(source));
    expect(report).toMatchObject({ complete: true, added: { message: 150 }, unchanged: { message: 200 } });
  });

  it("leaves what differs, and names it unless its id holds a number", async () => {
    const source = await filled();
    const target = memoryStorage();
    await put(target, "consent", sampleConsent(1, { state: "opted-in" }));
    await put(target, "message", sampleMessage(1, { body: "Otherwise" }));
    // The thread with this contact is another one here.
    await put(target, "conversation", sampleConversation(1, { id: "another" }));
    const report = await importAll(target, exportAll(source));
    expect(report.differing).toMatchObject({ consent: 1, conversation: 1, message: 1 });
    expect(report.differingIds).toEqual([
      { kind: "conversation", id: "conversation-1" },
      { kind: "message", id: sampleMessage(1).id },
    ]);
    expect(total(report.added)).toBe(5);
    expect(JSON.stringify(report)).not.toContain(sampleConsent(1).contact);
    const [message] = await target.read([{ kind: "message", id: sampleMessage(1).id }]);
    expect(message?.value).toMatchObject({ body: "Otherwise" });
  });

  const out = { state: "opted-out", reason: "keyword_stop" } as const;
  const opted = { state: "opted-in", reason: "keyword_start" } as const;
  const early = "2026-01-01T00:00:00.000Z";
  const late = "2026-06-01T00:00:00.000Z";
  it.each([
    ["an opt-out over nothing known, however lately", { ...out, since: early }, { since: late }, "opted-out"],
    ["an opt-out over an older opt-in", { ...out, since: late }, { ...opted, since: early }, "opted-out"],
    [
      "an opt-out over an opt-in of the same moment",
      { ...out, since: late },
      { ...opted, since: late },
      "opted-out",
    ],
    ["no opt-out over a newer opt-in", { ...out, since: early }, { ...opted, since: late }, "opted-in"],
    ["no opt-in over an opt-out", { ...opted, since: late }, { ...out, since: early }, "opted-out"],
    ["no opt-in over nothing known", { ...opted, since: late }, { since: early }, "unknown"],
    ["no later opt-out over an opt-out", { ...out, since: late }, { ...out, since: early }, "opted-out"],
  ] as const)("puts %s", async (_, imported, here, state) => {
    const source = memoryStorage();
    const target = memoryStorage();
    await put(source, "consent", sampleConsent(1, imported));
    await put(target, "consent", sampleConsent(1, here));
    const report = await importAll(target, exportAll(source));
    const [record] = await target.read([{ kind: "consent", id: sampleConsent(1).id }]);
    expect(record?.value).toMatchObject({ state });
    const replaced = state === "opted-out" && Reflect.get(here, "state") !== "opted-out";
    expect([report.optOuts, report.differing.consent]).toEqual(replaced ? [1, 0] : [0, 1]);
  });

  it("keeps a STOP that comes to the storage meanwhile", async () => {
    const source = memoryStorage();
    await put(source, "consent", sampleConsent(1, { ...opted, since: late }));
    const base = memoryStorage();
    let isFirst = true;
    const target: Storage = {
      ...base,
      async commit(writes) {
        if (isFirst) await put(base, "consent", sampleConsent(1, { ...out, since: early }));
        isFirst = false;
        return base.commit(writes);
      },
    };
    expect(await importAll(target, exportAll(source))).toMatchObject({ differing: { consent: 1 } });
  });
});

describe("a file that was not left alone", () => {
  const header = '{"format":"mailtrixy-sms","version":1}\n';
  const line = (kind: Kind, record: object): string => `${JSON.stringify({ kind, record })}\n`;
  const message = (changes: object): string => line("message", { ...sampleMessage(1), ...changes });
  const { body: _body, ...withoutBody } = sampleMessage(1);
  const invalid = (number: number): object => ({ code: "import_invalid", line: number });
  const whole = { complete: true, added: 8, unchanged: 0, differing: 0 };

  type Change = (lines: readonly string[]) => readonly (string | Uint8Array)[];
  it.each<[string, Change, unknown]>([
    ["has no last line", (lines) => lines.slice(0, -1), { ...whole, complete: false }],
    ["breaks off in a line", (lines) => [lines.join("").slice(0, -20)], invalid(10)],
    [
      "breaks off in a character",
      (lines) => [new TextEncoder().encode(lines.join("")).slice(0, -1), Uint8Array.of(0xf0)],
      invalid(10),
    ],
    ["has no last line break", (lines) => [lines.join("").slice(0, -1)], whole],
    [
      "has lost a line",
      (lines) => lines.filter((_, at) => at !== 4),
      { ...whole, complete: false, added: 7 },
    ],
    [
      "has a line twice",
      (lines) => lines.flatMap((one, at) => (at === 4 ? [one, one] : [one])),
      { ...whole, complete: false, unchanged: 1 },
    ],
    [
      "has its lines in another order",
      (lines) => [lines[0] ?? "", ...lines.slice(1, -1).reverse(), lines.at(-1) ?? ""],
      whole,
    ],
    [
      "has its end in the middle",
      (lines) => [...lines.slice(0, 3), lines.at(-1) ?? "", ...lines.slice(3, -1)],
      invalid(5),
    ],
    ["has two ends", (lines) => [...lines, lines.at(-1) ?? ""], invalid(11)],
    ["has two headers", (lines) => [header, ...lines], invalid(2)],
    ["has no header", (lines) => lines.slice(1), invalid(1)],
    ["begins with its end", (lines) => [...lines].reverse(), invalid(1)],
    ["has Windows line breaks", (lines) => lines.map((one) => one.replace("\n", "\r\n")), whole],
    ["has a byte order mark as text", (lines) => [`\uFEFF${lines.join("")}`], whole],
    [
      "has a byte order mark as bytes",
      (lines) => [Uint8Array.of(0xef, 0xbb, 0xbf), new TextEncoder().encode(lines.join(""))],
      whole,
    ],
    ["has blank lines", (lines) => lines.flatMap((one) => ["\n", one, " \r\n"]), whole],
    ["is empty", () => [], invalid(1)],
    ["is a picture", () => [Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a)], invalid(1)],
    ["is UTF-16", (lines) => [Buffer.from(lines.join(""), "utf16le")], invalid(1)],
    ["is JSON, but another's", () => ['{"format":"another","version":1}\n'], invalid(1)],
    ["is a list", () => ["[]\n"], invalid(1)],
    [
      "is of a newer version",
      (lines) => ['{"format":"mailtrixy-sms","version":2}\n', ...lines.slice(1)],
      invalid(1),
    ],
    ["has a kind that is not known", () => [header, '{"kind":"secret","record":{"id":"1"}}\n'], invalid(2)],
    [
      "has a kind that every object knows",
      () => [header, '{"kind":"constructor","record":{"id":"1"}}\n'],
      invalid(2),
    ],
    [
      "has a line that says two things",
      () => [header, '{"kind":"task","record":{},"counts":{}}\n'],
      invalid(2),
    ],
    [
      "has a line that says more",
      (lines) => [header, (lines[1] ?? "").replace('{"kind"', '{"more":1,"kind"')],
      invalid(2),
    ],
    ["has a record that lacks a field", () => [header, line("message", withoutBody)], invalid(2)],
    ["has a record with a field too many", () => [header, message({ price: 1 })], invalid(2)],
    ["has a number for a text", () => [header, message({ body: 1 })], invalid(2)],
    ["has null where there must be text", () => [header, message({ body: null })], invalid(2)],
    ["has a number that is not whole", () => [header, message({ seq: 1.5 })], invalid(2)],
    ["has a number that is too great", () => [header, message({ seq: 2 ** 60 })], invalid(2)],
    ["has a text for JSON", () => [header, message({ media: "[]" })], invalid(2)],
    ["has text that databases refuse", () => [header, message({ body: "a\u0000b" })], invalid(2)],
    ["has half a character", () => [header, message({ body: "\ud800" })], invalid(2)],
    [
      "has a consent in no known state",
      () => [header, line("consent", sampleConsent(1, { state: "OUT" as never }))],
      invalid(2),
    ],
    ["has counts that are none", () => [header, '{"counts":{"consent":-1}}\n'], invalid(2)],
    ["has a record within a list", () => [header, "[1]\n"], invalid(2)],
    ["has a line without end", () => Array.from({ length: 50 }, () => "x".repeat(100_000)), invalid(1)],
    [
      "is nested without end",
      () => [
        header,
        message({}).replace(
          '"extra":{"FromCountry":"US"}',
          `"extra":${"[".repeat(100_000)}${"]".repeat(100_000)}`,
        ),
      ],
      invalid(2),
    ],
  ])("%s", async (_, change, expected) => {
    const lines = change(await linesOf(await filled()));
    async function* chunks(): AsyncGenerator<string | Uint8Array> {
      yield* lines;
    }
    expect(await outcomeOf(chunks())).toEqual(expected);
  });

  it("is refused before anything is written, and without a word of what is in it", async () => {
    const storage = memoryStorage();
    await expect(
      importAll(storage, ['{"format":"mailtrixy-sms","version":2}\n', message({})]),
    ).rejects.toMatchObject({ code: "import_invalid" });
    expect(await linesOf(storage)).toHaveLength(2);
    const secret = message({ body: "my secret", price: "+14155550100" });
    for (const spoilt of [secret, secret.slice(0, -3)]) {
      const error: unknown = await importAll(storage, [header, spoilt]).catch((caught: unknown) => caught);
      expect(isSmsError(error)).toBe(true);
      const told = isSmsError(error)
        ? `${error.message} ${JSON.stringify(error.details)} ${String(error.cause)}`
        : "";
      expect(told).not.toMatch(/secret|4155550100/);
      expect(told).toMatch(/Line 2/);
    }
  });
});
