// One person's line of connection quality: a word, the last minutes as a small picture, and the figures on demand.

import { word } from "./words.js";

const WIDTH = 90;
const HEIGHT = 18;
const MOST_LOSS = 0.2;
const LEAST_TOP_KBPS = 500;
const LAYERS = { q: "low", h: "middle", f: "high", "": "single" };
const SVG = "http://www.w3.org/2000/svg";

/**
 * @typedef {import("./quality.js").Second} Second
 * @typedef {import("./quality.js").Point} Point
 */

export class QualityLine {
  constructor() {
    this.word = node("span", "quality-word");
    this.rate = svg("polyline", "quality-rate");
    this.loss = svg("path", "quality-loss");
    const picture = svg("svg", "quality-picture");
    picture.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
    picture.setAttribute("aria-hidden", "true"); // the figures say the same in words
    picture.append(this.rate, this.loss);
    const summary = document.createElement("summary");
    summary.append(this.word, picture);
    this.facts = node("dl", "quality-facts");
    /** @type {Map<string, HTMLElement>} by the label's name */
    this.values = new Map();
    this.element = node("details", "quality");
    this.element.append(summary, this.facts);
  }

  /**
   * @param {import("./quality.js").Judgement} judgement @param {Point[]} points oldest first
   * @param {Second} second the newest @param {(seat: string) => string} nameOf
   */
  draw(judgement, points, second, nameOf) {
    this.element.className = `quality quality-${judgement}`;
    this.#set(this.word, word(`quality_${judgement}`));
    this.#picture(points);
    const { up, down } = second;
    this.#fact("sent", `${rates(up.kbps)}; ${word("quality_lost", { share: percent(up.loss) })}`);
    this.#fact("received", `${rates(down.kbps)}; ${word("quality_lost", { share: percent(down.loss) })}`);
    this.#fact("estimate", down.estimate_kbps ? kbps(down.estimate_kbps) : word("quality_unknown"));
    this.#fact("delay", second.rtt_ms === null ? word("quality_unknown") : milliseconds(second.rtt_ms));
    this.#fact("jitter", milliseconds(Math.max(up.jitter_ms, down.jitter_ms)));
    this.#fact("pictures", pictures(down.layers ?? {}, nameOf));
    this.#fact("frozen", freezes(second));
    this.#fact("voice", word(`voice_${second.voice ?? "no_packets"}`));
    this.#fact("recent", recent(points));
  }

  /** The rate as a line, losses as bars from above. @param {Point[]} points */
  #picture(points) {
    const step = WIDTH / 180;
    const first = WIDTH - points.length * step;
    const top = Math.max(LEAST_TOP_KBPS, ...points.map((point) => point.kbps));
    const at = (/** @type {number} */ index) => (first + index * step).toFixed(1);
    const line = points.map(({ kbps }, index) => `${at(index)},${(HEIGHT - (kbps / top) * (HEIGHT - 2)).toFixed(1)}`);
    const bars = points.map(({ loss }, index) =>
      loss > 0 ? `M${at(index)} 0V${(Math.min(1, loss / MOST_LOSS) * HEIGHT).toFixed(1)}` : "",
    );
    this.rate.setAttribute("points", line.join(" "));
    this.loss.setAttribute("d", bars.join("") || "M0 0");
  }

  #fact(/** @type {string} */ name, /** @type {string} */ value) {
    let place = this.values.get(name);
    if (!place) {
      place = node("dd", "");
      this.values.set(name, place);
      const row = node("div", "");
      row.append(node("dt", "", word(`quality_${name}`)), place);
      this.facts.append(row);
    }
    this.#set(place, value);
  }

  #set(/** @type {HTMLElement} */ place, /** @type {string} */ value) {
    if (place.textContent !== value) place.textContent = value;
  }
}

const whole = new Intl.NumberFormat("pt-BR", { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat("pt-BR", { maximumFractionDigits: 1 });

/** @param {number} share */
const percent = (share) => `${fine.format(share * 100)}\u00a0%`;
/** @param {number} value */
const milliseconds = (value) => `${whole.format(value)}\u00a0ms`;
/** @param {number} rate */
const kbps = (rate) => (rate >= 1000 ? `${fine.format(rate / 1000)}\u00a0Mbit/s` : `${whole.format(rate)}\u00a0kbit/s`);

/** @param {Record<string, number>} media */
function rates(media) {
  const parts = Object.entries(media).map(([medium, rate]) => `${word(`medium_${medium}`)} ${kbps(rate)}`);
  return parts.join(", ") || word("quality_nothing");
}

/** @param {Record<string, string | null>} layers by "seat/medium" @param {(seat: string) => string} nameOf */
function pictures(layers, nameOf) {
  const parts = Object.entries(layers).map(([stream, layer]) => {
    const [seat, medium] = stream.split("/");
    const what = medium === "screen" ? `${nameOf(seat)} (${word("medium_screen")})` : nameOf(seat);
    return `${what}: ${word(`layer_${layer === null ? "paused" : (LAYERS[layer] ?? "single")}`)}`;
  });
  return parts.join(", ") || word("quality_nothing");
}

/** @param {Second} second */
function freezes({ freezes, freeze_ms: duration }) {
  if (freezes === null) return word("quality_unknown");
  if (freezes === 0) return word("quality_never");
  return word("quality_freezes", { times: whole.format(freezes), seconds: fine.format((duration ?? 0) / 1000) });
}

/** The picture in words. @param {Point[]} points */
function recent(points) {
  const losses = points.map((point) => point.loss);
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  return word("quality_recent_losses", { mean: percent(mean), worst: percent(Math.max(...losses)) });
}

/** @param {string} tag @param {string} className @param {string} [content] */
function node(tag, className, content = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.textContent = content;
  return element;
}

/** @param {string} tag @param {string} className */
function svg(tag, className) {
  const element = document.createElementNS(SVG, tag);
  element.setAttribute("class", className);
  return element;
}
