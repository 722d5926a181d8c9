import { SmsError } from "../../../core/model/errors";

/** A storage from its first verb to its end. */
export interface Lifetime {
  /** Runs a verb, which closing waits for. `doing` is for the error. Rejects with `storage_failed` once the storage is closed. */
  run<T>(doing: string, verb: () => Promise<T>): Promise<T>;
  /** Lets no further verb begin, waits for those that run, then gives back what is held: once, however often it is called. */
  close(release: () => Promise<void>): Promise<void>;
}

/** Makes a lifetime; `failed` turns what a verb met into the error for the caller. */
export function storageLifetime(failed: (doing: string, cause: unknown) => SmsError): Lifetime {
  const inFlight = new Set<Promise<unknown>>();
  // Drivers disagree about closing twice: node:sqlite and the pools of pg throw.
  let closing: Promise<void> | null = null;

  return {
    async run(doing, verb) {
      if (closing !== null) {
        throw new SmsError("storage_failed", "The storage was closed; make a new one.");
      }
      const running = verb();
      inFlight.add(running);
      try {
        return await running;
      } catch (error) {
        throw failed(doing, error);
      } finally {
        inFlight.delete(running);
      }
    },
    close(release) {
      closing ??= Promise.allSettled(inFlight).then(release);
      return closing;
    },
  };
}
