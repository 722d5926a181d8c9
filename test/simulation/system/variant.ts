/** One place of the source that a variant replaces. */
export interface Edit {
  /** From the root of the repository. */
  readonly file: string;
  /** Must be there exactly once, so that variants do not rot. */
  readonly find: string;
  readonly replace: string;
}

/** The library, broken on purpose in one way. */
export interface Variant {
  readonly name: string;
  /** What it breaks, in words. */
  readonly breaks: string;
  readonly edits: readonly Edit[];
  /** A seed that is known to catch it. */
  readonly caughtAt: number;
}

/** Makes an edit. */
export const edit = (file: string, find: string, replace: string): Edit => ({ file, find, replace });
