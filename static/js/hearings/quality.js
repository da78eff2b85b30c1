// How well each person is heard and seen, for the mediator: recent packet loss, both ways.

import { word } from "./words.js";

const EVERY_MS = 5000;
const POOR = 0.1;
const BAD = 0.15;

/** @typedef {Record<string, {packets: number, lost: number, loss: number}>} Figures sums per seat, and the share
 * that this seat's browser misses of what it is sent */

export class Quality {
  /** @param {() => Promise<Figures | null>} ask null while there is nothing to ask */
  constructor(ask) {
    this.ask = ask;
    /** @type {Figures} */
    this.last = {};
    /** @type {Map<string, string>} seat to "good", "poor" or "bad" */
    this.found = new Map();
  }

  start() {
    setInterval(() => this.#look(), EVERY_MS);
    document.addEventListener("procon:updated", () => this.#draw());
  }

  async #look() {
    const figures = await this.ask().catch(() => null);
    if (!figures || figures.error) return;
    for (const [seat, now] of Object.entries(figures)) {
      const before = this.last[seat] ?? now;
      const lost = Math.max(0, now.lost - before.lost);
      const sent = Math.max(0, now.packets - before.packets) + lost;
      const loss = Math.max(now.loss, sent > 20 ? lost / sent : 0);
      this.found.set(seat, loss < POOR ? "good" : loss < BAD ? "poor" : "bad");
    }
    this.last = figures;
    this.#draw();
  }

  #draw() {
    for (const place of document.querySelectorAll("[data-quality]")) {
      const quality = this.found.get(place.getAttribute("data-quality") ?? "");
      place.className = quality ? `quality-${quality}` : "";
      place.textContent = quality ? word(`quality_${quality}`) : "";
    }
  }
}
