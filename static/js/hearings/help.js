// Asking for help: opens the panel and tells of an answer. Everything goes over plain requests, so it works while
// picture and sound do not; without scripts the link opens a page.

import { toast } from "../core/toast.js";
import { sendInPlace } from "./forms.js";
import { notice } from "./notices.js";
import { knock } from "./sounds.js";
import { word } from "./words.js";

class Help {
  /** @param {HTMLElement} main @param {HTMLElement} panel */
  constructor(main, panel) {
    this.main = main;
    this.panel = panel;
    this.openers = [...main.querySelectorAll("[data-help-open]")];
    this.opener = this.openers[0];
    this.newest = this.#newest();
  }

  start() {
    if (this.main.dataset.phase === undefined) sendInPlace(this.panel); // in the room all forms are sent so already
    for (const opener of this.openers) {
      opener.setAttribute("role", "button");
      opener.addEventListener("click", (event) => {
        event.preventDefault();
        this.opener = opener;
        this.show(this.panel.hidden);
      });
      opener.addEventListener("keydown", (event) => {
        if (/** @type {KeyboardEvent} */ (event).key !== " ") return;
        event.preventDefault();
        /** @type {HTMLElement} */ (opener).click();
      });
    }
    this.panel.querySelector("[data-help-close]")?.addEventListener("click", () => this.show(false));
    this.panel.addEventListener("keydown", (event) => event.key === "Escape" && this.openers.length && this.show(false));
    document.addEventListener("procon:updated", () => this.#looked());
    this.#toEnd();
  }

  /** @param {boolean} shown */
  show(shown) {
    this.panel.hidden = !shown;
    for (const opener of this.openers) {
      opener.setAttribute("aria-expanded", String(shown));
      if (shown) opener.removeAttribute("data-help-news");
    }
    if (shown) {
      this.#toEnd();
      this.panel.querySelector("textarea")?.focus();
    } else {
      /** @type {HTMLElement | undefined} */ (this.opener)?.focus();
    }
  }

  #newest() {
    const answers = [...this.panel.querySelectorAll("[data-help-answer]")];
    return Number(answers.at(-1)?.getAttribute("data-help-answer") ?? 0);
  }

  #looked() {
    const newest = this.#newest();
    this.#toEnd();
    if (newest <= this.newest) return;
    this.newest = newest;
    toast(word("help_answered"));
    knock();
    notice(word("help_answered"), "").catch(() => undefined);
    if (!this.panel.hidden) return;
    for (const opener of this.openers) opener.setAttribute("data-help-news", "");
  }

  #toEnd() {
    const lines = this.panel.querySelector(".help-lines");
    if (lines) lines.scrollTop = lines.scrollHeight;
  }
}

const main = document.querySelector("main[data-hearing]");
const panel = main?.querySelector("[data-help]");
if (main instanceof HTMLElement && panel instanceof HTMLElement) new Help(main, panel).start();
