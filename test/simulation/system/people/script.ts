import type { Fleet } from "../fleet";
import type { World } from "../world";
import { deskCall } from "./desk";
import type { DeskKind } from "./desk";
import type { Call } from "./host-calls";
import type { Phones, TextKind } from "./phones";
import type { Ours } from "./setup";

type Action =
  | { readonly kind: "text"; readonly text: TextKind }
  | { readonly kind: "desk"; readonly desk: DeskKind }
  | { readonly kind: "block" }
  | { readonly kind: "deploy" };

/**
 * Who does what in a run, and when. Some of it is spread over the run; the rest happens around a few hot moments, to one contact
 * within milliseconds, which is when decisions meet.
 */
export function scheduleActions(
  world: World,
  parts: {
    readonly phones: Phones;
    readonly call: (call: Call) => void;
    readonly fleet: Fleet;
    readonly ours: Ours;
    readonly contacts: readonly string[];
  },
): void {
  const { plan, scheduler } = world;
  const chance = world.chance("people/script");
  let tokens = 0;
  let left = plan.actions;

  while (left > 0) {
    const contact = chance.pick(parts.contacts);
    const atMs = chance.whole(0, plan.durationMs);
    const isHot = chance.chance(0.35);
    const together = isHot ? chance.whole(2, 5) : 1;
    if (isHot && chance.chance(0.15)) waver(contact, atMs);
    for (let one = 0; one < together; one += 1) {
      const isStop = isHot && one === 0 && chance.chance(0.35);
      const action: Action = isStop ? { kind: "text", text: "stop" } : anyAction();
      const spreadMs = isHot ? chance.whole(0, chance.pick([0, 5, 50, 500])) : 0;
      scheduler.after(atMs + spreadMs, () => {
        perform(action, contact);
      });
    }
    left -= together;
  }

  // What is said just when Twilio goes away is answered late, if at all.
  for (const { fromMs } of plan.twilioAway) {
    scheduler.after(fromMs + chance.whole(-200, 2_000), () => {
      parts.phones.text(chance.pick(parts.contacts), "stop");
    });
  }

  /** Somebody who cannot decide. */
  function waver(contact: string, atMs: number): void {
    let sinceMs = 0;
    for (const text of ["stop", "start", "stop"] as const) {
      sinceMs += chance.whole(0, 4_000);
      scheduler.after(atMs + sinceMs, () => {
        parts.phones.text(contact, text);
      });
    }
  }

  function anyAction(): Action {
    const kind = chance.weighted({ text: 10, desk: 12, block: 0.3, deploy: 0.5 });
    switch (kind) {
      case "text": {
        const weights = {
          question: 8,
          stop: 1.5,
          start: 3,
          help: 0.7,
          "maybe-stop": 0.7,
          photo: 0.7,
          again: 0.7,
        };
        return { kind, text: chance.weighted<TextKind>(weights) };
      }
      case "desk": {
        const desk = chance.weighted<DeskKind>({
          send: 14,
          reply: 4,
          approve: 5,
          discard: 0.7,
          close: 0.7,
          mode: 0.7,
          "opt-out": 0.6,
          "opt-in": 0.9,
          read: 0.4,
        });
        return { kind, desk };
      }
      case "block":
      case "deploy":
        return { kind };
    }
  }

  function perform(action: Action, contact: string): void {
    switch (action.kind) {
      case "text":
        parts.phones.text(contact, action.text);
        return;
      case "block":
        parts.phones.blockSilently(contact);
        return;
      case "deploy":
        parts.fleet.redeploy(chance);
        return;
      case "desk": {
        tokens += 1;
        const { ours } = parts;
        const token = `a${tokens}`;
        const call = deskCall(action.desk, { contact, token, mirror: world.mirror, ours, chance });
        if (call === null) return;
        world.count(`calls ${action.desk}`);
        parts.call(call);
        if (action.desk === "approve" && chance.chance(0.3)) parts.call({ ...call, token: `${token}b` });
      }
    }
  }
}
