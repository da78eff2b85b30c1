// The room's forms are sent without leaving the page, or the hearing's connections would be lost.

import { RequestError, request } from "../core/http.js";
import { toast } from "../core/toast.js";
import { controls, isControl } from "../core/typed.js";
import { word } from "./words.js";

/** @param {HTMLElement} root all forms inside it */
export function sendInPlace(root) {
  // On the root and not on the document: core/forms.js must find the event already taken.
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement)) return;
    event.preventDefault();
    if (form.dataset.busy) return;
    submit(form);
  });
}

/** @param {HTMLFormElement} form */
async function submit(form) {
  form.dataset.busy = "1";
  clearErrors(form);
  const values = new FormData(form);
  try {
    await request(form.action, { method: "POST", form: values });
    empty(form, values);
    form.closest("details")?.removeAttribute("open");
    leave(form);
    if (form.dataset.says) toast(word(form.dataset.says));
  } catch (error) {
    const refused = /** @type {RequestError} */ (error);
    if (!showErrors(form, wrongFields(form, refused))) toast(refused.message, { tone: "danger" });
  } finally {
    delete form.dataset.busy;
  }
}

/**
 * What was sent is gone from its fields; what was typed on while it was on its way stays.
 * @param {HTMLFormElement} form @param {FormData} sent
 */
function empty(form, sent) {
  const typed = controls(form).map((control) => {
    const before = sent.get(control.name);
    const more = isText(control) && typeof before === "string" && before && control.value.startsWith(before);
    return /** @type {const} */ ([control, more ? control.value.slice(before.length) : ""]);
  });
  form.reset();
  for (const [control, rest] of typed) if (rest) control.value = rest.trimStart();
}

/** @param {import("../core/typed.js").Control} control */
function isText(control) {
  return control instanceof HTMLTextAreaElement || (control instanceof HTMLInputElement && control.type === "text");
}

/**
 * The sentences by field; a refusal of the whole form stands at the field that the form names for it.
 * @param {HTMLFormElement} form @param {RequestError} refused
 * @returns {Record<string, string>}
 */
function wrongFields(form, refused) {
  const fields = refused.body?.fields ?? {};
  const place = form.dataset.errorField;
  return place && refused.status && !Object.keys(fields).length ? { [place]: refused.message } : fields;
}

/**
 * What was sent is done: a part in which somebody still seems to write would not be brought up to date.
 * @param {HTMLFormElement} form
 */
function leave(form) {
  const focused = document.activeElement;
  const part = form.closest("[data-live]");
  if (part instanceof HTMLElement && focused && form.contains(focused) && isControl(focused)) {
    part.setAttribute("tabindex", "-1"); // who came by keyboard goes on from here
    part.focus({ preventScroll: true });
  } else if (focused instanceof HTMLElement && form.closest("details")) {
    focused.blur();
  }
}

/**
 * @param {HTMLFormElement} form @param {Record<string, string>} fields sentences by field
 * @returns {boolean} whether there were any
 */
function showErrors(form, fields) {
  const wrong = Object.entries(fields);
  for (const [name, sentence] of wrong) {
    const control = form.elements.namedItem(name);
    if (!(control instanceof HTMLElement)) {
      toast(sentence, { tone: "danger" });
      continue;
    }
    const note = document.createElement("p");
    note.className = "field-error";
    note.id = `erro-${name}`;
    note.textContent = sentence;
    control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-describedby", note.id);
    note.setAttribute("role", "alert");
    (control.closest(".with-prefix") ?? control).before(note);
  }
  const first = wrong.length ? form.querySelector('[aria-invalid="true"]') : null;
  if (first instanceof HTMLElement) first.focus();
  return wrong.length > 0;
}

/** @param {HTMLFormElement} form */
function clearErrors(form) {
  form.querySelectorAll(".field-error").forEach((note) => note.remove());
  form.querySelectorAll('[aria-invalid="true"]').forEach((control) => control.removeAttribute("aria-invalid"));
}
