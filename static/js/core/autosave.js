// Forms with data-autosave="<url>": what is typed is kept on the server, with a revision that tells two
// browsers apart; without a line it is kept in this browser and sent when the line is back.
//
// PUT {revision, values} → {revision, saved_at}; 409 {revision, values} when another browser saved first.

import { RequestError, request } from "./http.js";
import { text } from "./texts.js";
import { readValues, writeValues } from "./typed.js";

const PAUSE_MS = 900;
const RETRY_MS = 5000;

/** @typedef {{revision: number, values: Record<string, string>, at: string}} Kept */

export class Autosave {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
    this.url = form.dataset.autosave ?? "";
    this.revision = Number(form.dataset.autosaveRevision) || 0;
    const viewer = document.querySelector('meta[name="viewer"]')?.getAttribute("content") ?? "";
    this.key = `rascunho:${viewer}:${this.url}`; // two people may share a browser
    this.saved = readValues(form, { written: true }); // what stands there may have been typed already
    this.timer = 0;
    this.saving = false;
    /** @type {"open" | "choosing" | "sent"} while a question stands nothing is sent; a sent form is done */
    this.state = "open";
  }

  start() {
    this.form.addEventListener("input", () => this.#later(PAUSE_MS));
    this.form.addEventListener("change", () => this.#later(PAUSE_MS));
    this.form.addEventListener("submit", () => this.#stop());
    addEventListener("online", () => this.#later(0));
    addEventListener("pagehide", () => this.#leave());
    this.#recover();
    this.#later(PAUSE_MS);
  }

  /** @returns {boolean} whether the form holds something that the server does not */
  get unsaved() {
    if (!this.form.isConnected) return false; // a live page put a newer form in its place
    return JSON.stringify(readValues(this.form)) !== JSON.stringify(this.saved);
  }

  /** @param {number} pause */
  #later(pause) {
    if (this.state !== "open") return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#save(), pause);
  }

  async #save() {
    this.timer = 0;
    if (this.saving || this.state !== "open" || !this.unsaved) return;
    this.saving = true;
    const values = readValues(this.form);
    try {
      this.#done(values, await request(this.url, { method: "PUT", json: { revision: this.revision, values } }));
    } catch (error) {
      this.#failed(values, /** @type {RequestError} */ (error));
    } finally {
      this.saving = false;
    }
    if (this.unsaved && !this.timer) this.#later(PAUSE_MS);
  }

  /** @param {Record<string, string>} values @param {{revision: number, saved_at: string}} answer */
  #done(values, answer) {
    this.revision = answer.revision;
    this.form.dataset.autosaveRevision = String(answer.revision);
    this.saved = values;
    localStorage.removeItem(this.key);
    this.#say(text("draft_saved", { time: clock(answer.saved_at) }));
  }

  /** @param {Record<string, string>} values @param {RequestError} error */
  #failed(values, error) {
    if (error.status === 409 && error.body?.values) {
      if (holds(error.body.values, values)) {
        this.#done(values, { ...error.body, saved_at: new Date().toISOString() }); // our own, its answer lost
        return;
      }
      this.#keep(values);
      this.#choose(values, error.body);
      return;
    }
    const kept = this.#keep(values);
    this.#say(error.passing && kept ? text("draft_kept_here") : error.message);
    if (error.passing) this.#later(RETRY_MS);
  }

  /** @param {Record<string, string>} values @returns {boolean} whether the browser could keep it */
  #keep(values) {
    try {
      const kept = { revision: this.revision, values, at: new Date().toISOString() };
      localStorage.setItem(this.key, JSON.stringify(kept));
      return true;
    } catch {
      return false; // private mode, or full
    }
  }

  /** Bring back what could not be sent the last time, unless the server has moved on since. */
  #recover() {
    /** @type {Kept | null} */
    const kept = JSON.parse(localStorage.getItem(this.key) ?? "null");
    if (!kept) return;
    if (JSON.stringify(kept.values) === JSON.stringify(this.saved)) {
      localStorage.removeItem(this.key);
    } else if (kept.revision === this.revision) {
      writeValues(this.form, kept.values);
      this.#later(0);
    } else {
      this.#choose(kept.values, { revision: this.revision, values: this.saved });
    }
  }

  /**
   * Another browser saved first: the person chooses, and the version not chosen stays in this browser.
   * @param {Record<string, string>} mine
   * @param {{revision: number, values: Record<string, string>}} theirs
   */
  #choose(mine, theirs) {
    this.state = "choosing";
    clearTimeout(this.timer);
    writeValues(this.form, mine); // typing may go on meanwhile; the form is "mine"
    const settle = (/** @type {Record<string, string>} */ chosen, /** @type {Record<string, string>} */ other) => {
      localStorage.setItem(`${this.key}:outra`, JSON.stringify({ values: other, at: new Date().toISOString() }));
      localStorage.removeItem(this.key);
      this.revision = theirs.revision;
      writeValues(this.form, theirs.values);
      this.saved = readValues(this.form);
      writeValues(this.form, chosen);
      this.state = "open";
      this.#say("");
      this.#later(0);
    };
    const keep = choice(text("draft_keep_mine"), () => settle(readValues(this.form), theirs.values));
    const take = choice(text("draft_take_theirs"), () => settle(theirs.values, readValues(this.form)));
    this.#say(text("draft_conflict"), keep, take);
  }

  #stop() {
    this.state = "sent";
    clearTimeout(this.timer);
    localStorage.removeItem(this.key);
  }

  /** The page goes away: one last try that outlives it, and a copy here in case it fails. */
  #leave() {
    if (this.state === "sent" || !this.unsaved) return;
    const values = readValues(this.form);
    this.#keep(values);
    if (this.state === "choosing") return;
    const json = { revision: this.revision, values };
    request(this.url, { method: "PUT", json, keepalive: true }).catch(() => undefined);
  }

  /** @param {string} sentence @param {...HTMLElement} buttons */
  #say(sentence, ...buttons) {
    const place = this.form.querySelector("[data-autosave-state]");
    if (!place) return;
    place.classList.toggle("autosave-conflict", buttons.length > 0);
    place.replaceChildren(sentence, ...buttons);
  }
}

/** @param {Record<string, string>} theirs @param {Record<string, string>} ours @returns {boolean} nothing lost */
function holds(theirs, ours) {
  return Object.entries(ours).every(([name, value]) => (theirs[name] ?? "") === value);
}

/** @param {string} label @param {() => void} act */
function choice(label, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "br-button secondary small";
  button.textContent = label;
  button.addEventListener("click", act);
  return button;
}

/** @param {string} iso @returns {string} "14:32", here */
function clock(iso) {
  return new Date(iso).toLocaleTimeString("pt-BR", { hour: "2-digit", minute: "2-digit" });
}
