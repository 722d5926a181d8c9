import { createKeyedList, el, setText } from "./element.js";
import { dayOf, plural, timeOf } from "./format.js";
import { createTicks, nameOfStatus } from "./ticks.js";

/** How close to the end a reader must be for new messages to scroll into view. */
const NEAR_END_PX = 80;

function authorOf(message) {
  switch (message.author.kind) {
    case "assistant":
      return "Assistant";
    case "person":
      return "You";
    case "app":
      return "App";
    default:
      return null;
  }
}

/** The pictures of a message, by way of our own server: the originals need the account's credentials. */
export function picturesOf(media, onSize) {
  return media.map((item, index) => {
    const name = media.length > 1 ? `Picture ${index + 1}` : "Picture";
    const picture = el("img", { class: "picture", src: item.src, alt: name, width: 240, height: 180 });
    picture.addEventListener("load", onSize);
    picture.addEventListener("error", () => {
      picture.replaceWith(el("span", { class: "picture-gone" }, `${name} is no longer available`));
      onSize();
    });
    return picture;
  });
}

function bubbleOf(message, onSize) {
  const pictures = picturesOf(
    message.media.map((item) => ({ src: `/api/media?url=${encodeURIComponent(item.url)}` })),
    onSize,
  );
  const text = message.body === "" ? null : el("p", { class: "bubble-text", dir: "auto" }, message.body);
  return el("div", { class: "bubble" }, pictures, text);
}

function createMessage(message, onSize) {
  const day = el("p", { class: "day" });
  const author = authorOf(message);
  const facts = [
    author,
    message.segments > 1 ? plural(message.segments, "segment") : null,
    message.encoding === "UCS-2" ? "UCS-2" : null,
  ].filter((fact) => fact !== null);
  const status = el("span", { class: "status-word" });
  const ticks = message.direction === "outbound" ? createTicks() : null;
  const meta = el(
    "div",
    { class: "meta" },
    el("span", { class: "hidden-label" }, message.direction === "inbound" ? "Customer, " : ""),
    el("time", { datetime: message.createdAt }, timeOf(message.createdAt)),
    facts.map((fact) => el("span", { class: "fact" }, fact)),
    ticks === null ? null : status,
    ticks?.element,
  );
  const failure = el("p", { class: "failure", hidden: true });
  const element = el(
    "li",
    { class: "message", "data-direction": message.direction },
    day,
    bubbleOf(message, onSize),
    meta,
    failure,
  );
  return {
    element,
    update({ message: now, startsDay, isLast }) {
      day.hidden = !startsDay;
      setText(day, dayOf(now.createdAt));
      ticks?.update(now.status);
      element.dataset.status = now.status;
      // The ticks name the status already; the word is for the eye, on the last message only.
      status.hidden = !isLast;
      status.setAttribute("aria-hidden", "true");
      setText(status, nameOfStatus(now.status));
      failure.hidden = now.error === null;
      if (now.error === null) return;
      const code = now.error.code === null ? "" : ` (Twilio error ${now.error.code})`;
      setText(failure, `${sentence(now.error.title)}${code}. ${now.error.advice}`);
    },
  };
}

function sentence(text) {
  return text.replace(/\.$/, "");
}

/** The messages of one thread, oldest first, with a line where a day begins. Keeps to the end for a reader who is at the end. */
export function createMessageList({ scroller, list }) {
  let isAtEnd = true;
  const keepAtEnd = () => {
    if (isAtEnd) scroller.scrollTop = scroller.scrollHeight;
  };
  scroller.addEventListener("scroll", () => {
    isAtEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_END_PX;
  });
  new ResizeObserver(keepAtEnd).observe(scroller);
  const show = createKeyedList(list, {
    keyOf: (item) => item.message.id,
    create: (item) => createMessage(item.message, keepAtEnd),
  });
  return {
    keepAtEnd,
    show(messages) {
      const lastOutbound = messages.findLast((message) => message.direction === "outbound");
      show(
        messages.map((message, index) => ({
          message,
          startsDay: index === 0 || dayOf(messages[index - 1].createdAt) !== dayOf(message.createdAt),
          isLast: message === lastOutbound,
        })),
      );
      keepAtEnd();
    },
    /** Adds older messages at the top without moving what is being read. */
    showKeepingPlace(messages) {
      const before = scroller.scrollHeight - scroller.scrollTop;
      isAtEnd = false;
      this.show(messages);
      scroller.scrollTop = scroller.scrollHeight - before;
    },
  };
}
