// The calendar: a hearing is moved by dragging it, or with its button and the arrow keys. Either way a
// dialog asks why, and the server decides; what it refuses is said in the dialog in its words.

import { RequestError, request } from "../core/http.js";
import { announce, toast } from "../core/toast.js";

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

const form = /** @type {HTMLFormElement} */ (document.querySelector("[data-move-form]"));
const dialog = /** @type {HTMLDialogElement} */ (form.closest("dialog"));
/** @type {Record<string, string>} */
const words = JSON.parse(form.dataset.texts ?? "{}");

/** The hearing in hand, by id: the live page may replace its element meanwhile. @type {string} */
let lifted = "";
let byKeyboard = false;

/** @param {string} name @param {Record<string, string>} values */
function say(name, values) {
  return (words[name] ?? name).replace(/\{(\w+)\}/g, (_, place) => values[place] ?? "");
}

/** @returns {HTMLElement | null} */
const grid = () => document.querySelector("[data-calendar]");

/** @returns {HTMLElement | null} the element of the hearing in hand */
const entry = () => (lifted ? document.querySelector(`[data-hearing="${CSS.escape(lifted)}"]`) : null);

/** @param {EventTarget | null} target @returns {HTMLElement | null} */
const cellOf = (target) => (target instanceof Element ? target.closest(".cal-cell") : null);

/** @param {HTMLElement} cell */
const told = (cell) => ({ when: cell.dataset.said ?? "", why: cell.dataset.why ?? "" });

/** Take a hearing up. @param {HTMLElement} one @param {boolean} keyboard */
function lift(one, keyboard) {
  lifted = one.dataset.hearing ?? "";
  byKeyboard = keyboard;
  one.classList.add("cal-lifted");
  if (grid()) /** @type {HTMLElement} */ (grid()).dataset.moving = "1";
}

/** Put it down where it was. @param {boolean} [spoken] */
function drop(spoken = false) {
  const one = entry();
  one?.classList.remove("cal-lifted");
  document.querySelectorAll(".cal-over").forEach((cell) => cell.classList.remove("cal-over"));
  document.querySelectorAll(".cal-cell[tabindex]").forEach((cell) => cell.removeAttribute("tabindex"));
  delete grid()?.dataset.moving;
  if (spoken) announce(say("dropped", {}));
  if (byKeyboard) /** @type {HTMLElement | null} */ (one?.querySelector("[data-pick-up]"))?.focus();
  lifted = "";
  byKeyboard = false;
}

/** Ask why the hearing in hand moves to a cell. @param {HTMLElement} cell */
function ask(cell) {
  const one = entry();
  if (!one || one.closest(".cal-cell") === cell) {
    drop();
    return;
  }
  if (!cell.classList.contains("cal-free")) {
    toast(say("not_free", told(cell)), { tone: "danger" });
    if (!byKeyboard) drop();
    return;
  }
  form.action = one.dataset.move ?? "";
  field("slot").value = cell.dataset.slot ?? "";
  field("minutes").value = one.dataset.minutes ?? "";
  write("name", one.dataset.name ?? "");
  write("from", one.dataset.when ?? "");
  write("to", cell.dataset.said ?? "");
  fail("");
  const early = /** @type {HTMLElement} */ (form.querySelector("[data-move-early]"));
  early.hidden = cell.dataset.early === undefined;
  if (early.hidden) /** @type {HTMLInputElement} */ (early.querySelector("input")).checked = false;
  dialog.showModal();
}

/** @param {string} name @returns {HTMLInputElement} */
const field = (name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));

/** @param {string} name @param {string} words_ */
function write(name, words_) {
  const place = form.querySelector(`[data-move-${name}]`);
  if (place) place.textContent = words_;
}

/** @param {string} sentence empty hides it */
function fail(sentence) {
  const place = /** @type {HTMLElement} */ (form.querySelector("[data-move-error]"));
  place.textContent = sentence;
  place.hidden = sentence === "";
}

async function send() {
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  fail("");
  const to = form.querySelector("[data-move-to]")?.textContent ?? "";
  try {
    await request(form.action, { method: "POST", form: new FormData(form) });
    dialog.close();
    toast(say("moved", { when: to }));
    /** @type {HTMLTextAreaElement} */ (form.elements.namedItem("reason")).value = "";
  } catch (error) {
    const refused = /** @type {RequestError} */ (error);
    const sentences = Object.values(refused.body?.fields ?? {});
    fail(sentences.length ? sentences.join(" ") : refused.message);
  } finally {
    delete form.dataset.busy;
  }
}

/** Walk over the cells with the arrow keys. @param {KeyboardEvent} event */
function walk(event) {
  const cell = cellOf(document.activeElement);
  if (!lifted || !byKeyboard || !cell) return;
  if (event.key === "Escape") {
    event.preventDefault();
    drop(true);
  } else if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    ask(cell);
  } else if (event.key in ARROWS) {
    event.preventDefault();
    const [down, right] = ARROWS[/** @type {keyof typeof ARROWS} */ (event.key)];
    const row = /** @type {HTMLTableRowElement} */ (cell.parentElement);
    const body = /** @type {HTMLTableSectionElement} */ (row.parentElement);
    const next = body.rows[row.sectionRowIndex + down]?.cells[/** @type {any} */ (cell).cellIndex + right];
    if (next instanceof HTMLElement && next.classList.contains("cal-cell")) stand(next);
  }
}

/** @param {HTMLElement} cell */
function stand(cell) {
  document.querySelectorAll(".cal-cell[tabindex]").forEach((one) => one.removeAttribute("tabindex"));
  cell.tabIndex = -1;
  cell.focus();
  announce(say("cell", told(cell)));
}

document.addEventListener("dragstart", (event) => {
  const one = event.target instanceof Element ? event.target.closest("[data-hearing]") : null;
  if (!(one instanceof HTMLElement) || !event.dataTransfer) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", one.dataset.name ?? "");
  lift(one, false);
});
document.addEventListener("dragover", (event) => {
  const cell = cellOf(event.target);
  if (!lifted || !cell) return;
  event.preventDefault();
  document.querySelectorAll(".cal-over").forEach((one) => one !== cell && one.classList.remove("cal-over"));
  cell.classList.add("cal-over");
});
document.addEventListener("drop", (event) => {
  const cell = cellOf(event.target);
  if (!lifted || !cell) return;
  event.preventDefault();
  ask(cell);
});
document.addEventListener("dragend", () => dialog.open || drop());
document.addEventListener("click", (event) => {
  const pressed = event.target instanceof Element ? event.target.closest("[data-pick-up]") : null;
  const one = pressed?.closest("[data-hearing]");
  if (one instanceof HTMLElement) {
    lift(one, true);
    const cell = cellOf(one);
    if (cell) stand(cell);
    announce(say("choose", { name: one.dataset.name ?? "" }));
  } else if (lifted && byKeyboard && !dialog.open) {
    const cell = cellOf(event.target);
    if (cell) ask(cell); // who took it up with the button may also click where it goes
  }
});
document.addEventListener("keydown", walk);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  event.stopPropagation();
  send();
});
dialog.addEventListener("close", () => drop());
document.addEventListener("change", (event) => {
  const select = event.target instanceof Element ? event.target.closest("[data-send-on-change]") : null;
  if (select instanceof HTMLSelectElement) select.form?.requestSubmit();
});
