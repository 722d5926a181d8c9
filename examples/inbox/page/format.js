const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "short" });
const date = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const longDate = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });

const DAY_MS = 24 * 60 * 60 * 1000;

function daysAgo(moment) {
  const midnight = (when) => new Date(when.getFullYear(), when.getMonth(), when.getDate()).getTime();
  return Math.round((midnight(new Date()) - midnight(moment)) / DAY_MS);
}

/** The time of day: `2:32 PM`. */
export function timeOf(timestamp) {
  return clock.format(new Date(timestamp));
}

/** For a list: the time today, the weekday this week, else the date. */
export function shortMoment(timestamp) {
  const moment = new Date(timestamp);
  const days = daysAgo(moment);
  if (days <= 0) return clock.format(moment);
  return days < 7 ? weekday.format(moment) : date.format(moment);
}

/** Inside a sentence: `at 2:32 PM`, `yesterday at 2:32 PM`, `on Monday 23 November at 2:32 PM`. */
export function whenOf(timestamp) {
  const day = dayOf(timestamp);
  const time = `at ${timeOf(timestamp)}`;
  if (day === "Today") return time;
  return day === "Yesterday" ? `yesterday ${time}` : `on ${day} ${time}`;
}

/** For a line between two days of a thread. */
export function dayOf(timestamp) {
  const moment = new Date(timestamp);
  const days = daysAgo(moment);
  if (days <= 0) return "Today";
  return days === 1 ? "Yesterday" : longDate.format(moment);
}

/** A number as people read it: `+1 555-765-4321`; other countries as they come. */
export function readableNumber(address) {
  const parts = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(address);
  return parts === null ? address : `+1 ${parts[1]}-${parts[2]}-${parts[3]}`;
}

/** `1 segment`, `2 segments`. */
export function plural(count, noun) {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Two letters of a name, or the last two digits of a number. */
export function initialsOf(name) {
  const letters = name.match(/\p{L}+/gu)?.map((word) => [...word][0].toUpperCase()) ?? [];
  return letters.length > 0 ? letters.slice(0, 2).join("") : name.replace(/\D/g, "").slice(-2);
}

/** One of six calm colours, always the same for the same address. */
export function hueOf(address) {
  let sum = 0;
  for (const character of address) sum = (sum * 31 + character.codePointAt(0)) % 997;
  return sum % 6;
}
