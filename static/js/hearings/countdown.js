// The countdown to the opening: the server says how long it still runs, the page counts on from there.

import { word } from "./words.js";

const TICK_MS = 200;
const LATE_MS = 1500; // the opening is an event of its own; it is asked for when it does not come

export class Countdown {
  /** @param {HTMLElement} main @param {() => void} look fetches the room's truth */
  constructor(main, look) {
    this.main = main;
    this.look = look;
    this.until = 0;
    this.ticking = 0;
    this.late = 0;
    document.addEventListener("procon:updated", () => this.#draw());
  }

  /** @param {number | null} left milliseconds, null while nobody counts */
  apply(left) {
    clearInterval(this.ticking);
    clearTimeout(this.late);
    this.until = left === null ? 0 : performance.now() + left;
    this.main.toggleAttribute("data-counting", left !== null);
    if (left === null) return;
    this.ticking = setInterval(() => this.#draw(), TICK_MS);
    this.late = setTimeout(() => this.look(), left + LATE_MS);
    this.#draw();
  }

  #draw() {
    const place = this.main.querySelector("[data-countdown-left]");
    if (!place || !this.until) return;
    const seconds = Math.ceil((this.until - performance.now()) / 1000);
    const sentence = seconds > 0 ? word("countdown_left", { seconds: String(seconds) }) : word("countdown_over");
    if (place.textContent !== sentence) place.textContent = sentence;
  }
}
