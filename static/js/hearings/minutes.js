// The mediator's minutes: one box writes one paragraph, new or old, saved at each pause of typing. Each paragraph
// has a revision, which tells two people who write in the same one apart: the second is shown what it says now.

import { RequestError, request } from "../core/http.js";
import { differing } from "./differing.js";
import { word } from "./words.js";

const PAUSE_MS = 600;
const RETRY_MS = 3000;

/** @typedef {{id: number, revision: number, after: number | null, title: string}} Place */

const NOWHERE = { id: 0, revision: 0, after: null, title: "" };

export class Minutes {
  /** @param {HTMLElement} editor */
  constructor(editor) {
    this.editor = editor;
    this.area = /** @type {HTMLTextAreaElement} */ (editor.querySelector("textarea"));
    this.url = editor.dataset.recordUrl ?? "";
    /** @type {Place} */
    this.place = { ...NOWHERE };
    this.saved = this.sent = "";
    this.timer = 0;
    /** @type {Promise<void> | null} */
    this.saving = null;
    /** @type {{revision: number, text: string, by: string} | null} */
    this.theirs = null;
  }

  start() {
    this.area.addEventListener("input", () => this.#later(PAUSE_MS));
    this.area.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.done();
    });
    this.editor.querySelector("[data-record-done]")?.addEventListener("click", () => this.done());
    for (const button of this.editor.querySelectorAll("[data-conflict]")) {
      button.addEventListener("click", () => this.#settle(button.getAttribute("data-conflict") ?? ""));
    }
    this.editor.parentElement?.addEventListener("click", (event) => this.#clicked(event));
    addEventListener("pagehide", () => this.#leave());
    document.addEventListener("procon:updated", () => this.#mark());
  }

  /** @param {boolean} allowed whether the text may still change */
  allow(allowed) {
    this.area.readOnly = !allowed;
    this.editor.hidden = !allowed;
  }

  get unsaved() {
    return this.area.value.trim() !== this.saved.trim();
  }

  /** Save what is typed and begin a new paragraph at the end. */
  async done() {
    if (await this.#kept()) this.#go({ ...NOWHERE }, "", word("paragraph_done"));
  }

  /** @param {Event} event */
  async #clicked(event) {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    const item = button?.closest("[data-paragraph]");
    if (!(button && item instanceof HTMLElement) || !(await this.#kept())) return;
    const now = document.querySelector(`[data-paragraph="${item.dataset.paragraph}"]`); // drawn anew meanwhile
    if (now instanceof HTMLElement) this.#chosen(button, now);
  }

  /** @param {HTMLButtonElement} button @param {HTMLElement} item the paragraph it was pressed at */
  #chosen(button, item) {
    const number = String(ordinal(item));
    const id = Number(item.dataset.paragraph);
    if (button.hasAttribute("data-paragraph-edit")) {
      const place = { id, revision: Number(item.dataset.revision), after: null, title: word("paragraph_edit", { number }) };
      this.#go(place, item.querySelector("[data-paragraph-text]")?.textContent ?? "");
    } else if (button.hasAttribute("data-paragraph-after")) {
      this.#go({ ...NOWHERE, after: id, title: word("paragraph_new_after", { number }) }, "");
    }
  }

  /** @param {Place} place @param {string} text @param {string} [sentence] */
  #go(place, text, sentence = "") {
    this.place = place;
    this.saved = this.area.value = text;
    const title = this.editor.querySelector("[data-record-title]");
    if (title) title.textContent = place.title || word("paragraph_new");
    this.#say(sentence);
    this.#mark();
    this.area.focus();
    this.editor.scrollIntoView({ block: "nearest" });
  }

  /** @returns {Promise<boolean>} whether nothing typed would be lost now */
  async #kept() {
    clearTimeout(this.timer);
    await this.#save();
    return !this.theirs && (!this.unsaved || !this.area.value.trim());
  }

  /** @param {number} pause */
  #later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#save(), pause);
  }

  async #save() {
    while (this.saving) await this.saving; // two who waited would both send: the same words twice
    if (this.theirs || !this.unsaved || !this.area.value.trim()) return;
    this.sent = this.area.value;
    this.saving = this.#send(this.sent);
    await this.saving;
    this.saving = null;
    if (this.unsaved && !this.theirs && !this.stuck) this.#later(PAUSE_MS);
  }

  /** @param {string} text */
  async #send(text) {
    this.#say(word("saving"));
    this.stuck = false;
    try {
      const answer = await request(...this.#call(text));
      this.place = { ...this.place, id: answer.paragraph ?? this.place.id, revision: answer.revision };
      this.saved = text;
      this.#say(word("saved"));
    } catch (error) {
      this.#failed(/** @type {RequestError} */ (error));
    }
  }

  /** @param {string} text @returns {[string, any]} */
  #call(text) {
    const { id, revision, after } = this.place;
    const keepalive = true; // who leaves the page does not take back what is on its way
    if (id) return [`${this.url}/${id}`, { method: "PUT", json: { revision, text }, keepalive }];
    return [this.url, { method: "POST", json: { after, text }, keepalive }];
  }

  /** @param {RequestError} error */
  #failed(error) {
    this.stuck = true;
    if (error.code === "minutes_changed") {
      this.#choose(/** @type {any} */ (error.body));
    } else if (error.code === "paragraph_gone") {
      this.place = { ...NOWHERE }; // what is typed becomes a paragraph of its own when it is saved again
      this.#say(error.message);
    } else {
      this.#say(error.passing ? word("not_saved") : error.message);
      if (error.passing) this.#later(RETRY_MS);
    }
  }

  /** Somebody else saved first. @param {{revision: number, text: string, by: string}} theirs */
  #choose(theirs) {
    this.theirs = theirs;
    this.#say("");
    const box = this.#box();
    const sentence = box.querySelector("[data-conflict-sentence]");
    if (sentence) sentence.textContent = word("conflict", { name: theirs.by });
    box.querySelector("[data-conflict-text]")?.replaceChildren(...differing(this.saved, theirs.text));
    box.hidden = false;
    box.scrollIntoView({ block: "nearest" });
  }

  /** @param {string} choice mine, theirs or both */
  #settle(choice) {
    if (!this.theirs) return;
    const { text, revision } = this.theirs;
    this.theirs = null;
    this.#box().hidden = true;
    this.place = { ...this.place, revision };
    this.saved = text;
    if (choice === "theirs") this.area.value = text;
    if (choice === "both") this.area.value = `${text.trim()}\n${this.area.value.trim()}`;
    this.#later(0);
    this.area.focus();
  }

  /** @returns {HTMLElement} */
  #box() {
    return /** @type {HTMLElement} */ (this.editor.querySelector("[data-record-conflict]"));
  }

  /** Show which paragraph the box writes; a newer text of it is taken over when nothing is typed upon the old. */
  #mark() {
    for (const item of document.querySelectorAll("[data-paragraph]")) {
      const mine = Number(item.getAttribute("data-paragraph")) === this.place.id;
      item.classList.toggle("paragraph-editing", mine);
      const revision = Number(item.getAttribute("data-revision"));
      if (!mine || revision <= this.place.revision || this.unsaved || this.saving) continue;
      this.place = { ...this.place, revision };
      this.saved = this.area.value = item.querySelector("[data-paragraph-text]")?.textContent ?? "";
    }
  }

  #leave() {
    if (!this.unsaved || this.theirs || !this.area.value.trim()) return;
    if (this.saving && this.sent === this.area.value) return; // on its way
    request(...this.#call(this.area.value)).catch(() => undefined);
  }

  /** @param {string} sentence */
  #say(sentence) {
    const state = this.editor.querySelector("[data-record-state]");
    if (state) state.textContent = sentence;
  }
}

/** @param {Element} item @returns {number} the paragraph's place, from 1 */
function ordinal(item) {
  return [...document.querySelectorAll("[data-paragraph]")].indexOf(item) + 1;
}
