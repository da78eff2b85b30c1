// How this person takes part: the step of the ladder that the server says, and whether they are heard.

import { toast } from "../core/toast.js";
import { Heard } from "./heard.js";
import { word } from "./words.js";

const LOW_HEIGHT = 120;
/** @type {Record<string, number>} how tall others' pictures are asked for at most */
const TALLEST = { low: LOW_HEIGHT, audio: 0, text: 0 };

export class Participation {
  /**
   * @param {HTMLElement} main @param {import("./tiles.js").Tiles} tiles
   * @param {import("./tabs.js").Tabs} tabs
   */
  constructor(main, tiles, tabs) {
    this.main = main;
    this.tiles = tiles;
    this.tabs = tabs;
    this.heard = new Heard(main);
    this.mode = "video";
    this.seat = "";
    tiles.tellsTroubles = main.dataset.role === "mediator";
  }

  start() {
    this.main.addEventListener("procon:activity", (event) => {
      const { seats } = /** @type {CustomEvent} */ (event).detail;
      this.heard.apply(this.main.dataset.publish === "connected" ? (seats[this.seat]?.voice ?? "") : "");
    });
  }

  /** @param {import("./tiles.js").Person | undefined} me @param {boolean} flows @returns {boolean} a new mode */
  apply(me, flows) {
    this.seat = me?.seat ?? "";
    if (!flows) this.heard.apply("");
    const mode = me?.mode ?? "video";
    if (mode === this.mode) return false;
    this.mode = mode;
    this.tiles.bound(TALLEST[mode] ?? Infinity);
    toast(word(`mode_${mode}`));
    if (mode === "text") this.tabs.show("chat");
    return true;
  }

  /** What of one's own microphone and camera is sent. @param {{microphone: boolean, camera: boolean}} own */
  sent(own) {
    const written = this.mode === "text";
    return { microphone: own.microphone && !written, camera: own.camera && !written && this.mode !== "audio" };
  }

  get low() {
    return this.mode === "low";
  }
}
