import { el, icon } from "./element.js";

/** What each status looks like and is called. A status that this table does not know is shown as unknown, never as good news. */
const LOOKS = {
  pending: { icon: "clock", tone: "quiet", name: "Waiting to be sent" },
  scheduled: { icon: "clock", tone: "quiet", name: "Scheduled" },
  accepted: { icon: "tick", tone: "quiet", name: "Accepted by Twilio" },
  queued: { icon: "tick", tone: "quiet", name: "Queued at Twilio" },
  sending: { icon: "tick", tone: "quiet", name: "Being sent" },
  sent: { icon: "tick", tone: "quiet", name: "Sent" },
  delivered: { icon: "two-ticks", tone: "quiet", name: "Delivered" },
  partially_delivered: { icon: "two-ticks", tone: "quiet", name: "Partly delivered" },
  read: { icon: "two-ticks", tone: "read", name: "Read" },
  undelivered: { icon: "alert", tone: "bad", name: "Not delivered" },
  failed: { icon: "alert", tone: "bad", name: "Failed" },
  canceled: { icon: "bar", tone: "bad", name: "Canceled" },
  blocked: { icon: "bar", tone: "bad", name: "Blocked, not sent" },
  unknown: { icon: "question", tone: "doubt", name: "Unknown whether Twilio has it" },
};

/** The name of a status for people. */
export function nameOfStatus(status) {
  return (LOOKS[status] ?? LOOKS.unknown).name;
}

/** The ticks of an outbound message, with their name for those who do not see them. */
export function createTicks() {
  const element = el("span", { class: "ticks", role: "img" });
  let shown = null;
  return {
    element,
    update(status) {
      if (status === shown) return;
      const look = LOOKS[status] ?? LOOKS.unknown;
      // The first look is not news; what comes after is, and moves.
      element.classList.toggle("moved", shown !== null);
      shown = status;
      element.dataset.tone = look.tone;
      element.dataset.status = status;
      element.setAttribute("aria-label", look.name);
      element.title = look.name;
      element.replaceChildren(icon(look.icon));
    },
  };
}
