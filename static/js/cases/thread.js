// The thread of a case: it opens at its end, and what was on the screen for a moment is marked as read.

import { request } from "../core/http.js";

const LOOK_MS = 1500; // shorter than this is passing by, not reading

/** @type {string | undefined} */
let marked;
let timer = 0;

/** @param {HTMLElement} thread */
function watch(thread) {
  thread.scrollTop = thread.scrollHeight;
  if (thread.dataset.threadUnread === undefined) return;
  const seen = new IntersectionObserver((entries) => {
    clearTimeout(timer);
    if (!entries.some((entry) => entry.isIntersecting)) return;
    timer = setTimeout(() => document.visibilityState === "visible" && mark(thread), LOOK_MS);
  });
  if (thread.lastElementChild) seen.observe(thread.lastElementChild);
}

/** Once for each newest message; the mark in the page goes with the next rendering. @param {HTMLElement} thread */
async function mark(thread) {
  const { thread: url, threadLast: last } = thread.dataset;
  if (!url || !last || last === marked) return;
  marked = last;
  await request(url, { method: "POST", json: { last: Number(last) } }).catch(() => (marked = undefined));
}

/** @param {ParentNode} root */
function start(root) {
  root.querySelectorAll("[data-thread]").forEach((found) => watch(/** @type {HTMLElement} */ (found)));
}

document.addEventListener("procon:updated", (event) => start(/** @type {Element} */ (event.target)));
document.addEventListener("visibilitychange", () => document.hidden || start(document));
start(document);
