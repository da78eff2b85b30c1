// Waiting: the expected start is asked for again while time passes, and who left the page is called.

import { allowNotices } from "./notices.js";
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
    const answer = await allowNotices();
    this.draw();
    const said = this.main.querySelector("[data-call-me-said]");
    if (said) said.textContent = word(answer === "granted" ? "call_me_yes" : "call_me_no");
  }

  /** Called: the phone in the pocket says so as well. */
  call() {
    navigator.vibrate?.([200, 100, 200]);
  }
}
