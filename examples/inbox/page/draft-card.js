import { el, icon, setText } from "./element.js";
import { createSegmentMeter } from "./segment-meter.js";

/**
 * The answer that the assistant proposes, to edit, approve or discard. What a person has typed into it stays while the thread
 * is drawn again. `approve(draft, body)` and `discard(draft)` resolve when the server has answered.
 */
export function createDraftCard(draft, { approve, discard, announce }) {
  const field = el("textarea", { class: "draft-field", rows: 2, "aria-label": "Draft, can be edited" });
  field.value = draft.body;
  const meter = createSegmentMeter({ field, announce });
  const approveButton = el(
    "button",
    { type: "button", class: "button primary", onclick: () => run(approveIt) },
    "Approve & send",
  );
  const discardButton = el(
    "button",
    { type: "button", class: "button", onclick: () => run(() => discard(draft)) },
    "Discard",
  );
  const note = el("p", { class: "draft-note", role: "status", hidden: true });
  const element = el(
    "section",
    { class: "draft", "aria-label": "Draft by the assistant, waiting for approval" },
    el(
      "header",
      { class: "draft-head" },
      icon("spark"),
      el("strong", {}, "Draft"),
      el("span", {}, "waits for your approval"),
    ),
    field,
    meter.element,
    note,
    el(
      "div",
      { class: "draft-actions" },
      approveButton,
      discardButton,
      el("span", { class: "keys" }, "Ctrl+Enter approves"),
    ),
  );
  let isStale = false;
  let busy = false;

  const approveIt = () =>
    approve(draft, { body: field.value === draft.body ? null : field.value, evenIfStale: isStale });

  async function run(action) {
    if (busy) return;
    busy = true;
    element.setAttribute("aria-busy", "true");
    try {
      const warning = await action();
      note.hidden = warning === null;
      setText(note, warning ?? "");
    } finally {
      busy = false;
      element.removeAttribute("aria-busy");
    }
  }

  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    void run(approveIt);
  });
  void meter.measure();

  return {
    element,
    field,
    /** A newer message overtook the draft: it may still be sent, but only knowingly. */
    markStale() {
      isStale = true;
      element.dataset.stale = "true";
      note.hidden = false;
      setText(note, "A newer message arrived after this draft was written. Send it only if it still fits.");
      setText(approveButton, "Send anyway");
    },
  };
}
