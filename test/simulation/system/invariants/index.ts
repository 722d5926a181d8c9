import type { Watch } from "../facts";
import type { TwilioStore } from "../twilio/messages";
import type { World } from "../world";
import { carrierOptOutsCount } from "./carrier-opt-outs-count";
import { eventsTellTheTruth } from "./events-tell-the-truth";
import { everythingOnce } from "./everything-once";
import { inboundIsStored } from "./inbound-is-stored";
import { ledgerIsAChain } from "./ledger-is-a-chain";
import { noWorkIsLeft } from "./no-work-is-left";
import { nobodyTextedAfterStop } from "./nobody-texted-after-stop";
import { sentExactlyOnce } from "./sent-exactly-once";
import { statusNeverGoesBack } from "./status-never-goes-back";
import { threadsAreCounted } from "./threads-are-counted";

/** Every promise that is watched in every run. */
export function allWatches(world: World, store: TwilioStore): readonly Watch[] {
  return [
    inboundIsStored(world),
    everythingOnce(world),
    nobodyTextedAfterStop(world),
    sentExactlyOnce(world, store),
    statusNeverGoesBack(world),
    ledgerIsAChain(world),
    eventsTellTheTruth(world),
    threadsAreCounted(world),
    carrierOptOutsCount(world),
    noWorkIsLeft(world),
  ];
}
