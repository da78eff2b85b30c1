// How well each person is connected: the figures that come each second, a word for the last ten, and their picture.
// The mediator is told of everybody, the others of themselves. The bounds of the words come with the page.

import { QualityLine } from "./quality-line.js";

const WINDOW = 10;
const KEPT = 180;
const SILENT_MS = 5000;

/**
 * @typedef {{loss: number, jitter_ms: number, kbps: Record<string, number>, layers?: Record<string, string | null>,
 *   estimate_kbps?: number | null}} Way
 * @typedef {{publish: string | null, subscribe: string | null, voice?: string, up: Way, down: Way,
 *   rtt_ms: number | null, freezes: number | null, freeze_ms: number | null, fps: number | null}} Second
 * @typedef {{loss: number, kbps: number, frozen: number | null}} Point
 * @typedef {"good" | "regular" | "bad" | "reconnecting" | "none"} Judgement
 */

export class Quality {
  /** @param {(seat: string) => string} nameOf a person's name by their seat */
  constructor(nameOf) {
    this.nameOf = nameOf;
    /** @type {Map<string, {points: Point[], line: QualityLine, last: Second}>} by seat */
    this.seats = new Map();
    this.silence = 0;
  }

  start() {
    document.addEventListener("procon:updated", () => this.#place());
  }

  /** @param {{seats: Record<string, Second>}} said */
  heard({ seats }) {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.#forget(), SILENT_MS);
    for (const seat of this.seats.keys()) if (!(seat in seats)) this.#drop(seat);
    for (const [seat, second] of Object.entries(seats)) this.#add(seat, second);
  }

  #add(/** @type {string} */ seat, /** @type {Second} */ second) {
    let held = this.seats.get(seat);
    if (!held) {
      held = { points: [], line: new QualityLine(), last: second };
      this.seats.set(seat, held);
      this.#place();
    }
    held.last = second;
    held.points.push({
      loss: Math.max(second.up.loss, second.down.loss),
      kbps: total(second.up.kbps) + total(second.down.kbps),
      frozen: second.freeze_ms,
    });
    if (held.points.length > KEPT) held.points.shift();
    held.line.draw(judge(held.points, second, bounds()), held.points, second, this.nameOf);
  }

  /** The page's places for the lines: new ones after each renewal of the page's part. */
  #place() {
    for (const place of document.querySelectorAll("[data-quality]")) {
      const line = this.seats.get(place.getAttribute("data-quality") ?? "")?.line.element;
      if (line && line.parentElement !== place) place.replaceChildren(line);
    }
  }

  #drop(/** @type {string} */ seat) {
    this.seats.get(seat)?.line.element.remove();
    this.seats.delete(seat);
  }

  /** Nothing is measured at the moment: nothing is claimed. */
  #forget() {
    for (const seat of [...this.seats.keys()]) this.#drop(seat);
  }
}

/** @typedef {{loss: [number, number], rtt_ms: [number, number], frozen: [number, number]}} Bounds */

/** @returns {Bounds} from which value on a connection is regular, and from which on it is bad */
function bounds() {
  const place = document.querySelector("[data-quality-bounds]");
  return JSON.parse(place?.getAttribute("data-quality-bounds") ?? "null");
}

/**
 * @param {Point[]} points @param {Second} second the newest @param {Bounds} limits
 * @returns {Judgement}
 */
function judge(points, second, limits) {
  const sides = [second.publish, second.subscribe];
  if (!sides.includes("connected")) return sides.includes("reconnecting") ? "reconnecting" : "none";
  const recent = points.slice(-WINDOW); // at the beginning fewer: one bad second of two says little
  const measured = {
    loss: recent.reduce((sum, point) => sum + point.loss, 0) / WINDOW,
    rtt_ms: second.rtt_ms ?? 0,
    frozen: frozen(recent) / 1000 / WINDOW,
  };
  const reaches = (/** @type {0 | 1} */ bound) =>
    Object.entries(measured).some(([name, value]) => value >= limits[name][bound]);
  return reaches(1) ? "bad" : reaches(0) ? "regular" : "good";
}

/** @param {Point[]} points @returns {number} milliseconds for which pictures stood still; a new page counts anew */
function frozen(points) {
  const counts = points.map((point) => point.frozen).filter((count) => count !== null);
  return Math.max(0, (counts.at(-1) ?? 0) - (counts[0] ?? 0));
}

/** @param {Record<string, number>} kbps */
function total(kbps) {
  return Object.values(kbps).reduce((sum, rate) => sum + rate, 0);
}
