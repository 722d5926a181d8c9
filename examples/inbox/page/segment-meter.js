import { el, setText } from "./element.js";
import { plural } from "./format.js";
import { post } from "./server-calls.js";

const DEBOUNCE_MS = 80;
const ANNOUNCE_MS = 1200;
const NAMED_CHARACTERS = 3;
const SHOWN_SEGMENTS = 10;

/** How a character is shown where it would not be seen: by its number. */
function showCharacter(character) {
  const visible = /^[\p{L}\p{N}\p{P}\p{S}\p{Extended_Pictographic}][\p{M}\uFE0F\u200D]*$/u.test(character);
  return visible ? character : `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}

function distinct(offending) {
  return [...new Map(offending.map((one) => [one.character, one])).values()];
}

/** Writes the replacements into a body, last first so that the indexes stay right. */
function replaceAll(body, offending) {
  return offending.toReversed().reduce((text, { index, character, replacement }) => {
    if (replacement === undefined) return text;
    return text.slice(0, index) + replacement + text.slice(index + character.length);
  }, body);
}

/**
 * The live meter under a text field: how many segments the text fills, in which encoding, and which characters force the dearer one.
 * The library's own `measureText` counts, on the server. `field` is watched; `announce` reads changes out.
 */
export function createSegmentMeter({ field, announce }) {
  const bars = el("span", { class: "meter-bars", "aria-hidden": "true" });
  const count = el("span", { class: "meter-count" });
  const encoding = el("span", { class: "chip" });
  const cause = el("p", { class: "meter-cause", hidden: true });
  const element = el(
    "div",
    { class: "meter", role: "group", "aria-label": "SMS segments" },
    el("div", { class: "meter-line" }, bars, count, encoding),
    cause,
  );
  let pending = null;
  let measuring = null;
  let saying = null;
  let said = "1 GSM-7";

  function showBars({ segments, units, unitsPerSegment, remaining }) {
    const shown = Math.min(Math.max(segments, 1), SHOWN_SEGMENTS);
    while (bars.children.length > shown) bars.lastChild.remove();
    while (bars.children.length < shown) bars.append(el("i", {}, el("b")));
    const lastFill = units === 0 ? 0 : (unitsPerSegment - remaining) / unitsPerSegment;
    [...bars.children].forEach((bar, index) => {
      const isLast = index === shown - 1 && segments <= SHOWN_SEGMENTS;
      bar.firstChild.style.width = `${Math.round((isLast ? lastFill : 1) * 100)}%`;
    });
  }

  function showCause(measure) {
    cause.hidden = measure.offending.length === 0;
    if (cause.hidden) return;
    const characters = distinct(measure.offending);
    const named = characters.slice(0, NAMED_CHARACTERS);
    const more = characters.length - named.length;
    const replaceable = measure.offending.some((one) => one.replacement !== undefined);
    cause.replaceChildren(
      ...named.flatMap((one, index) => [index > 0 ? " " : "", el("kbd", {}, showCharacter(one.character))]),
      more > 0 ? ` and ${more} more` : "",
      characters.length === 1 ? " forces UCS-2: " : " force UCS-2: ",
      `${measure.segments > 1 ? 67 : 70} characters per segment instead of ${measure.segments > 1 ? 153 : 160}.`,
      replaceable ? " " : "",
      replaceable
        ? el(
            "button",
            { type: "button", class: "link", onclick: () => replace(measure) },
            replaceLabel(characters),
          )
        : "",
    );
  }

  function replaceLabel(characters) {
    const [first] = characters;
    if (characters.length > 1) return "Use plain characters";
    return first.replacement === "" ? "Leave it out" : `Replace with ${first.replacement}`;
  }

  function replace(counted) {
    // The indexes belong to the text that was counted; if someone typed on, count again first.
    if (field.value !== counted.parts.join("")) return void measure();
    field.value = replaceAll(field.value, counted.offending);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  }

  function show(measure) {
    showBars(measure);
    element.dataset.encoding = measure.encoding;
    element.dataset.segments = String(measure.segments);
    setText(count, `${plural(measure.segments, "segment")} · ${measure.remaining} left`);
    setText(encoding, measure.encoding);
    showCause(measure);
    const now = `${measure.segments} ${measure.encoding}`;
    clearTimeout(saying);
    saying = setTimeout(() => {
      if (now === said || document.activeElement !== field) return;
      said = now;
      announce(`${plural(measure.segments, "segment")}, ${measure.encoding}`);
    }, ANNOUNCE_MS);
  }

  async function measure() {
    measuring?.abort();
    const mine = new AbortController();
    measuring = mine;
    try {
      show(await post("/api/measure", { body: field.value }, { signal: mine.signal }));
    } catch {
      // A newer keystroke took over, or the server is away: the connection badge says so, and the next keystroke measures again.
      if (!mine.signal.aborted) setText(count, "–");
    }
  }

  field.addEventListener("input", () => {
    clearTimeout(pending);
    pending = setTimeout(measure, DEBOUNCE_MS);
  });
  show({
    segments: 0,
    units: 0,
    unitsPerSegment: 160,
    remaining: 160,
    encoding: "GSM-7",
    offending: [],
    parts: [],
  });
  return { element, measure };
}
