import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkCorePurity, type PurityException } from "./core-purity";
import { checkLayers, rowOf } from "./layers";
import { checkPortsEmitNothing } from "./ports-emit";
import { readTree, repositoryRoot, type SourceTree } from "./source-tree";

/** What the core may read from its surroundings, and why. A line here that nothing uses fails the test. */
const purityExceptions: readonly PurityException[] = [
  {
    file: "core/webhook/digests.ts",
    name: "globalThis.process",
    reason: "asks for Node's hashing, which is several times faster than WebCrypto, without importing it",
  },
  {
    file: "core/webhook/digests.ts",
    name: "globalThis.crypto",
    reason: "WebCrypto is what every runtime has for hashing",
  },
];

const source = readTree(join(repositoryRoot, "src"));

function tree(files: Readonly<Record<string, string>>): SourceTree {
  return new Map(Object.entries(files));
}

function rulesOf(files: Readonly<Record<string, string>>): readonly string[] {
  return checkLayers(tree(files)).map(({ rule }) => rule);
}

function impuritiesOf(text: string): readonly string[] {
  return checkCorePurity(tree({ "core/text/x.ts": text }), []).map(({ detail }) => detail);
}

describe("the source", () => {
  test("has been found", () => {
    expect(source.size).toBeGreaterThan(20);
  });

  test("imports in one direction only, without cycles", () => {
    expect(checkLayers(source)).toEqual([]);
  });

  test("keeps clock, chance, environment and outside world out of the core", () => {
    expect(checkCorePurity(source, purityExceptions)).toEqual([]);
  });

  test("has ports that compile to nothing", () => {
    expect(checkPortsEmitNothing(source)).toEqual([]);
  });
});

describe("the check of directions", () => {
  const upper = "core/text/segments.ts";
  const lower = "core/model/message.ts";

  test("accepts imports from rows above and from the own row", () => {
    const files = {
      [upper]: "export const a = 1;",
      [lower]: 'import { a } from "../text/segments";\nexport type { B } from "./draft";',
      "core/model/draft.ts": "export type B = 1;",
      "core/index.ts": 'export { a } from "./text/segments";',
      "adapters/storage/sqlite/index.ts": 'import { x } from "../shared";\nimport "../../../core";',
      "adapters/storage/shared.ts": 'export const x = 1;\nimport "kysely";',
      "index.ts": 'export { a } from "./core";',
    };
    expect(checkLayers(tree(files))).toEqual([]);
  });

  test.each([
    ["an import", 'import { m } from "../model/message";'],
    ["an import for its effect", 'import "../model/message";'],
    ["a type-only import", 'import type { M } from "../model/message";'],
    ["an inline type import", 'import { type M } from "../model/message";'],
    ["a re-export", 'export { m } from "../model/message";'],
    ["a re-export of everything", 'export * from "../model/message";'],
    ["a type-only re-export", 'export type { M } from "../model/message";'],
    ["a dynamic import", 'export const later = () => import("../model/message");'],
    ["a dynamic import by template", "export const later = () => import(`../model/message`);"],
    ["an import type", 'export type M = import("../model/message").M;'],
    ["a typeof import type", 'export type M = typeof import("../model/message");'],
    ["an import of require", 'import m = require("../model/message");'],
    ["a require call", 'export const m = require("../model/message");'],
  ])("refuses %s from a row below", (_name, text) => {
    expect(rulesOf({ [upper]: text, [lower]: "export const m = 1;" })).toContain("upward");
  });

  test("refuses a row of the core that reaches into a later row of the core", () => {
    const files = { "core/consent/machine.ts": 'import "../decide/inbound";', "core/decide/inbound.ts": "" };
    expect(rulesOf(files)).toEqual(["upward"]);
  });

  test("refuses a port that imports a flow and a flow that imports the root", () => {
    const files = {
      "ports/storage.ts": 'import type { F } from "../flows/send";',
      "flows/send.ts": 'import type { S } from "../create-sms";\nexport type F = S;',
      "create-sms.ts": "export type S = 1;",
    };
    expect(rulesOf(files)).toEqual(["upward", "upward"]);
  });

  test("refuses an adapter that imports a flow, although flows stand above it", () => {
    const files = {
      "adapters/storage/memory.ts": 'import type { F } from "../../flows/send";',
      "flows/send.ts": "export type F = 1;",
    };
    expect(rulesOf(files)).toEqual(["adapter-imports-flow"]);
  });

  test("refuses an adapter that imports another family", () => {
    const files = {
      "adapters/storage/memory.ts": 'import type { F } from "../twilio/messages";',
      "adapters/twilio/messages.ts": "export type F = 1;",
    };
    expect(rulesOf(files)).toEqual(["adapter-families"]);
  });

  test("refuses a simulator that knows more of the library than its core", () => {
    const files = {
      "simulator/index.ts": 'import "../core";\nimport "../ports/storage";\nimport "./phones";',
      "simulator/phones.ts": "",
      "core/index.ts": "",
      "ports/storage.ts": "export {};",
    };
    expect(rulesOf(files)).toEqual(["simulator-speaks-http"]);
  });

  test("refuses a cycle within one row", () => {
    const files = {
      "flows/a.ts": 'import { b } from "./b";',
      "flows/b.ts": 'import { c } from "./c";',
      "flows/c.ts": 'import { a } from "./a";',
    };
    expect(checkLayers(tree(files))).toEqual([
      { rule: "cycle", file: "flows/a.ts", detail: "flows/a.ts → flows/b.ts → flows/c.ts → flows/a.ts" },
    ]);
  });

  test("refuses a cycle of types alone, and a file that imports itself", () => {
    const types = {
      "core/model/a.ts": 'import type { B } from "./b";',
      "core/model/b.ts": 'export type { A } from "./a";',
    };
    expect(rulesOf(types)).toEqual(["cycle"]);
    expect(rulesOf({ "core/model/a.ts": 'import type { A } from "./a";' })).toEqual(["cycle"]);
  });

  test("refuses two separate cycles separately", () => {
    const files = {
      "flows/a.ts": 'import "./b";',
      "flows/b.ts": 'import "./a";',
      "http/c.ts": 'import "./d";',
      "http/d.ts": 'import "./c";',
    };
    expect(rulesOf(files)).toEqual(["cycle", "cycle"]);
  });

  test.each(["node:crypto", "zod/mini", "eventemitter3", "crypto", "<computed>"])(
    "refuses a core that imports %s",
    (specifier) => {
      const text =
        specifier === "<computed>" ? "export const f = (n: string) => import(n);" : `import "${specifier}";`;
      expect(rulesOf({ [upper]: text })).toEqual(["core-package"]);
    },
  );

  test("refuses a triple-slash reference in the core", () => {
    expect(rulesOf({ [upper]: '/// <reference types="node" />\nexport {};' })).toEqual(["core-package"]);
  });

  test("refuses a source file that imports the package by its public name", () => {
    expect(rulesOf({ "http/node.ts": 'import "@mailtrixy/sms/core";' })).toEqual(["own-name"]);
  });

  test("refuses an import that leads nowhere, so that no edge goes unseen", () => {
    expect(rulesOf({ "http/node.ts": 'import "./missing";' })).toEqual(["unresolved"]);
    expect(rulesOf({ "http/node.ts": 'import "./express.js";', "http/express.ts": "" })).toEqual([
      "unresolved",
    ]);
  });

  test("refuses Node modules in what the root loads, but not behind an entry of their own", () => {
    const files = {
      "index.ts": 'export { a } from "./create-sms";\nexport type { T } from "./http/node";',
      "create-sms.ts": 'export const a = () => import("./flows/later");',
      "flows/later.ts": 'import "node:fs";',
      "http/node.ts": 'import "node:http";\nexport type T = 1;',
    };
    expect(rulesOf(files)).toEqual([]);
    expect(rulesOf({ ...files, "create-sms.ts": 'import "./flows/later";\nexport const a = 1;' })).toEqual([
      "node-on-load",
    ]);
  });

  test.each(["utils.ts", "core/extra/x.ts", "helpers/x.ts", "index/x.ts", "core.ts"])(
    "has no place for %s",
    (path) => {
      expect(rowOf(path)).toBeNull();
      expect(rulesOf({ [path]: "" })).toEqual(["unknown-row"]);
    },
  );
});

describe("the check of the core's purity", () => {
  test.each([
    ["Date.now()", "Date.now"],
    ['Date["now"]()', "Date.now"],
    ["const now = Date.now; now()", "Date.now"],
    ["new Date()", "new Date()"],
    ["new Date", "new Date()"],
    ["Date()", "Date()"],
    ["Math.random()", "Math.random"],
    ["Math[name]()", "Math.[computed]"],
    ["process.env", "process.env"],
    ["globalThis.process?.env", "globalThis.process"],
    ['globalThis["fetch"]("/")', "globalThis.fetch"],
    ["const { process } = globalThis;", "globalThis"],
    ["setTimeout(f, 1)", "setTimeout"],
    ["const later = { setTimeout }", "setTimeout"],
    ['fetch("/")', "fetch"],
    ["run(fetch)", "fetch"],
    ["crypto.randomUUID()", "crypto.randomUUID"],
    ["crypto.getRandomValues(a)", "crypto.getRandomValues"],
    ["performance.now()", "performance.now"],
    ["console.log(1)", "console.log"],
    ["import.meta.url", "import.meta"],
    ["const f = (at = Date.now()) => at", "Date.now"],
    ["f(`${Date.now()}`)", "Date.now"],
  ])("finds %s", (text, name) => {
    expect(impuritiesOf(text)).toEqual([`line 1: ${name}`]);
  });

  test.each([
    "new Date(0)",
    "Date.UTC(2026, 0)",
    "Math.max(1, 2)",
    "interface Runtime { readonly fetch: typeof fetch; setTimeout(f: () => void): void }",
    "const f = (process: string) => process.length",
    "event.process.env",
    "const x = { fetch: 1, performance: 2 }",
    "const { fetch: call } = runtime; call()",
    'const text = "Date.now()"; // Date.now()',
  ])("accepts %s", (text) => {
    expect(impuritiesOf(text)).toEqual([]);
  });

  test("covers the core alone", () => {
    expect(checkCorePurity(tree({ "flows/send.ts": "Date.now()" }), [])).toEqual([]);
  });

  test("lets a listed exception pass in its file, under its name, and nowhere else", () => {
    const exception = { file: "core/webhook/hash.ts", name: "globalThis.crypto", reason: "hashing" };
    const files = tree({
      "core/webhook/hash.ts": "globalThis.crypto.subtle; globalThis.process;",
      "core/webhook/url.ts": "globalThis.crypto.subtle;",
    });
    expect(checkCorePurity(files, [exception])).toEqual([
      { rule: "impure", file: "core/webhook/hash.ts", detail: "line 1: globalThis.process" },
      { rule: "impure", file: "core/webhook/url.ts", detail: "line 1: globalThis.crypto" },
    ]);
  });

  test("refuses an exception that nothing uses any more", () => {
    const exception = { file: "core/webhook/hash.ts", name: "globalThis.crypto", reason: "hashing" };
    expect(checkCorePurity(tree({ "core/webhook/hash.ts": "" }), [exception])).toEqual([
      { rule: "stale-exception", file: "core/webhook/hash.ts", detail: "globalThis.crypto" },
    ]);
  });
});

describe("the check of the ports", () => {
  test.each([
    "export const lists = [];",
    "export function f(): void {}",
    'import "./storage";',
    'import { type A } from "./storage";',
    'export * from "./storage";',
    "export enum E { A }",
    "export class C {}",
  ])("refuses %s", (text) => {
    expect(checkPortsEmitNothing(tree({ "ports/x.ts": text })).map(({ rule }) => rule)).toEqual([
      "port-emits",
    ]);
  });

  test.each([
    'import type { A } from "./storage";\nexport interface B extends A {}',
    'export type * from "./storage";',
    "export declare const brand: unique symbol;",
    "export {};",
  ])("accepts %s", (text) => {
    expect(checkPortsEmitNothing(tree({ "ports/x.ts": text }))).toEqual([]);
  });
});
