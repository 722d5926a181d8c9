import { setText } from "./element.js";

const EVENTS = [
  "message.received",
  "message.sent",
  "message.status",
  "conversation.created",
  "conversation.updated",
  "conversation.removed",
  "consent.changed",
  "draft.created",
  "draft.stale",
  "send.blocked",
];
const NAMES = { on: "Live", connecting: "Connecting", off: "Reconnecting" };

function showLive(kind) {
  const badge = document.getElementById("live");
  badge.dataset.live = kind;
  setText(badge, NAMES[kind]);
}

/**
 * Keeps the page live: the library's stream for the inbox, and the demo's own for the phone.
 * `refresh` and `refreshPhone` run on every connection, the first and each later one: what happened in between was not told.
 * Where there is no phone, `refreshPhone` is null.
 */
export function goLive({ apply, refresh, phoneChanged, refreshPhone }) {
  let streams = [];

  function connect() {
    showLive("connecting");
    const inbox = new EventSource("/api/stream");
    inbox.addEventListener("open", () => {
      showLive("on");
      refresh();
    });
    inbox.addEventListener("error", () => showLive("off"));
    for (const name of EVENTS) inbox.addEventListener(name, (event) => apply(name, JSON.parse(event.data)));
    streams = [inbox];
    if (refreshPhone === null) return;
    const phone = new EventSource("/api/phone/stream");
    phone.addEventListener("open", () => refreshPhone());
    phone.addEventListener("phone", (event) => phoneChanged(JSON.parse(event.data).number));
    streams = [inbox, phone];
  }

  // A browser keeps six connections per host; a hidden tab gives its two back, so that many tabs can be open.
  document.addEventListener("visibilitychange", () => {
    for (const stream of streams) stream.close();
    streams = [];
    if (document.visibilityState === "visible") connect();
  });
  connect();
}
