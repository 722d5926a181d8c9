import type { Storage } from "../../ports/storage";

/** What a case runs on. */
export interface StorageCaseSetting {
  /** A storage that is empty and shares nothing with any other. */
  create(): Promise<Storage>;
  /** Closes a storage and opens another on the same records; absent where nothing is kept. */
  reopen?: ((storage: Storage) => Promise<Storage>) | undefined;
}

/** One rule that every storage keeps, as a test of it. */
export interface StorageCase {
  /** The rule, as a sentence. */
  readonly name: string;
  /** `reopening`: the case runs only where the setting has `reopen`. */
  readonly needs: "nothing" | "reopening";
  /** Resolves when the storage keeps the rule, else rejects with an error that says what was different. */
  run(setting: StorageCaseSetting): Promise<void>;
}

/** A case on a fresh storage, which is closed afterwards, come what may. */
export function onFresh(name: string, body: (storage: Storage) => Promise<void>): StorageCase {
  return {
    name,
    needs: "nothing",
    async run({ create }) {
      const storage = await create();
      try {
        await body(storage);
      } finally {
        await storage.close();
      }
    },
  };
}

/** Fails unless both are equal in every field at every depth. */
export function equal(actual: unknown, expected: unknown, what: string): void {
  const difference = differenceOf(actual, expected, "");
  if (difference !== null) throw new Error(`${what}: ${difference}`);
}

/** Fails unless the promise rejects; gives what it rejected with. */
export async function rejects(promise: Promise<unknown>, what: string): Promise<unknown> {
  let rejection: { readonly error: unknown } | null = null;
  try {
    await promise;
  } catch (error) {
    rejection = { error };
  }
  if (rejection === null) throw new Error(`${what}: expected it to reject, but it resolved`);
  return rejection.error;
}

function differenceOf(actual: unknown, expected: unknown, path: string): string | null {
  if (Object.is(actual, expected)) return null;
  if (!isObject(actual) || !isObject(expected) || Array.isArray(actual) !== Array.isArray(expected)) {
    return `${path === "" ? "the value" : path} is ${shown(actual)} instead of ${shown(expected)}`;
  }
  const keys = [...new Set([...Object.keys(expected), ...Object.keys(actual)])];
  for (const key of keys) {
    const inner = `${path}[${JSON.stringify(key)}]`;
    if (!Object.hasOwn(actual, key)) return `${inner} is missing`;
    if (!Object.hasOwn(expected, key)) return `${inner} should not be there`;
    const difference = differenceOf(Reflect.get(actual, key), Reflect.get(expected, key), inner);
    if (difference !== null) return difference;
  }
  return null;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function shown(value: unknown): string {
  const text =
    typeof value === "string"
      ? JSON.stringify(value)
      : isObject(value)
        ? JSON.stringify(value)
        : String(value);
  return text.length > 200 ? `${text.slice(0, 200)}… (${text.length} characters)` : text;
}
