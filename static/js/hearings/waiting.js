// Waiting: the expected start is asked for again while time passes, and who left the page is called.

import { word } from "./words.js";

const LOOK_MS = 20_000;

export class Waiting {
  /** @param {HTMLElement} main @param {() => void} look fetches the room's truth */
  constructor(main, look) {
    this.main = main;
    this.button = main.querySelector("[data-call-me]");
    this.button?.addEventListener("click", () => this.allow());
    setInterval(() => main.dataset.phase === "waiting" && look(), LOOK_MS);
  }

  /** Offer to call the person, where the browser can and has not been asked. */
  draw() {
    const can = "Notification" in window && Notification.permission === "default";
    this.button?.toggleAttribute("hidden", !can || this.main.dataset.phase !== "waiting");
  }

  async allow() {
    const answer = await Notification.requestPermission();
    this.draw();
    const said = this.main.querySelector("[data-call-me-said]");
    if (said) said.textContent = word(answer === "granted" ? "call_me_yes" : "call_me_no");
  }

  /** @param {string} sentence @param {string} title told outside the page, when it is not looked at */
  call(sentence, title) {
    navigator.vibrate?.([200, 100, 200]);
    if (!document.hidden || !("Notification" in window) || Notification.permission !== "granted") return;
    try {
      const shown = new Notification(title, { body: sentence, tag: `audiencia-${this.main.dataset.hearing}` });
      shown.addEventListener("click", () => {
        window.focus();
        shown.close();
      });
    } catch {
      // Chrome for Android shows them for installed pages alone: sound and title remain
    }
  }
}
