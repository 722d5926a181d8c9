/** The name of errors that say how a storage broke a rule, as against errors that the storage itself threw. */
const RULE_BROKEN = "StorageRuleBroken";

/** An error that says how a storage broke a rule. */
export function ruleBroken(message: string): Error {
  const error = new Error(message);
  error.name = RULE_BROKEN;
  return error;
}

/** Whether the error says how a rule was broken; anything else was thrown by the storage. */
export function isRuleBroken(error: unknown): error is Error {
  return error instanceof Error && error.name === RULE_BROKEN;
}

/** Fails unless both are equal in every field at every depth. */
export function equal(actual: unknown, expected: unknown, what: string): void {
  const difference = differenceOf(actual, expected, "");
  if (difference !== null) throw ruleBroken(`${what}: ${difference}`);
}

/** Fails unless the promise rejects; gives what it rejected with. */
export async function rejects(promise: Promise<unknown>, what: string): Promise<unknown> {
  let rejection: { readonly error: unknown } | null = null;
  try {
    await promise;
  } catch (error) {
    rejection = { error };
  }
  if (rejection === null) throw ruleBroken(`${what}: expected it to reject, but it resolved`);
  return rejection.error;
}

/** Fails unless the promise settles in time: what waits for ever in a storage is a deadlock. */
export async function settlesWithin<T>(promise: Promise<T>, limitMs: number, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(ruleBroken(`${what}: expected an answer within ${limitMs} ms, but none came`));
    }, limitMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function differenceOf(actual: unknown, expected: unknown, path: string): string | null {
  if (Object.is(actual, expected)) return null;
  const at = path === "" ? "" : `at ${path} `;
  if (!isObject(actual) || !isObject(expected) || Array.isArray(actual) !== Array.isArray(expected)) {
    return `${at}expected ${shown(expected)}, came ${shown(actual)}${firstDifference(actual, expected)}`;
  }
  if (Array.isArray(actual) && Array.isArray(expected) && isFlat(expected) && isFlat(actual)) {
    const same =
      actual.length === expected.length && expected.every((item, index) => Object.is(item, actual[index]));
    return same ? null : `${at}expected ${shown(expected)}, came ${shown(actual)}`;
  }
  const keys = [...new Set([...Object.keys(expected), ...Object.keys(actual)])];
  for (const key of keys) {
    const inner = `${path}[${JSON.stringify(key)}]`;
    if (!Object.hasOwn(actual, key)) {
      return `at ${inner} expected ${shown(Reflect.get(expected, key))}, but it is missing`;
    }
    if (!Object.hasOwn(expected, key)) {
      return `at ${inner} expected nothing, came ${shown(Reflect.get(actual, key))}`;
    }
    const difference = differenceOf(Reflect.get(actual, key), Reflect.get(expected, key), inner);
    if (difference !== null) return difference;
  }
  return null;
}

/** Lists of plain values are shown whole: which id is missing says more than the first place that differs. */
function isFlat(values: readonly unknown[]): boolean {
  return values.every((value) => !isObject(value));
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function firstDifference(actual: unknown, expected: unknown): string {
  if (typeof actual !== "string" || typeof expected !== "string" || expected.length <= MAX_SHOWN) return "";
  const index = Array.from({ length: expected.length }, (_, at) => at).find(
    (at) => actual[at] !== expected[at],
  );
  return index === undefined ? "" : ` (they differ from character ${index} on)`;
}

const MAX_SHOWN = 300;

function shown(value: unknown): string {
  const text = isObject(value) || typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}… (${text.length} characters)` : text;
}
