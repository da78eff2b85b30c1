// The room's page as its scripts write on it: parts found by their attribute, shown, hidden, worded.

import { word } from "./words.js";

export class Surface {
  /** @param {HTMLElement} main */
  constructor(main) {
    this.main = main;
  }

  /** @param {string} selector @returns {HTMLElement} */
  part(selector) {
    return /** @type {HTMLElement} */ (this.main.querySelector(selector));
  }

  /** @param {string} selector @param {string} sentence */
  text(selector, sentence) {
    this.part(selector).textContent = sentence;
  }

  /** @param {string} selector @param {boolean} shown */
  show(selector, shown) {
    this.main.querySelector(selector)?.toggleAttribute("hidden", !shown);
  }

  /** @param {string} selector @param {() => void} act */
  click(selector, act) {
    for (const found of this.main.querySelectorAll(selector)) found.addEventListener("click", act);
  }

  /** @param {string} selector @param {boolean} on @param {string} label */
  button(selector, on, label) {
    const button = this.part(selector);
    button.setAttribute("aria-pressed", String(!on));
    const name = button.querySelector("[data-label]");
    if (name) name.textContent = word(label);
  }

  /** Above the pictures. @param {string} sentence empty for none */
  banner(sentence) {
    this.text("[data-banner]", sentence);
    this.show("[data-banner]", Boolean(sentence));
  }

  /** At the door. @param {string} sentence empty for none */
  complain(sentence) {
    this.text("[data-door-error]", sentence);
    this.show("[data-door-error]", Boolean(sentence));
  }
}
