import { onTestFinished } from "vitest";
import { createSimulator } from "../../src/simulator";
import type { Simulator, SimulatorOptions } from "../../src/simulator";
import { manualClock } from "./manual-clock";
import type { ManualClock } from "./manual-clock";
import { officialClient } from "./official-client";
import { startHost } from "./receiving-host";
import type { ReceivingHost } from "./receiving-host";

export const ACCOUNT_SID = "AC0123456789abcdef0123456789abcdef";
export const AUTH_TOKEN = "f1e2d3c4b5a69788796a5b4c3d2e1f00";
export const SERVICE_SID = "MG0123456789abcdef0123456789abcdef";
export const OURS = "+15551234567";
export const PHONE = "+15557654321";

/** A simulator, a host that it calls, and time in the test's hands. */
export interface Rig {
  readonly simulator: Simulator;
  readonly host: ReceivingHost;
  readonly clock: ManualClock;
  readonly client: ReturnType<typeof officialClient>;
  /** Lets as many status steps pass as a message takes at most, and the webhooks of each. */
  settle(): Promise<void>;
}

const MOST_STEPS = 4;

/** Starts all of it, and stops it after the test. */
export async function startRig(options: (hostUrl: string) => SimulatorOptions = () => ({})): Promise<Rig> {
  const clock = manualClock();
  const host = await startHost(AUTH_TOKEN);
  const simulator = createSimulator({
    now: clock.now,
    setTimer: clock.setTimer,
    seed: "rig",
    ...options(host.url),
  });
  await simulator.start();
  onTestFinished(async () => {
    await simulator.stop();
    await host.close();
  });
  return {
    simulator,
    host,
    clock,
    client: officialClient(simulator.url, ACCOUNT_SID, AUTH_TOKEN),
    settle: async () => {
      for (let step = 0; step < MOST_STEPS; step += 1) {
        clock.advance(300);
        await simulator.idle();
      }
    },
  };
}

/** A number whose texts go to the host. */
export function numberAt(hostUrl: string): SimulatorOptions {
  return { numbers: [{ phoneNumber: OURS, smsUrl: `${hostUrl}/sms` }] };
}
