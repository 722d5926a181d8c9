/** Asks the server; rejects with an `Error` whose message is fit for people and whose `code` is the server's. */
async function call(path, init) {
  let response;
  try {
    response = await fetch(path, init);
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new Error("The server does not answer. Is it still running?", { cause });
  }
  const answer = await response.json().catch(() => null);
  if (response.ok && answer !== null) return answer;
  const error = new Error(answer?.error?.message ?? `The server answered ${response.status}.`);
  error.code = answer?.error?.code ?? null;
  throw error;
}

/** GET, answered as JSON. */
export function get(path, options = {}) {
  return call(path, { signal: options.signal ?? null, headers: { accept: "application/json" } });
}

/** POST of JSON, answered as JSON. The content type also keeps other sites' forms out. */
export function post(path, body = {}, options = {}) {
  return call(path, {
    method: "POST",
    signal: options.signal ?? null,
    headers: { accept: "application/json", "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}
