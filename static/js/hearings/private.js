// Private rooms: the ring of a call and its countdown, what is said when one begins and ends, and for whom a line of
// the chat is. The banner with its buttons is drawn by the server; everything follows the room's truth.

import { announce, toast } from "../core/toast.js";
import { ring } from "./sounds.js";
import { word } from "./words.js";

const RING_MS = 3000;
const TICK_MS = 500;

/** @typedef {{id: number, part: "inside" | "called" | "calling", caller: string, names: string[], seconds: number}} Private */

export class PrivateRooms {
  /** @param {HTMLElement} main @param {(sentence: string, title: string) => void} tell seen, heard, and in the title */
  constructor(main, tell) {
    this.main = main;
    this.tell = tell;
    /** @type {Private | null} */
    this.now = null;
    this.until = 0;
    this.rangAt = 0;
  }

  start() {
    setInterval(() => this.#tick(), TICK_MS);
    document.addEventListener("procon:updated", () => this.#count());
    const form = this.audience?.form;
    form?.addEventListener("reset", () => this.#keepAudience());
  }

  /** @returns {HTMLSelectElement | null} */
  get audience() {
    return this.main.querySelector("select[data-audience]");
  }

  /** @param {Private | null} next @param {boolean} inside whether this page sits in the room */
  apply(next, inside) {
    const before = this.now;
    this.now = inside ? next : null;
    this.until = Date.now() + (this.now?.seconds ?? 0) * 1000;
    this.main.dataset.private = this.now?.part ?? "";
    this.#say(before, this.now);
    this.#chooseAudience(before?.part === "inside", this.now?.part === "inside");
    this.#tick();
  }

  #say(/** @type {Private | null} */ before, /** @type {Private | null} */ now) {
    if (now?.part === before?.part && now?.id === before?.id) return;
    if (now?.part === "called") {
      this.rangAt = 0;
      this.tell(word("private_called", { name: now.caller }), word("private_called_title"));
    } else if (now?.part === "inside") {
      announce(word("private_inside", { names: now.names.join(", ") }));
    } else if (before?.part === "inside") {
      toast(word("private_over"));
    } else if (before?.part === "calling" && !now) {
      toast(word("private_unanswered"));
    }
  }

  #tick() {
    this.#count();
    if (this.now?.part !== "called" || Date.now() >= this.until || Date.now() - this.rangAt < RING_MS) return;
    this.rangAt = Date.now();
    ring();
  }

  #count() {
    const place = this.main.querySelector("[data-private-left]");
    if (!place || !this.now) return;
    const seconds = String(Math.max(0, Math.ceil((this.until - Date.now()) / 1000)));
    const sentence = word("private_left", { seconds });
    if (place.textContent !== sentence) place.textContent = sentence;
  }

  /** In a private room one writes there; words begun there are never sent to all because it ended. */
  #chooseAudience(/** @type {boolean} */ was, /** @type {boolean} */ is) {
    const select = this.audience;
    const option = select?.querySelector("[data-audience-private]");
    if (!select || !(option instanceof HTMLOptionElement)) return;
    const text = select.form?.elements.namedItem("text");
    const begun = text instanceof HTMLInputElement && text.value !== "" && select.value === "private";
    option.hidden = option.disabled = !is && !begun;
    if (is && !was) select.value = "private";
    else if (!is && !begun && select.value === "private") select.value = "all";
  }

  /** A sent form is emptied: for whom one writes stays. */
  #keepAudience() {
    const kept = this.audience?.value ?? "all";
    queueMicrotask(() => {
      if (this.audience) this.audience.value = kept;
    });
  }
}
