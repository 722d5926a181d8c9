import type { Sms } from "../../../../src/create-sms";
import { isSmsError } from "../../../../src/core/model/errors";
import type { SendOutcome } from "../../../../src/core/model/send-outcome";
import type { HostCall } from "../facts";
import type { Fleet } from "../fleet";
import { callInto } from "../processes";
import type { World } from "../world";

/** A call of the host's application into the library. */
export interface Call {
  readonly token: string;
  /** Makes it repeatable; null where the host gave none, and then it is never repeated. */
  readonly key: string | null;
  readonly contact: string;
  readonly what: string;
  readonly make: (sms: Sms) => Promise<unknown>;
}

const PATIENCE_MS = 30_000;
const MOST_TRIES = 5;

/**
 * Makes calls as a careful host does: one with an idempotency key is repeated, in whatever process, until it has an answer. The
 * answer to an earlier try may still come.
 */
export function createCaller(world: World, fleet: Fleet): (call: Call) => void {
  const { scheduler } = world;
  const chance = world.chance("people/calls");

  return (call) => {
    const record: HostCall = { token: call.token, key: call.key, contact: call.contact, answers: [] };
    world.calls.push(record);
    attempt(call, record, 1);
  };

  function attempt(call: Call, record: HostCall, tries: number): void {
    const host = fleet.anyHost(chance);
    let isOver = false;
    const again = (): void => {
      if (isOver) return;
      isOver = true;
      cancelPatience();
      if (call.key === null || tries >= MOST_TRIES) return;
      scheduler.after(chance.whole(50, 8_000), () => {
        world.count("calls repeated");
        attempt(call, record, tries + 1);
      });
    };
    const cancelPatience = scheduler.after(PATIENCE_MS, again);
    if (host === null) {
      again();
      return;
    }
    world.trace.add(`host calls ${call.what} ${call.token} for ${call.contact} in ${host.process.name}`);
    callInto(
      host.process,
      () => call.make(host.sms),
      (outcome) => {
        switch (outcome.kind) {
          case "crashed":
            again();
            return;
          case "error":
            world.trace.add(`host gets an error for ${call.token}: ${codeOf(outcome.error)}`);
            world.count(`call ${codeOf(outcome.error)}`);
            if (!isExpected(outcome.error)) {
              world.violate({
                invariant: "callsFailOnlyWithKnownErrors",
                about: [call.token, call.contact],
                text: `${call.what} rejected with ${String(outcome.error)}`,
              });
            }
            again();
            return;
          case "value":
            isOver = true;
            cancelPatience();
            noteAnswer(record, outcome.value);
        }
      },
    );
  }

  function noteAnswer(record: HostCall, value: unknown): void {
    const outcome = asSendOutcome(value);
    world.trace.add(`host has its answer for ${record.token}${outcome === null ? "" : `: ${outcome.kind}`}`);
    if (outcome === null) return;
    world.count(`call ${outcome.kind}`);
    if (outcome.kind === "queued") record.answers.push(outcome.parts.map(({ id }) => id));
    if (outcome.kind === "duplicate") record.answers.push([outcome.message.id]);
  }
}

function codeOf(error: unknown): string {
  return isSmsError(error) ? error.code : String(error);
}

/** What may go wrong while databases fail and processes collide. */
function isExpected(error: unknown): boolean {
  return isSmsError(error) && (error.code === "storage_failed" || error.code === "contention");
}

function asSendOutcome(value: unknown): SendOutcome | null {
  if (typeof value !== "object" || value === null || !("kind" in value)) return null;
  // Of the calls that are made here, those whose answers have a kind resolve to a SendOutcome.
  return value as SendOutcome;
}
