import { attempt } from "./notices.js";
import { get, post } from "./server-calls.js";

const BLOCKED = {
  opted_out: (name) =>
    `Not sent. ${name} opted out, so nothing was handed to Twilio. Only a START from their phone turns sending on again.`,
  draft_stale: () => "Not sent. A newer message arrived after this draft was written.",
  draft_closed: () => "Not sent. This draft was discarded.",
};

async function orWarning(call) {
  try {
    return await call();
  } catch (error) {
    return error.message;
  }
}

/**
 * What a person can do in a conversation. Sending resolves to null where the text was taken, else to a warning.
 * What changes is told by the live stream, in order; answers are not drawn, since they may be older than what it has told.
 */
export function createActions({ id, name, sent, draftsChanged, olderLoaded, redraw, keepText }) {
  const path = `/api/conversations/${encodeURIComponent(id)}`;
  const draftPath = (draft) => `/api/drafts/${encodeURIComponent(draft.id)}`;

  async function change(verb, body) {
    // After a failure the controls go back to what is so.
    if ((await attempt(() => post(`${path}/${verb}`, body))) === null) redraw();
  }

  function warningOf(outcome) {
    if (outcome.kind === "blocked") return BLOCKED[outcome.reason]?.(name) ?? "Not sent.";
    sent(outcome.message);
    return null;
  }

  return {
    keepText,
    markRead: () => change("read"),
    setMode: (mode) => change("assistant", { mode }),
    setOpen: (isOpen) => change(isOpen ? "reopen" : "close"),
    optOut: () => change("opt-out"),
    reply: (text) => orWarning(async () => warningOf(await post(`${path}/reply`, text))),
    approve: (draft, how) =>
      orWarning(async () => {
        const warning = warningOf(await post(`${draftPath(draft)}/approve`, how));
        await draftsChanged({ isDecided: warning === null });
        return warning;
      }),
    discard: (draft) =>
      orWarning(async () => {
        await post(`${draftPath(draft)}/discard`);
        await draftsChanged({ isDecided: true });
        return null;
      }),
    loadOlder: (cursor) =>
      attempt(async () => olderLoaded(await get(`${path}/messages?cursor=${encodeURIComponent(cursor)}`))),
  };
}
