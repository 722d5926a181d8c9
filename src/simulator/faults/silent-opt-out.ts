import type { World } from "../world";

/**
 * Puts somebody on Twilio's opt-out list as if they had texted STOP, without a text, a confirmation or a webhook.
 * @throws TypeError when `ours` is not a number of the simulator.
 */
export function optOutSilently(world: World, ours: string, person: string): void {
  if (world.directory.sender(ours) === null) throw new TypeError("There is no such number to opt out of.");
  world.optOuts.block(ours, world.directory.serviceOf(ours), person);
}
