import { describe, expect, it } from "vitest";

/** Something to test on that is not installed with the rest. */
export interface Optional {
  readonly name: string;
  readonly isThere: boolean;
  /** The folder whose install brings it. */
  readonly folder: string;
}

/**
 * Declares tests that need what has an install of its own. Where it is absent, they are left out with a line that says so, and in
 * continuous integration that is a failure.
 */
export function describeWhere({ name, isThere, folder }: Optional, body: () => void): void {
  describe(`${name}`, () => {
    if (isThere) {
      body();
      return;
    }
    const missing = `${name} is not tested here. To test it, run: npm ci --prefix ${folder}`;
    process.stderr.write(`\n${missing}\n`);
    it(`${missing}`, () => {
      expect(process.env["CI"]).toBe(undefined);
    });
  });
}

/** The same for a database server of this folder. */
export function describeOn(database: string, isThere: boolean, body: () => void): void {
  describeWhere({ name: database, isThere, folder: "test/databases" }, body);
}
