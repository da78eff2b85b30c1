// Forms: once sent is sent, what is unsent is not lost by leaving, errors get the focus.

import "./masks.js";
import { text } from "./texts.js";
import { controls, isEdited } from "./typed.js";

const SENT_FOR_MS = 10_000; // after that an answer that was no new page (a download) frees the form

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  markSent(form);
  setTimeout(() => free(form), SENT_FOR_MS);
});

addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-sent]").forEach((form) => free(form));
});

addEventListener("beforeunload", (event) => {
  const unsent = [...document.querySelectorAll("form[data-guard]:not([data-sent])")];
  if (unsent.some((form) => controls(form).some(isEdited))) event.preventDefault();
});

const summary = /** @type {HTMLElement | null} */ (document.querySelector("[data-error-summary]"));
document.querySelectorAll("[data-error-summary] a").forEach((link) => nameField(/** @type {HTMLAnchorElement} */ (link)));
summary?.focus();

/** The same sentence may be said of several fields: each is named. @param {HTMLAnchorElement} link to a field */
function nameField(link) {
  const field = /** @type {HTMLInputElement | null} */ (document.getElementById(link.hash.slice(1)));
  const label = field?.closest("fieldset.choices")?.querySelector("legend") ?? field?.labels?.[0];
  const words = /** @type {HTMLElement | undefined} */ (label?.cloneNode(true));
  words?.querySelector(".optional")?.remove();
  const name = words?.textContent?.trim();
  if (name) link.prepend(`${name}: `);
}

/** @param {HTMLFormElement} form */
function markSent(form) {
  form.dataset.sent = "1";
  for (const button of form.querySelectorAll('[type="submit"]')) {
    button.setAttribute("aria-disabled", "true");
    button.setAttribute("title", text("sending"));
  }
}

/** @param {Element} form */
function free(form) {
  form.removeAttribute("data-sent");
  for (const button of form.querySelectorAll('[type="submit"]')) {
    button.removeAttribute("aria-disabled");
    button.removeAttribute("title");
  }
}
