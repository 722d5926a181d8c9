/** Time, chance and hashing, given from outside so that tests and simulations own them. */
export interface Runtime {
  /** Milliseconds since 1970. */
  now(): number;
  /**
   * Runs `run` once after `delayMs`; the answer cancels it. Somebody waits for an `awaited` timer (the default); an `idle` one
   * does not keep the process alive.
   */
  setTimer(delayMs: number, run: () => void, kind?: "awaited" | "idle"): () => void;
  /** A number in [0, 1). */
  random(): number;
  /** 32 hexadecimal digits that nobody else gets. */
  newId(): string;
  /** The first 32 hexadecimal digits of the SHA-256 of a text. */
  hash(text: string): Promise<string>;
}

/** Where the library writes what an operator should see; pino and console both fit. */
export interface Logger {
  /** For whoever looks for a fault. */
  debug(fields: Readonly<Record<string, unknown>>, message: string): void;
  /** Worth knowing, nothing to do. */
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  /** Something was refused or failed and will be tried again. */
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  /** Somebody should look. */
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}
