import { createComposer } from "./composer.js";
import { avatar } from "./conversation-list.js";
import { createDraftCard } from "./draft-card.js";
import { el, icon, setText } from "./element.js";
import { readableNumber, whenOf } from "./format.js";
import { createMessageList } from "./message-list.js";
import { createSegmentMeter } from "./segment-meter.js";

const MODES = [
  ["off", "Off", "The assistant is silent"],
  ["draft", "Draft", "The assistant proposes, you approve"],
  ["auto", "Auto", "The assistant answers by itself"],
];

const CONSENT_NAMES = { "opted-in": "Opted in", "opted-out": "Opted out" };

/** What is shown while no conversation is open. */
export function showNoThread(container) {
  container.replaceChildren(
    el(
      "div",
      { class: "nothing" },
      icon("chat"),
      el("p", {}, "Choose a conversation"),
      el("p", { class: "muted" }, "Or text from the phone: it appears here by itself."),
    ),
  );
}

function createModes(id, choose) {
  const radios = MODES.map(([value, label, hint]) => {
    const input = el("input", { type: "radio", name: `mode-${id}`, value, onchange: () => choose(value) });
    return { input, element: el("label", { title: hint }, input, el("span", {}, label)) };
  });
  return {
    element: el(
      "fieldset",
      { class: "choice modes" },
      el("legend", {}, "Assistant"),
      radios.map((radio) => radio.element),
    ),
    update(mode) {
      for (const { input } of radios) input.checked = input.value === mode;
    },
  };
}

function createHeader(conversation, { name, actions }) {
  const consent = el("span", { class: "flag" });
  const modes = createModes(conversation.id, (mode) => actions.setMode(mode));
  const close = el("button", { type: "button", class: "button small" });
  let isOpen = true;
  close.addEventListener("click", () => actions.setOpen(!isOpen));
  const element = el(
    "header",
    { class: "thread-head" },
    el("a", { class: "back", href: "#/inbox", "aria-label": "Back to the list" }, icon("back")),
    avatar(name, conversation.contact),
    el(
      "div",
      { class: "who" },
      el("div", { class: "who-top" }, el("h2", { tabindex: "-1" }, name), consent),
      el(
        "p",
        { class: "who-line" },
        el("span", { class: "badge" }, conversation.channel.toUpperCase()),
        el("span", { class: "who-number" }, readableNumber(conversation.contact)),
      ),
    ),
    modes.element,
    close,
  );
  return {
    element,
    update({ conversation: now, consent: state }) {
      modes.update(now.assistantMode);
      isOpen = now.status === "open";
      setText(close, isOpen ? "Close" : "Reopen");
      // Nobody has said anything yet: most conversations, and nothing to see.
      consent.hidden = state.state === "unknown";
      setText(consent, CONSENT_NAMES[state.state] ?? "");
      consent.dataset.tone = state.state === "opted-out" ? "bad" : "good";
    },
  };
}

function createBanners({ name, actions }) {
  const since = el("span");
  const optedOut = el(
    "div",
    { class: "banner", "data-tone": "bad", role: "status", hidden: true },
    icon("bar"),
    el("p", {}, el("strong", {}, `${name} opted out`), since),
  );
  const attentionText = el("p");
  const optOut = el(
    "button",
    { type: "button", class: "button small", onclick: () => actions.optOut() },
    "Opt them out",
  );
  const attention = el(
    "div",
    { class: "banner", "data-tone": "warn", role: "status", hidden: true },
    icon("alert"),
    attentionText,
    optOut,
  );
  return {
    elements: [optedOut, attention],
    update({ conversation, consent }) {
      const isOut = consent.state === "opted-out";
      optedOut.hidden = !isOut;
      if (isOut) {
        const when = consent.since === null ? "" : ` ${whenOf(consent.since)}`;
        setText(since, `${when}. Nothing can be sent to them until they text START.`);
      }
      attention.hidden = conversation.attention === null || isOut;
      optOut.hidden = conversation.attention !== "maybe-stop";
      setText(
        attentionText,
        conversation.attention === "maybe-stop"
          ? "This may be a wish to stop. Read it, then opt them out or answer."
          : "The assistant hands over: this one needs a person.",
      );
    },
  };
}

/** Cards of the drafts that wait. An edited draft stays on screen when it goes stale: what was typed is not lost. */
function createDrafts({ actions, announce, onSize }) {
  const element = el("div", { class: "drafts" });
  const cards = new Map();
  const drop = (id) => {
    cards.get(id)?.element.remove();
    cards.delete(id);
  };
  return {
    element,
    update(drafts) {
      const known = new Map(drafts.map((draft) => [draft.id, draft]));
      for (const [id, card] of cards) {
        const status = known.get(id)?.status ?? "discarded";
        const isEdited =
          card.field.value !== card.draft.body || card.element.contains(document.activeElement);
        if (status === "stale" && isEdited) card.markStale();
        else if (status !== "proposed") drop(id);
      }
      for (const draft of drafts) {
        if (draft.status !== "proposed" || cards.has(draft.id)) continue;
        const card = createDraftCard(draft, { announce, approve: actions.approve, discard: actions.discard });
        cards.set(draft.id, { ...card, draft });
        element.append(card.element);
      }
      onSize();
    },
  };
}

/**
 * One open conversation. `actions` are what a person can do in it; each resolves to a warning to show, or null.
 * `show` may be called as often as anything changed: it moves what differs and leaves the rest alone.
 */
export function openThread(container, { conversation, name, actions, announce, text }) {
  const scroller = el("div", {
    class: "thread-log",
    tabindex: "0",
    role: "log",
    "aria-label": `Messages with ${name}`,
  });
  const list = el("ol", { class: "messages" });
  const older = el(
    "button",
    {
      type: "button",
      class: "button small older",
      hidden: true,
      onclick: () => actions.loadOlder(olderCursor),
    },
    "Show earlier messages",
  );
  const messageList = createMessageList({ scroller, list });
  const header = createHeader(conversation, { name, actions });
  const banners = createBanners({ name, actions });
  const drafts = createDrafts({ actions, announce, onSize: messageList.keepAtEnd });
  const notice = el("p", { class: "notice", role: "alert" });
  let key = crypto.randomUUID();
  let olderCursor = null;
  let wasOut = false;
  const warn = (warning) => {
    notice.replaceChildren(...(warning === null ? [] : [icon("bar"), el("span", {}, warning)]));
  };
  const composer = createComposer({
    label: `Message to ${name}`,
    placeholder: "Write a text",
    sendLabel: "Send",
    send: async (body) => {
      const warning = await actions.reply({ body, idempotencyKey: key });
      warn(warning);
      return warning === null;
    },
  });
  composer.field.value = text;
  composer.field.addEventListener("input", () => {
    // A key belongs to one text: sending the same text again after a lost answer is the same message, another text is another one.
    key = crypto.randomUUID();
    warn(null);
    actions.keepText(composer.field.value);
  });
  const meter = createSegmentMeter({ field: composer.field, announce });
  scroller.append(older, list, drafts.element);
  const foot = el("footer", { class: "thread-foot" }, notice, composer.element, meter.element);
  container.replaceChildren(header.element, ...banners.elements, scroller, foot);
  if (text !== "") void meter.measure();

  return {
    id: conversation.id,
    focus: () => composer.field.focus(),
    focusHeading: () => header.element.querySelector("h2").focus(),
    show(state, { keepPlace = false } = {}) {
      header.update(state);
      banners.update(state);
      const isOut = state.consent.state === "opted-out";
      if (wasOut && !isOut) warn(null);
      wasOut = isOut;
      foot.classList.toggle("is-blocked", isOut);
      composer.button.setAttribute("aria-disabled", String(isOut));
      composer.field.placeholder = isOut ? "Opted out: nothing will be sent" : "Write a text";
      olderCursor = state.olderCursor;
      older.hidden = olderCursor === null;
      if (keepPlace) messageList.showKeepingPlace(state.messages);
      else messageList.show(state.messages);
      drafts.update(state.drafts);
    },
  };
}
