import { createKeyedList, el, setText } from "./element.js";
import { hueOf, initialsOf, plural, readableNumber, shortMoment } from "./format.js";

/** A coloured disc with initials. */
export function avatar(name, address) {
  return el("span", { class: "avatar", "data-hue": hueOf(address), "aria-hidden": "true" }, initialsOf(name));
}

function createRow(conversation, nameOf) {
  const name = nameOf(conversation.contact);
  const when = el("time", { class: "row-when" });
  const preview = el("span", { class: "row-preview", dir: "auto" });
  const unread = el("span", { class: "count" });
  const flag = el("span", { class: "flag" });
  const link = el(
    "a",
    { class: "row", href: `#/c/${conversation.id}` },
    avatar(name, conversation.contact),
    el(
      "span",
      { class: "row-text" },
      el("span", { class: "row-top" }, el("span", { class: "row-name" }, name), when),
      el("span", { class: "row-bottom" }, preview, unread),
      el(
        "span",
        { class: "row-tags" },
        el("span", { class: "badge" }, conversation.channel.toUpperCase()),
        flag,
      ),
    ),
  );
  const element = el("li", {}, link);
  return {
    element,
    update({ conversation: now, isOpen }) {
      setText(when, shortMoment(now.lastMessageAt));
      when.setAttribute("datetime", now.lastMessageAt);
      setText(preview, now.preview === "" ? "No text" : now.preview);
      unread.hidden = now.unreadCount === 0;
      setText(unread, String(now.unreadCount));
      unread.setAttribute("aria-label", `${now.unreadCount} unread`);
      link.classList.toggle("is-unread", now.unreadCount > 0);
      if (isOpen) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
      const [text, tone] = flagOf(now);
      flag.hidden = text === "";
      flag.dataset.tone = tone;
      setText(flag, text);
      link.setAttribute(
        "aria-label",
        [
          `${name}, ${conversation.channel.toUpperCase()}`,
          now.unreadCount > 0 ? plural(now.unreadCount, "unread message") : null,
          text === "" ? null : text,
          now.preview,
          readableNumber(now.contact),
        ]
          .filter((part) => part !== null)
          .join(", "),
      );
    },
  };
}

function flagOf(conversation) {
  if (conversation.attention === "maybe-stop") return ["May want to stop", "bad"];
  if (conversation.attention === "handoff") return ["Needs a person", "warn"];
  if (conversation.waitingDraftId !== null) return ["Draft waiting", "accent"];
  return ["", "accent"];
}

/** The list at the left of the inbox. Arrow keys walk through it, Home and End jump. */
export function createConversationList({ list, empty, nameOf }) {
  const show = createKeyedList(list, {
    keyOf: (item) => item.conversation.id,
    create: (item) => createRow(item.conversation, nameOf),
  });
  list.addEventListener("keydown", (event) => {
    const links = [...list.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[event.key];
    if (to === undefined || links[to] === undefined) return;
    event.preventDefault();
    links[to].focus();
  });
  return {
    /** Shows conversations, newest activity first. */
    show({ conversations, openId, filter }) {
      show(conversations.map((conversation) => ({ conversation, isOpen: conversation.id === openId })));
      empty.hidden = conversations.length > 0;
      setText(
        empty,
        filter === "open" ? "No conversations yet. Text from the phone to start one." : "Nothing is closed.",
      );
    },
  };
}
