import { describe, expect, it } from "vitest";
import { inProcessBus } from "../../../src/adapters/events/in-process-bus";
import { SmsError } from "../../../src/core/model/errors";
import type { SmsEvent } from "../../../src/core/model/events";
import { settled } from "../../support/manual-runtime";

function event(word: string): SmsEvent {
  return { name: "error", data: { error: new SmsError("task_failed", word) } };
}

function wordOf(heard: SmsEvent): string {
  return heard.name === "error" ? heard.data.error.message : heard.name;
}

function noisyBus() {
  const failures: string[] = [];
  const bus = inProcessBus((cause, failed) => {
    failures.push(`${String(cause)} at ${wordOf(failed)}`);
  });
  return { bus, failures };
}

describe("the bus within a process", () => {
  it("tells every subscriber every event in order", () => {
    const { bus, failures } = noisyBus();
    const heard: string[] = [];
    bus.subscribe((one) => heard.push(`a:${wordOf(one)}`));
    bus.subscribe((one) => heard.push(`b:${wordOf(one)}`));
    bus.publish([event("1"), event("2")]);
    bus.publish([]);
    expect(heard).toEqual(["a:1", "b:1", "a:2", "b:2"]);
    expect(failures).toEqual([]);
  });

  it("tells nothing from before, and nothing to nobody", () => {
    const { bus } = noisyBus();
    bus.publish([event("0")]);
    const heard: string[] = [];
    bus.subscribe((one) => heard.push(wordOf(one)));
    bus.publish([event("1")]);
    expect(heard).toEqual(["1"]);
  });

  it("goes on after a listener that throws, and says which event it was", () => {
    const { bus, failures } = noisyBus();
    const heard: string[] = [];
    bus.subscribe(() => {
      throw new Error("broken");
    });
    bus.subscribe((one) => heard.push(wordOf(one)));
    bus.publish([event("1"), event("2")]);
    expect(heard).toEqual(["1", "2"]);
    expect(failures).toEqual(["Error: broken at 1", "Error: broken at 2"]);
  });

  it("hears of an asynchronous listener that fails", async () => {
    const { bus, failures } = noisyBus();
    const later = async (): Promise<void> => {
      await settled(1);
      throw new Error("broken later");
    };
    // Typed to answer nothing; many hosts give an async function all the same.
    const listener: () => unknown = later;
    bus.subscribe(listener);
    bus.publish([event("1")]);
    expect(failures).toEqual([]);
    await expect.poll(() => failures).toEqual(["Error: broken later at 1"]);
  });

  it("ends each subscription by itself, also of one listener that subscribed twice", () => {
    const { bus } = noisyBus();
    const heard: string[] = [];
    const listener = (one: SmsEvent): void => {
      heard.push(wordOf(one));
    };
    const ends = [bus.subscribe(listener), bus.subscribe(listener)];
    ends[0]?.();
    ends[0]?.();
    bus.publish([event("1")]);
    ends[1]?.();
    bus.publish([event("2")]);
    expect(heard).toEqual(["1"]);
  });

  it("tells nothing more to a listener that another one has ended, within the same event", () => {
    const { bus } = noisyBus();
    const heard: string[] = [];
    bus.subscribe(() => {
      end();
    });
    const end = bus.subscribe((one) => heard.push(wordOf(one)));
    bus.publish([event("1"), event("2")]);
    expect(heard).toEqual([]);
  });
});
