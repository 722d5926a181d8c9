import { el, icon } from "./element.js";

const TALLEST_PX = 180;

/** Makes a text field grow with its text. */
function fit(field) {
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight + 2, TALLEST_PX)}px`;
}

/**
 * A text field that grows: Enter sends, Shift+Enter makes a new line. While a text is being composed (Japanese, Chinese, …)
 * Enter belongs to the input method. `send(text)` resolves to whether the text was taken; if not, it stays in the field.
 */
export function createComposer({
  label,
  placeholder,
  sendLabel,
  before = null,
  maySendEmpty = () => false,
  send,
}) {
  const field = el("textarea", {
    class: "composer-field",
    rows: 1,
    placeholder,
    "aria-label": label,
    enterkeyhint: "send",
  });
  const button = el(
    "button",
    { type: "submit", class: "send", "aria-label": sendLabel, title: `${sendLabel} (Enter)` },
    icon("send"),
  );
  let busy = false;

  async function submit() {
    const text = field.value;
    if (busy || (text.trim() === "" && !maySendEmpty())) return;
    busy = true;
    button.setAttribute("aria-busy", "true");
    try {
      const isTaken = await send(text);
      if (isTaken && field.value === text) {
        field.value = "";
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }
    } finally {
      busy = false;
      button.removeAttribute("aria-busy");
    }
  }

  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void submit();
  });
  field.addEventListener("input", () => fit(field));
  const element = el(
    "form",
    {
      class: "composer",
      onsubmit: (event) => {
        event.preventDefault();
        void submit();
      },
    },
    before,
    field,
    button,
  );
  return { element, field, button };
}
