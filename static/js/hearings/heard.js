// Whether one is being heard, as the server tells it: a line beside the microphone, spoken only when it goes wrong.

import { announce } from "../core/toast.js";
import { word } from "./words.js";

const AGAIN_MS = 15_000;
/** What is said for the voice that the server made out. */
const SENTENCES = {
  speaking: "heard",
  muted_talking: "heard_muted",
  too_low: "heard_low",
  no_packets: "heard_nothing",
};

export class Heard {
  /** @param {HTMLElement} main */
  constructor(main) {
    this.line = main.querySelector("[data-heard]");
    this.restore = main.querySelector(".bar-restore");
    this.said = "";
    this.saidAt = -AGAIN_MS;
  }

  /** @param {string} voice as the server tells it; empty while no sound may flow */
  apply(voice) {
    const name = SENTENCES[/** @type {keyof typeof SENTENCES} */ (voice)] ?? "";
    const bad = name !== "" && name !== "heard";
    if (this.line instanceof HTMLElement) {
      this.line.dataset.heard = voice;
      this.line.classList.toggle("heard-bad", bad);
      const text = this.line.querySelector("span");
      if (text) text.textContent = name ? word(name) : "";
    }
    this.restore?.classList.toggle("bar-offer", voice === "no_packets");
    if (!bad) return;
    if (name === this.said && performance.now() - this.saidAt < AGAIN_MS) return;
    this.said = name;
    this.saidAt = performance.now();
    announce(word(name));
  }
}
