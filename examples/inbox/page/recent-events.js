const MOST_KEPT = 2_000;

/**
 * Remembers what the live stream told. An answer of the server that was read before an event, and comes after it, would undo the
 * event: a conversation that has just begun would vanish again. So what came since a request began is taken in once more after it.
 */
export function createRecentEvents() {
  const kept = [];
  let count = 0;
  return {
    /** How many events there have been. */
    count: () => count,
    note(name, data) {
      count += 1;
      kept.push({ number: count, name, data });
      if (kept.length > MOST_KEPT) kept.shift();
    },
    /** Events after the first `before` ones, in order. */
    since: (before) => kept.filter(({ number }) => number > before),
  };
}
