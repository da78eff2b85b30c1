// The form of a clause: how it would read is shown while it is typed, by the server; and a clause that stands is
// loaded into it to be changed.

import { csrfToken } from "../core/http.js";
import { isControl, writeValues } from "../core/typed.js";
import { word } from "./words.js";

const PAUSE_MS = 400;
const FORM = "form[data-clause-form]";

let timer = 0;
let asked = 0;

/** @param {HTMLElement} root the room's page */
export function clauseForm(root) {
  root.addEventListener("input", (event) => later(event));
  root.addEventListener("change", (event) => later(event));
  root.addEventListener("reset", (event) => {
    if (event.target instanceof HTMLFormElement && event.target.matches(FORM)) toNew(event.target);
  });
  root.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    const form = root.querySelector(FORM);
    if (!button || !(form instanceof HTMLFormElement) || form.dataset.busy) return; // sent, it is emptied
    if (button.dataset.clauseEdit) load(form, button);
    else if (button.hasAttribute("data-clause-cancel")) form.reset();
  });
}

/** @param {Event} event */
function later(event) {
  const form = isControl(/** @type {Element} */ (event.target)) ? /** @type {Element} */ (event.target).closest(FORM) : null;
  if (!(form instanceof HTMLFormElement)) return;
  clearTimeout(timer);
  timer = setTimeout(() => preview(form), PAUSE_MS);
}

/** @param {HTMLFormElement} form */
async function preview(form) {
  const mine = (asked += 1);
  const place = form.querySelector("[data-clause-preview]");
  try {
    const response = await fetch(form.dataset.clausePreviewUrl ?? "", {
      method: "POST",
      headers: { "X-CSRF-Token": csrfToken() },
      body: new URLSearchParams(/** @type {any} */ (new FormData(form))),
    });
    if (!response.ok || mine !== asked || !place) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    place.replaceChildren(...page.body.childNodes);
  } catch {
    // without a line there is no preview; sending the form says so
  }
}

/** @param {HTMLFormElement} form @param {HTMLButtonElement} button of the clause that is to be changed */
function load(form, button) {
  form.dataset.newAction ??= form.action;
  form.action = button.dataset.clauseEdit ?? "";
  writeValues(form, JSON.parse(button.dataset.clauseValues ?? "{}"));
  form.closest("details")?.setAttribute("open", "");
  const name = form.querySelector("[data-clause-name]");
  if (name) name.textContent = button.dataset.clauseTitle ?? "";
  form.querySelector("[data-clause-editing]")?.removeAttribute("hidden");
  label(form, word("save_change"));
  preview(form);
  const first = form.querySelector("select, input:not([type=hidden])");
  if (first instanceof HTMLElement) first.focus();
  form.scrollIntoView({ block: "start" });
}

/** @param {HTMLFormElement} form emptied: it proposes a new clause again */
function toNew(form) {
  if (form.dataset.newAction) form.action = form.dataset.newAction;
  form.querySelector("[data-clause-editing]")?.setAttribute("hidden", "");
  form.querySelector("[data-clause-preview]")?.replaceChildren();
  asked += 1;
  clearTimeout(timer);
  label(form, word("propose"));
}

/** @param {HTMLFormElement} form @param {string} words */
function label(form, words) {
  const button = form.querySelector('button[type="submit"]');
  const last = button ? [...button.childNodes].reverse().find((node) => node.nodeType === 3 && node.textContent?.trim()) : null;
  if (last) last.textContent = ` ${words} `;
}
