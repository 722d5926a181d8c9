import { afterEach, describe, expect, it, vi } from "vitest";
import { createTimers, realClock } from "../../src/simulator/clock";
import { manualClock } from "./manual-clock";

afterEach(() => {
  vi.useRealTimers();
});

describe("the real clock", () => {
  const DAY_MS = 24 * 60 * 60 * 1000;

  it("waits 35 days for a timer of 35 days, though the platform's timers do not", () => {
    vi.useFakeTimers();
    let runs = 0;
    realClock.setTimer(35 * DAY_MS, () => (runs += 1));
    vi.advanceTimersByTime(35 * DAY_MS - 1);
    expect(runs).toBe(0);
    vi.advanceTimersByTime(1);
    expect(runs).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("cancels a timer in any part of its wait", () => {
    vi.useFakeTimers();
    let runs = 0;
    const cancel = realClock.setTimer(35 * DAY_MS, () => (runs += 1));
    vi.advanceTimersByTime(30 * DAY_MS);
    cancel();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(10 * DAY_MS);
    expect(runs).toBe(0);
  });
});

describe("timers", () => {
  it("are all gone after cancelAll, and only then", () => {
    const clock = manualClock();
    const timers = createTimers(clock);
    const ran: number[] = [];
    timers.after(1, () => ran.push(1));
    timers.after(2, () => ran.push(2));
    const cancel = timers.after(2, () => ran.push(3));
    cancel();
    clock.advance(1);
    timers.cancelAll();
    clock.advance(10);
    expect(ran).toStrictEqual([1]);
    expect(clock.pending()).toBe(0);
    timers.after(1, () => ran.push(4));
    clock.advance(1);
    expect(ran).toStrictEqual([1, 4]);
  });
});
