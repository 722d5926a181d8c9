import { el } from "./element.js";

const TOAST_MS = 8000;
const KEPT_ANNOUNCEMENTS = 5;

/** Reads something out to those who do not see the screen. */
export function announce(text) {
  const announcer = document.getElementById("announcer");
  announcer.append(el("p", {}, text));
  while (announcer.children.length > KEPT_ANNOUNCEMENTS) announcer.firstChild.remove();
}

/** Shows an error for a while. */
export function showProblem(error) {
  const toast = el("p", { class: "toast" }, error.message);
  document.getElementById("toasts").append(toast);
  setTimeout(() => toast.remove(), TOAST_MS);
}

/** Runs a call to the server; a failure is shown, and answered as null. */
export async function attempt(call) {
  try {
    return await call();
  } catch (error) {
    showProblem(error);
    return null;
  }
}
