import { createRecentEvents } from "./recent-events.js";
import { createActions } from "./actions.js";
import { createConversationList } from "./conversation-list.js";
import { setText } from "./element.js";
import { readableNumber } from "./format.js";
import { goLive } from "./live.js";
import { announce, attempt, showProblem } from "./notices.js";
import { createNoPhone, createPhone } from "./phone.js";
import { get } from "./server-calls.js";
import { openThread, showNoThread } from "./thread.js";
import { nameOfStatus } from "./ticks.js";

const FINAL = new Set(["delivered", "read", "undelivered", "failed", "blocked", "canceled", "unknown"]);
const STATUSES = ["open", "closed"];
/** How often a list is asked for again because something changed while it was on its way. */
const FRESH_ROUNDS = 5;

const byId = (id) => document.getElementById(id);
const withPointer = matchMedia("(hover: hover) and (pointer: fine)");

const desk = await get("/api/desk");
const names = new Map(desk.customers.map((customer) => [customer.number, customer.name]));
const nameOf = (number) => names.get(number) ?? readableNumber(number);

/** All that the page knows. What is on screen is drawn from this alone. */
const state = {
  conversations: new Map(),
  filter: "open",
  /** Where the next page of each list begins; null where all of it is here. */
  cursors: { open: null, closed: null },
  /** The open thread: `{ id, conversation, messages: Map, drafts, consent, olderCursor, view, actions }`, or null. */
  thread: null,
  /** What was typed into each conversation and not sent. */
  texts: new Map(),
  /** What the live stream told lately. */
  recent: createRecentEvents(),
};

/** Takes in again what the stream told since a request began. */
function replaySince(count) {
  for (const { name, data } of state.recent.since(count)) takeIn(name, data);
}

/** Asks until no live change came in between, so that an old answer never overwrites a newer event. */
async function getFresh(path) {
  for (let round = 1; ; round += 1) {
    const before = state.recent.count();
    const answer = await get(path);
    if (before === state.recent.count() || round === FRESH_ROUNDS) return answer;
  }
}

// ---- drawing -------------------------------------------------------------------------------------------------------

const list = createConversationList({
  list: byId("conversations"),
  empty: byId("conversations-empty"),
  nameOf,
});

function drawList() {
  const all = [...state.conversations.values()];
  const conversations = all
    .filter((conversation) => conversation.status === state.filter)
    .sort((a, b) => (a.lastMessageAt < b.lastMessageAt ? 1 : a.lastMessageAt > b.lastMessageAt ? -1 : 0));
  list.show({ conversations, openId: state.thread?.id ?? null, filter: state.filter });
  byId("more").hidden = state.cursors[state.filter] === null;
  const unread = all.reduce((sum, conversation) => sum + conversation.unreadCount, 0);
  document.title = unread > 0 ? `(${unread}) ${desk.business.name}` : desk.business.name;
  byId("pane-unread").hidden = unread === 0;
  setText(byId("pane-unread"), String(unread));
  byId("pane-unread").setAttribute("aria-label", `${unread} unread`);
}

function drawThread(options) {
  const { thread } = state;
  if (thread === null) return;
  thread.view.show(
    {
      conversation: thread.conversation,
      consent: thread.consent,
      messages: [...thread.messages.values()].sort((a, b) => a.seq - b.seq),
      drafts: thread.drafts,
      olderCursor: thread.olderCursor,
    },
    options,
  );
}

// ---- what becomes known --------------------------------------------------------------------------------------------

function putMessage(message) {
  if (state.thread?.id === message.conversationId) state.thread.messages.set(message.id, message);
}

function putConversation(conversation) {
  state.conversations.set(conversation.id, conversation);
  if (state.thread?.id === conversation.id) state.thread.conversation = conversation;
}

function takeIn(name, data) {
  if (data.conversation) putConversation(data.conversation);
  if (data.message) putMessage(data.message);
  if (name === "conversation.removed") {
    state.conversations.delete(data.conversationId);
    if (state.thread?.id === data.conversationId) location.hash = "#/inbox";
  }
  const { thread } = state;
  if (name === "consent.changed" && data.consent.contact === thread?.conversation.contact) {
    thread.consent = data.consent;
  }
}

/** Shows one live event. */
function applyEvent(name, data) {
  state.recent.note(name, data);
  const { thread } = state;
  const waitingBefore = thread?.conversation.waitingDraftId ?? null;
  takeIn(name, data);
  readOut(name, data);
  drawList();
  drawThread();
  const waitingNow = thread?.conversation.waitingDraftId ?? null;
  if (name.startsWith("draft.") || waitingNow !== waitingBefore) void loadDrafts();
  if (name === "message.received") markRead();
}

/** What someone who does not see the screen should hear; the open thread's log reads its own messages out. */
function readOut(name, data) {
  const isOpen = state.thread !== null && data.message?.conversationId === state.thread.id;
  if (name === "message.received" && !isOpen) announce(`New text from ${nameOf(data.conversation.contact)}`);
  if (name !== "message.status" || !isOpen || !FINAL.has(data.message.status)) return;
  const reason = data.message.error === null ? "" : `: ${data.message.error.title}`;
  announce(`${nameOfStatus(data.message.status)}${reason}`);
}

function isThreadSeen() {
  return byId("thread").offsetParent !== null && document.visibilityState === "visible";
}

function markRead() {
  const { thread } = state;
  if (thread !== null && thread.conversation.unreadCount > 0 && isThreadSeen())
    void thread.actions.markRead();
}

// ---- loading -------------------------------------------------------------------------------------------------------

async function loadList() {
  const began = state.recent.count();
  const pages = await Promise.all(STATUSES.map((status) => get(`/api/conversations?status=${status}`)));
  state.conversations = new Map(pages.flatMap((page) => page.items).map((one) => [one.id, one]));
  state.cursors = Object.fromEntries(pages.map((page, index) => [STATUSES[index], page.nextCursor]));
  replaySince(began);
  drawList();
}

async function loadMore() {
  const { filter } = state;
  const cursor = encodeURIComponent(state.cursors[filter]);
  const page = await get(`/api/conversations?status=${filter}&cursor=${cursor}`);
  for (const conversation of page.items) {
    // One that moved up meanwhile is here already, and newer.
    if (!state.conversations.has(conversation.id)) putConversation(conversation);
  }
  state.cursors[filter] = page.nextCursor;
  drawList();
}

async function loadDrafts() {
  const { thread } = state;
  if (thread === null) return;
  const path = `/api/conversations/${encodeURIComponent(thread.id)}/drafts`;
  const answer = await attempt(() => getFresh(path));
  if (answer === null) return;
  thread.drafts = answer.items;
  drawThread();
}

function openView(conversation) {
  const { id, contact } = conversation;
  const name = nameOf(contact);
  const here = () => (state.thread?.id === id ? state.thread : null);
  const actions = createActions({
    id,
    name,
    redraw: drawThread,
    keepText: (text) => state.texts.set(id, text),
    sent(message) {
      // The live stream may have told more about it already.
      if (here()?.messages.has(message.id) === false) putMessage(message);
      drawThread();
    },
    async draftsChanged({ isDecided }) {
      await loadDrafts();
      if (isDecided) here()?.view.focus();
    },
    olderLoaded(page) {
      for (const message of page.items) putMessage(message);
      if (here() !== null) state.thread.olderCursor = page.nextCursor;
      drawThread({ keepPlace: true });
    },
  });
  const text = state.texts.get(id) ?? "";
  return { actions, view: openThread(byId("thread"), { conversation, name, actions, announce, text }) };
}

async function loadThread(id) {
  const began = state.recent.count();
  const answer = await get(`/api/conversations/${encodeURIComponent(id)}`);
  // Someone has clicked on meanwhile.
  if (wantedThread() !== id && state.thread?.id !== id) return;
  const isNew = state.thread?.id !== id;
  const { view, actions } = isNew ? openView(answer.conversation) : state.thread;
  state.thread = {
    id,
    view,
    actions,
    conversation: answer.conversation,
    messages: new Map(answer.messages.map((message) => [message.id, message])),
    drafts: answer.drafts,
    consent: answer.consent,
    olderCursor: answer.nextCursor,
  };
  replaySince(began);
  drawThread();
  drawList();
  if (isNew && withPointer.matches) view.focus();
  else if (isNew) view.focusHeading();
  markRead();
}

function closeThread() {
  const leaving = state.thread?.id ?? null;
  state.thread = null;
  showNoThread(byId("thread"));
  drawList();
  if (leaving === null) return;
  byId("conversations")
    .querySelector(`a[href="#/c/${CSS.escape(leaving)}"]`)
    ?.focus();
}

// ---- where we are: #/phone, #/inbox, #/c/<id> -----------------------------------------------------------------------

function wantedThread() {
  return /^#\/c\/([\w:-]+)$/.exec(location.hash)?.[1] ?? null;
}

function showPane(pane) {
  document.body.dataset.pane = pane;
  for (const name of ["phone", "inbox"]) {
    if (name === pane) byId(`pane-${name}`).setAttribute("aria-current", "page");
    else byId(`pane-${name}`).removeAttribute("aria-current");
  }
  // From the phone one comes back to where one was.
  const isAway = pane === "phone" && state.thread !== null;
  byId("pane-inbox").setAttribute("href", isAway ? `#/c/${state.thread.id}` : "#/inbox");
}

async function route() {
  const id = wantedThread();
  document.body.dataset.view = id === null ? "list" : "thread";
  showPane(location.hash === "#/phone" ? "phone" : "inbox");
  if (location.hash === "#/inbox") closeThread();
  if (id === null) return;
  if (id === state.thread?.id) markRead();
  else if ((await attempt(() => loadThread(id).then(() => true))) === null) location.hash = "#/inbox";
}

// ---- start ---------------------------------------------------------------------------------------------------------

setText(byId("business-name"), desk.business.name);
setText(byId("business-number"), readableNumber(desk.business.number));
byId("filter").addEventListener("change", (event) => {
  state.filter = event.target.value;
  drawList();
});
byId("more").addEventListener("click", () => void attempt(loadMore));
byId("skip").addEventListener("click", (event) => {
  event.preventDefault();
  if (document.body.dataset.pane === "phone") location.hash = "#/inbox";
  byId("inbox").focus();
});
addEventListener("hashchange", () => void route());
addEventListener("resize", markRead);
showNoThread(byId("thread"));
const phone = (desk.hasPhones ? createPhone : createNoPhone)(byId("phone"), { desk, showProblem });
goLive({
  apply: applyEvent,
  refresh: () =>
    void attempt(async () => {
      await loadList();
      if (state.thread !== null) await loadThread(state.thread.id);
    }),
  phoneChanged: phone.changed,
  refreshPhone: phone.load,
});
await route();
document.body.dataset.ready = "true";
