/** Waits: the pace of the load, and the moment of a kill. Nothing is concluded from the time that has passed. */
export async function pause(delayMs: number): Promise<void> {
  await new Promise<void>((resolve) => {
    setTimeout(resolve, delayMs);
  });
}
