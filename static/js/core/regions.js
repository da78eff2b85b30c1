// Replacing the parts of a page marked data-live="<name>" by those of a newer copy of the same page,
// without taking anything out of a person's hands.

import { text } from "./texts.js";
import { controls, isControl, isEdited, readValues, writeValues } from "./typed.js";

const LIVE = "[data-live]";

/** What each part looked like when the server wrote it: scripts may have touched it since.
 * @type {WeakMap<Element, string>} */
const written = new WeakMap();

/** The newer copy of a part that waits because someone is writing in it.
 * @type {WeakMap<Element, Element>} */
const waiting = new WeakMap();

/** Remember how the page's parts look, before any script changes them. @param {ParentNode} root */
export function remember(root) {
  for (const part of root.querySelectorAll(LIVE)) written.set(part, signature(part));
}

/**
 * Bring the page's parts up to those of `fresh`. A part in which someone writes is kept, with a note; a
 * part that the page did not have yet is put where the newer copy has it.
 * @param {ParentNode} fresh a newer copy of the page
 */
export function renew(fresh) {
  for (const part of outermost(document)) bring(part, fresh);
  for (const part of outermost(fresh)) if (!counterpart(part)) insert(part);
}

/** @param {Element} part a part of a newer copy @returns {?Element} the same part of this page */
function counterpart(part) {
  const name = part.getAttribute("data-live");
  return name === null ? null : document.querySelector(`[data-live="${CSS.escape(name)}"]`);
}

/** Put a new part next to the nearest sibling that both copies have. @param {Element} part */
function insert(part) {
  const next = document.importNode(part, true);
  for (let one = part.previousElementSibling; one; one = one.previousElementSibling) {
    const here = counterpart(one);
    if (here) return appear(next, () => here.after(next));
  }
  for (let one = part.nextElementSibling; one; one = one.nextElementSibling) {
    const here = counterpart(one);
    if (here) return appear(next, () => here.before(next));
  }
}

/** @param {Element} next @param {() => void} put */
function appear(next, put) {
  written.set(next, signature(next));
  remember(next);
  put();
  next.classList.add("live-changed");
  next.addEventListener("animationend", () => next.classList.remove("live-changed"), { once: true });
  next.dispatchEvent(new CustomEvent("procon:updated", { bubbles: true }));
}

/** @param {Element} part @param {ParentNode} fresh */
function bring(part, fresh) {
  const newer = fresh.querySelector(`[data-live="${CSS.escape(part.getAttribute("data-live") ?? "")}"]`);
  const next = newer ? document.importNode(newer, true) : placeholder(part);
  if (signature(next) === written.get(part)) {
    waiting.delete(part);
    part.querySelector(":scope > .live-news")?.remove();
    return;
  }
  if (!isBusy(part)) {
    replace(part, next);
    return;
  }
  const inner = outermost(part);
  if (inner.length) inner.forEach((one) => bring(one, fresh));
  else hold(part, next);
}

/**
 * Parts directly under `root`, not those inside other parts.
 * @param {ParentNode} root
 * @returns {Element[]}
 */
function outermost(root) {
  const within = root instanceof Element ? root : null;
  return [...root.querySelectorAll(LIVE)].filter((part) => {
    return (part.parentElement?.closest(LIVE) ?? null) === within;
  });
}

/**
 * Whether someone is at work in a part: writing, having written, sending files, in a dialog, or
 * correcting a form that came back with errors.
 * @param {Element} part
 */
function isBusy(part) {
  const focused = document.activeElement;
  if (part.contains(focused) && isControl(focused)) return true;
  if (part.querySelector("dialog[open], [data-uploading], [data-error-summary]")) return true;
  return controls(part).some(isEdited);
}

/** @param {Element} part @param {Element} next */
function replace(part, next) {
  const focus = focusOf(part);
  for (const open of part.querySelectorAll("details[id][open]")) {
    next.querySelector(`#${CSS.escape(open.id)}`)?.setAttribute("open", "");
  }
  appear(next, () => {
    part.replaceWith(next);
    for (const old of part.querySelectorAll("[id]")) {
      if (old.scrollTop) document.getElementById(old.id)?.scrollTo(0, old.scrollTop);
    }
    focus?.(next);
  });
}

/**
 * How to give the focus back after a replacement, or null if it was elsewhere.
 * @param {Element} part
 * @returns {((next: Element) => void) | null}
 */
function focusOf(part) {
  const focused = document.activeElement;
  if (!focused || focused === document.body || !part.contains(focused)) return null;
  const same = (/** @type {Element} */ one) =>
    one.tagName === focused.tagName && one.id === focused.id && one.textContent === focused.textContent;
  return (next) => {
    const found = [...next.querySelectorAll("a, button, summary, [tabindex]")].find(same) ?? next;
    if (found === next && !next.hasAttribute("tabindex")) next.setAttribute("tabindex", "-1");
    /** @type {HTMLElement} */ (found).focus({ preventScroll: true });
  };
}

/** @param {Element} part @param {Element} next */
function hold(part, next) {
  waiting.set(part, next);
  if (part.querySelector(":scope > .live-news")) return;
  const note = document.createElement("div");
  note.className = "live-news";
  note.setAttribute("role", "status");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "br-button secondary small";
  button.textContent = text("update");
  button.addEventListener("click", () => release(part));
  note.append(text("news"), button);
  part.prepend(note);
}

/** The person asked for the newer copy: show it with what they had typed put back. @param {Element} part */
function release(part) {
  const next = waiting.get(part);
  if (!next) return;
  const edited = new Set(controls(part).filter(isEdited).map((control) => control.name));
  const typed = Object.fromEntries(Object.entries(readValues(part)).filter(([name]) => edited.has(name)));
  replace(part, next);
  writeValues(next, typed);
}

/** @param {Element} part @returns {Element} what stands for a part that the newer page lacks */
function placeholder(part) {
  const empty = document.createElement(part.tagName);
  empty.setAttribute("data-live", part.getAttribute("data-live") ?? "");
  empty.hidden = true;
  return empty;
}

/** @param {Element} part @returns {string} its HTML without what differs at every request */
function signature(part) {
  const copy = /** @type {Element} */ (part.cloneNode(true));
  for (const token of copy.querySelectorAll('input[name="csrf_token"]')) token.removeAttribute("value");
  return copy.outerHTML;
}
