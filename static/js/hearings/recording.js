// The recording as the room's people meet it: told to who comes later, counted for the mediator, and the alarm
// when nothing is being written. The sign itself is drawn by the server.

import { announce } from "../core/toast.js";
import { alarm } from "./sounds.js";
import { word } from "./words.js";

const SILENT_MS = 4000;
const WATCH_MS = 1000;
const REPEAT_MS = 10_000;

/** @typedef {{capture: "none" | "running" | "paused", failing: boolean}} Tape */
/** @typedef {{state: string, reason: string, seconds: number}} Beat what the media process says each second */

export class RecordingWatch {
  /** @param {HTMLElement} main @param {boolean} mediator the alarm is the mediator's */
  constructor(main, mediator) {
    this.main = main;
    this.mediator = mediator;
    /** @type {Tape} */
    this.tape = { capture: "none", failing: false };
    this.inside = false;
    this.heardAt = 0;
    this.reason = "";
    this.seconds = 0;
    this.wrong = "";
    this.calm = "";
    this.rangAt = 0;
  }

  start() {
    document.addEventListener("procon:updated", () => this.#count());
    if (!this.mediator) return;
    this.main.querySelector("[data-recording-calm]")?.addEventListener("click", () => {
      this.calm = this.wrong;
      this.#show();
    });
    setInterval(() => this.#judge(), WATCH_MS);
  }

  /** The server's truth. @param {Tape} tape @param {boolean} inside whether this page sits in the room */
  apply(tape, inside) {
    const begins = tape.capture === "running" && (this.tape.capture !== "running" || (inside && !this.inside));
    if (begins) this.heardAt = Date.now();
    // Who is in the room when it begins hears of the event; who comes later hears it here.
    if (begins && inside && !this.inside) announce(word("recording_on"));
    this.tape = tape;
    this.inside = inside;
    if (this.mediator) this.#judge();
  }

  /** The media process lives and says how it goes. @param {Beat} beat */
  heard({ state, reason, seconds }) {
    if (state === "starting") return;
    this.heardAt = Date.now();
    this.reason = state === "failed" ? "failed" : reason;
    this.seconds = seconds;
    this.#count();
    if (this.mediator) this.#judge();
  }

  #judge() {
    const running = this.inside && this.tape.capture === "running";
    const silent = Date.now() - this.heardAt > SILENT_MS;
    if (!running) this.wrong = "";
    else if (this.tape.failing || this.reason === "failed") this.wrong = "recording_failed";
    else if (silent) this.wrong = "recording_silent";
    else this.wrong = this.reason === "disk_low" ? "recording_disk_low" : "";
    if (!this.wrong) this.calm = "";
    this.#show();
  }

  /** Seen until it is over or understood, and heard again and again. */
  #show() {
    const wrong = this.wrong === this.calm ? "" : this.wrong;
    const box = this.main.querySelector("[data-recording-alarm]");
    const text = this.main.querySelector("[data-recording-alarm-text]");
    if (!box || !text) return;
    const sentence = wrong ? word(wrong) : "";
    if (text.textContent !== sentence) text.textContent = sentence;
    box.toggleAttribute("hidden", !wrong);
    if (wrong && Date.now() - this.rangAt > REPEAT_MS) {
      this.rangAt = Date.now();
      alarm();
    } else if (!wrong) {
      this.rangAt = 0;
    }
  }

  #count() {
    const place = this.main.querySelector("[data-recorded]");
    if (!place || !this.seconds) return;
    const minutes = Math.floor(this.seconds / 60);
    place.textContent = `${minutes}:${String(this.seconds % 60).padStart(2, "0")}`;
  }
}
