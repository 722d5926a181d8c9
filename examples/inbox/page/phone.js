import { createComposer } from "./composer.js";
import { createKeyedList, el, icon, setText } from "./element.js";
import { initialsOf, readableNumber, timeOf } from "./format.js";
import { picturesOf } from "./message-list.js";
import { get, post } from "./server-calls.js";

const TRIES = ["When are you open?", "STOP", "START", "Do you deliver?", "Merci ! À bientôt 🥐"];

function createPhoneBubble(message, onSize) {
  const pictures = picturesOf(
    message.pictures.map((src) => ({ src })),
    onSize,
  );
  const text = message.body === "" ? null : el("p", { class: "bubble-text", dir: "auto" }, message.body);
  const element = el(
    "li",
    { class: "message", "data-direction": message.direction === "outgoing" ? "outbound" : "inbound" },
    el(
      "div",
      { class: "bubble" },
      el("span", { class: "hidden-label" }, message.direction === "outgoing" ? "You: " : ""),
      pictures,
      text,
    ),
    el("div", { class: "meta" }, el("time", { datetime: message.at }, timeOf(message.at))),
  );
  return { element, update: () => undefined };
}

function createCustomerPicker({ customers, choose, add }) {
  const select = el("select", { id: "customer", onchange: () => choose(select.value) });
  const number = el("input", {
    type: "tel",
    id: "new-number",
    required: true,
    pattern: "\\+[1-9][0-9]{6,14}",
    placeholder: "+15550001111",
    title: "A plus, the country code and the number: +15550001111",
    autocomplete: "off",
  });
  const form = el(
    "form",
    {
      class: "new-customer",
      hidden: true,
      onsubmit: (event) => {
        event.preventDefault();
        form.hidden = true;
        add(number.value);
        number.value = "";
        select.focus();
      },
    },
    el("label", { for: "new-number" }, "Their number"),
    number,
    el("button", { type: "submit", class: "button small primary" }, "Add"),
  );
  const toggle = el(
    "button",
    {
      type: "button",
      class: "button small icon-button",
      "aria-label": "Another customer",
      title: "Another customer",
      onclick: () => {
        form.hidden = !form.hidden;
        if (!form.hidden) number.focus();
      },
    },
    icon("plus"),
  );
  const show = (list, current) => {
    select.replaceChildren(
      ...list.map((one) =>
        el(
          "option",
          { value: one.number, selected: one.number === current },
          one.name ?? readableNumber(one.number),
        ),
      ),
    );
  };
  show(customers, customers[0].number);
  return {
    element: el(
      "div",
      { class: "picker" },
      el("label", { for: "customer" }, "Texting as"),
      select,
      toggle,
      form,
    ),
    show,
  };
}

function createScreen({ business }) {
  const clock = el("span", { class: "phone-clock" });
  const list = el("ol", { class: "messages" });
  const log = el(
    "div",
    { class: "phone-log", role: "log", tabindex: "0", "aria-label": "Messages on the phone" },
    list,
  );
  const tick = () => setText(clock, timeOf(new Date().toISOString()));
  tick();
  setInterval(tick, 10_000);
  const status = el(
    "div",
    { class: "phone-status", "aria-hidden": "true" },
    clock,
    el("span", { class: "phone-icons" }, icon("signal"), icon("battery")),
  );
  const head = el(
    "header",
    { class: "phone-head" },
    el("span", { class: "avatar", "data-hue": "4", "aria-hidden": "true" }, initialsOf(business.name)),
    el("strong", {}, business.name),
    el("span", { class: "muted" }, readableNumber(business.number)),
  );
  return { status, head, log, list };
}

/** What stands in the phone's place where Twilio, and the customers with it, are elsewhere. */
export function createNoPhone(container, { desk }) {
  const number = readableNumber(desk.business.number);
  const note = `Twilio is elsewhere, and so are the phones. Texts to ${number} arrive in the inbox.`;
  container.replaceChildren(el("p", { class: "empty" }, note));
  return { load: null, changed: () => undefined };
}

/** The phone at the left: what a customer sees, with real texts through the simulator. */
export function createPhone(container, { desk, showProblem }) {
  let customers = [...desk.customers];
  let current = customers[0].number;
  let isReachable = true;
  const { status, head, log, list } = createScreen({ business: desk.business });
  const keepAtEnd = () => {
    log.scrollTop = log.scrollHeight;
  };
  const show = createKeyedList(list, {
    keyOf: (message) => message.id,
    create: (message) => createPhoneBubble(message, keepAtEnd),
  });
  new ResizeObserver(keepAtEnd).observe(log);

  async function text(body, { photo = false } = {}) {
    try {
      await post("/api/phone/text", { number: current, body, photo });
      return true;
    } catch (error) {
      showProblem(error);
      return false;
    }
  }

  const photo = el(
    "button",
    {
      type: "button",
      class: "icon-button plain",
      "aria-label": "Send a picture",
      title: "Send a picture",
      onclick: () => void sendPhoto(),
    },
    icon("photo"),
  );
  const composer = createComposer({
    label: `Text ${desk.business.name} as the customer`,
    placeholder: "Text message",
    sendLabel: "Send text",
    before: photo,
    send: (body) => text(body),
  });
  async function sendPhoto() {
    const body = composer.field.value;
    if (await text(body, { photo: true })) {
      composer.field.value = "";
      composer.field.dispatchEvent(new Event("input"));
    }
  }
  const tries = el(
    "div",
    { class: "tries", role: "group", "aria-label": "Texts to try" },
    TRIES.map((one) => el("button", { type: "button", class: "try", onclick: () => void text(one) }, one)),
  );
  const reach = el("input", {
    type: "checkbox",
    role: "switch",
    onchange: () => void setReachable(reach.checked),
  });
  async function setReachable(wanted) {
    try {
      await post("/api/phone/reachable", { number: current, isReachable: wanted });
    } catch (error) {
      showProblem(error);
      reach.checked = !wanted;
    }
  }
  const picker = createCustomerPicker({
    customers,
    choose: (number) => void choose(number),
    add: (number) => {
      if (!customers.some((one) => one.number === number)) customers = [...customers, { number, name: null }];
      picker.show(customers, number);
      void choose(number);
    },
  });
  let loads = 0;
  async function load() {
    loads += 1;
    const mine = loads;
    try {
      const answer = await get(`/api/phone?number=${encodeURIComponent(current)}`);
      if (mine !== loads) return;
      show(answer.messages);
      isReachable = answer.isReachable;
      reach.checked = isReachable;
      device.classList.toggle("is-off", !isReachable);
      keepAtEnd();
    } catch (error) {
      showProblem(error);
    }
  }
  async function choose(number) {
    current = number;
    show([]);
    await load();
  }
  const device = el("div", { class: "device" }, status, head, log, tries, composer.element);
  container.replaceChildren(
    picker.element,
    device,
    el(
      "label",
      { class: "reach" },
      reach,
      el("span", {}, "Phone has signal"),
      el("span", { class: "muted" }, "switch off to see a text fail"),
    ),
  );
  return {
    load,
    /** Something happened on a phone. */
    changed(number) {
      if (number === current) void load();
    },
  };
}
