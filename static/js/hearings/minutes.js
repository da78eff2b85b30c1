// The mediator's minutes: saved at each pause of typing, with a revision that tells two browsers apart.

import { RequestError, request } from "../core/http.js";
import { word } from "./words.js";

const PAUSE_MS = 600;
const RETRY_MS = 3000;

export class Minutes {
  /** @param {HTMLTextAreaElement} area */
  constructor(area) {
    this.area = area;
    this.url = area.dataset.recordUrl ?? "";
    this.revision = Number(area.dataset.revision);
    this.saved = area.value;
    this.timer = 0;
    this.saving = false;
    this.choosing = false;
  }

  start() {
    this.area.addEventListener("input", () => this.#later(PAUSE_MS));
    addEventListener("pagehide", () => this.#leave());
    document.addEventListener("procon:updated", () => this.#takeNewer());
  }

  /** @param {boolean} allowed whether the text may still change */
  allow(allowed) {
    this.area.readOnly = !allowed;
  }

  get unsaved() {
    return this.area.value !== this.saved;
  }

  /** @param {number} pause */
  #later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#save(), pause);
  }

  async #save() {
    if (this.saving || this.choosing || !this.unsaved) return;
    this.saving = true;
    this.#say(word("saving"));
    const text = this.area.value;
    try {
      const json = { revision: this.revision, text };
      this.#done(text, (await request(this.url, { method: "PUT", json })).revision);
    } catch (error) {
      this.#failed(/** @type {RequestError} */ (error));
    } finally {
      this.saving = false;
    }
    if (this.unsaved && !this.choosing) this.#later(PAUSE_MS);
  }

  /** @param {string} text @param {number} revision */
  #done(text, revision) {
    this.revision = revision;
    this.saved = text;
    this.#say(word("saved"));
  }

  /** @param {RequestError} error */
  #failed(error) {
    if (error.status === 409 && typeof error.body?.text === "string") {
      this.#choose(error.body);
    } else if (error.passing) {
      this.#say(word("not_saved"));
      this.#later(RETRY_MS);
    } else {
      this.saved = this.area.value; // refused for good: do not ask again until more is typed
      this.#say(error.message);
    }
  }

  /** Another browser of the mediator saved first. @param {{revision: number, text: string}} theirs */
  #choose({ revision, text }) {
    this.choosing = true;
    const settle = (/** @type {string} */ chosen) => {
      this.choosing = false;
      this.revision = revision;
      this.saved = text;
      this.area.value = chosen;
      this.#say("");
      this.#later(0);
    };
    const mine = choice(word("keep_mine"), () => settle(this.area.value));
    this.#say(word("conflict"), mine, choice(word("take_theirs"), () => settle(text)));
  }

  /** The page brought a newer text (the opening wrote one, or another browser): show it if nothing is typed. */
  #takeNewer() {
    const kept = document.querySelector("[data-record-kept]");
    const revision = Number(kept?.getAttribute("data-revision"));
    if (!kept || revision <= this.revision || this.unsaved || this.saving) return;
    this.revision = revision;
    this.saved = kept.textContent ?? "";
    this.area.value = this.saved;
  }

  #leave() {
    if (!this.unsaved || this.choosing) return;
    const json = { revision: this.revision, text: this.area.value };
    request(this.url, { method: "PUT", json, keepalive: true }).catch(() => undefined);
  }

  /** @param {string} sentence @param {...HTMLElement} buttons */
  #say(sentence, ...buttons) {
    document.querySelector("[data-record-state]")?.replaceChildren(sentence, ...buttons);
  }
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
