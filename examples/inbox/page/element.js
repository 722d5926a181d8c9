// Everything on this page is built here. Text goes in as text nodes and attributes, never as markup,
// so a customer who texts HTML sees HTML come out as words.

/**
 * Builds an element. `attributes`: `on…` functions become listeners; null, undefined and false are left out; true is an empty value.
 * `children`: strings become text; null and false are left out.
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(
    ...children.flat().filter((child) => child !== null && child !== undefined && child !== false),
  );
  return element;
}

/** Sets the text of an element only where it differs, so that screen readers hear changes only. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Makes the children of `container` match `items`, keeping the elements of items that stay (with their focus, scroll and selection).
 * `create(item)` answers `{ element, update(item) }`.
 */
export function createKeyedList(container, { keyOf, create }) {
  const views = new Map();
  return function show(items) {
    const keys = new Set(items.map(keyOf));
    for (const [key, view] of views) {
      if (keys.has(key)) continue;
      view.element.remove();
      views.delete(key);
    }
    items.forEach((item, index) => {
      const key = keyOf(item);
      let view = views.get(key);
      if (view === undefined) {
        view = create(item);
        views.set(key, view);
      }
      view.update(item, index);
      const inPlace = container.children[index] ?? null;
      if (inPlace !== view.element) container.insertBefore(view.element, inPlace);
    });
  };
}

const SVG = "http://www.w3.org/2000/svg";

/** Icons as strokes in a box of 20 × 20; `fill:` marks a filled shape. */
const SHAPES = {
  clock: ["M10 3.2a6.8 6.8 0 1 0 0 13.6a6.8 6.8 0 1 0 0-13.6z", "M10 6.3V10l2.4 1.7"],
  tick: ["m5 10.6 3.5 3.5L15.5 6.5"],
  "two-ticks": ["m1.8 10.6 3.5 3.5L12.3 6.5", "m8.6 13 1.1 1.1L16.7 6.5"],
  question: ["M7.3 7.4a2.8 2.8 0 1 1 4 2.7c-.9.5-1.3 1-1.3 2", "M10 14.8v.1"],
  bar: ["M10 3.2a6.8 6.8 0 1 0 0 13.6a6.8 6.8 0 1 0 0-13.6z", "m5.3 5.3 9.4 9.4"],
  alert: ["M10 3.2a6.8 6.8 0 1 0 0 13.6a6.8 6.8 0 1 0 0-13.6z", "M10 6.4v4.3", "M10 13.3v.1"],
  back: ["M12 4.5 6.5 10l5.5 5.5"],
  send: ["M10 15.8V4.6", "M5.2 9.2 10 4.4l4.8 4.8"],
  photo: ["M3.5 5.5h13v9.5h-13z", "m4 13.5 3.6-3.7 2.9 2.9 2-2 3.5 3.3", "M12.9 8.1v.1"],
  plus: ["M10 4.5v11", "M4.5 10h11"],
  spark: ["M10 3.2l1.7 4.7 4.8 1.7-4.8 1.7L10 16l-1.7-4.7-4.8-1.7 4.8-1.7z"],
  signal: ["M4 14.5v-2", "M8 14.5V10", "M12 14.5V7.5", "M16 14.5V5"],
  battery: ["M2.5 7h13v6.5h-13z", "M17.5 9v2.5", "M4.8 9.2h7.5v2.1H4.8z"],
  chat: ["M4 4.5h12v8.5H9.2L6 16v-3H4z"],
};

/** Draws an icon. It is decoration: whoever uses it gives the name beside it. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  for (const shape of SHAPES[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", shape);
    svg.append(path);
  }
  return svg;
}
