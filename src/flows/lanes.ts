/** Runs work in its lane: after all that entered the lane before, whatever became of it. */
export type InLane = <T>(lane: string, work: () => Promise<T>) => Promise<T>;

/** Makes lanes. An idle lane takes no memory. */
export function createLanes(): InLane {
  const tails = new Map<string, Promise<void>>();
  return (lane, work) => {
    const before = tails.get(lane);
    const result = before === undefined ? work() : before.then(work);
    const tail: Promise<void> = result.then(leave, leave);
    tails.set(lane, tail);
    return result;

    function leave(): void {
      if (tails.get(lane) === tail) tails.delete(lane);
    }
  };
}
