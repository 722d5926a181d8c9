import type { ConsentState } from "../../../../src/core/consent/machine";
import type { Watch } from "../facts";
import type { World } from "../world";

/** The ledger is a chain: each entry begins where the one before ended, and the gate is where the last one ended. */
export function ledgerIsAChain(world: World): Watch {
  const invariant = "ledgerIsAChain";
  const last = new Map<string, ConsentState>();
  return {
    commit({ writes }) {
      for (const write of writes) {
        if (!("put" in write)) continue;
        if (write.kind === "consentEntry") {
          const { consentId, from, to, contact } = write.put;
          const before = last.get(consentId) ?? "unknown";
          if (before !== from) {
            const text = `${consentId} goes from ${from} to ${to}, but was ${before}`;
            world.violate({ invariant, about: [contact], text });
          }
          last.set(consentId, to);
        }
      }
      for (const write of writes) {
        if (write.kind !== "consent" || !("put" in write)) continue;
        const { id, state, contact } = write.put;
        const expected = last.get(id) ?? "unknown";
        if (state !== expected) {
          world.violate({
            invariant,
            about: [contact],
            text: `${id} is ${state}, the ledger says ${expected}`,
          });
        }
      }
    },
    end() {
      for (const { id, state, contact } of world.mirror.all("consent")) {
        const expected = last.get(id) ?? "unknown";
        if (state !== expected) {
          world.violate({
            invariant,
            about: [contact],
            text: `${id} ends ${state}, the ledger says ${expected}`,
          });
        }
      }
      for (const [id, state] of last) {
        if (world.mirror.consentOf(id)?.state !== state) {
          world.violate({
            invariant,
            about: [id.split(":")[1] ?? ""],
            text: `${id} has a ledger and no such gate`,
          });
        }
      }
    },
  };
}
