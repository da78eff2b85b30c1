// Plots of a seat's figures with uPlot, which draws on canvas; the page carries the same numbers as tables.

import uPlot from "../../vendor/uplot/uplot.js";
import { request } from "../core/http.js";
import { word } from "./words.js";

/**
 * @typedef {Record<"at" | "loss_in" | "loss_out" | "kbps_in" | "kbps_out" | "layer" | "frozen" | "rtt_ms", (number | null)[]>} Columns
 */

const HEIGHT = 150;
const LEAST_LOSS = 10; // percent: a line that loses little is drawn as one
const LEAST_KBPS = 500;
const LAYERS = ["layer_none", "layer_low", "layer_middle", "layer_high"];
const zone = document.querySelector("main")?.dataset.zone;
const clock = new Intl.DateTimeFormat("pt-BR", { hour: "2-digit", minute: "2-digit", timeZone: zone });
const exact = new Intl.DateTimeFormat("pt-BR", { timeStyle: "medium", timeZone: zone });
const fine = new Intl.NumberFormat("pt-BR", { maximumFractionDigits: 1 });

/** A colour of the site's. @param {string} name */
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** The figures of a hearing's seats, fetched and then only what is new. */
export class Figures {
  /** @param {string} url */
  constructor(url) {
    this.url = url;
    /** @type {Map<string, Columns>} */
    this.seats = new Map();
    this.over = false;
  }

  async renew() {
    // The newest span may not have been complete: it is asked for again.
    const known = [...this.seats.values()].map((columns) => columns.at.at(-1) ?? 0);
    const since = known.length ? Math.floor(Math.min(...known)) : 0;
    const answer = await request(`${this.url}?desde=${since}`);
    this.over = answer.over;
    for (const [seat, fresh] of Object.entries(answer.seats)) {
      const before = this.seats.get(seat);
      this.seats.set(seat, before ? joined(before, /** @type {Columns} */ (fresh)) : /** @type {Columns} */ (fresh));
    }
  }
}

/** @param {Columns} before @param {Columns} fresh @returns {Columns} */
function joined(before, fresh) {
  if (!fresh.at.length) return before;
  const first = fresh.at[0] ?? 0;
  const keep = before.at.findIndex((at) => (at ?? 0) >= first);
  const kept = keep < 0 ? before.at.length : keep;
  const found = {};
  for (const name of Object.keys(before)) found[name] = [...before[name].slice(0, kept), ...fresh[name]];
  return /** @type {Columns} */ (found);
}

/** The axis of time, labelled in the agency's zone. */
const times = () => ({
  stroke: colour("--text-soft"),
  grid: { stroke: colour("--line"), width: 1 },
  ticks: { stroke: colour("--line-strong"), width: 1 },
  font: "12px Raleway, sans-serif",
  values: (/** @type {any} */ _plot, /** @type {number[]} */ splits) => splits.map((at) => clock.format(at * 1000)),
});

/** @param {string} unit @param {(value: number) => string} [say] */
const values = (unit, say = (value) => `${fine.format(value)}${unit}`) => ({
  ...times(),
  size: 68,
  values: (/** @type {any} */ _plot, /** @type {number[]} */ splits) => splits.map((value) => (value === null ? "" : say(value))),
});

/** @param {string} name @param {string} tone @param {string} unit @param {object} [more] */
const line = (name, tone, unit, more = {}) => ({
  label: word(`plot_${name}`),
  stroke: colour(tone),
  width: 2,
  points: { size: 4 },
  value: (/** @type {any} */ _plot, /** @type {number | null} */ value) => (value === null || value === undefined ? "—" : `${fine.format(value)}${unit}`),
  ...more,
});

const layerName = (/** @type {number} */ value) => (Number.isInteger(value) ? word(LAYERS[value] ?? "") : "");
const nothingBelow = (/** @type {number} */ least) => (/** @type {any} */ _plot, /** @type {number} */ _low, /** @type {number} */ high) => [0, Math.max(least, (high ?? 0) * 1.1)];
const filled = (/** @type {string} */ tone) => `color-mix(in srgb, ${colour(tone)} 18%, transparent)`;

/** What is plotted under each other, of which columns. */
const PLOTS = [
  {
    columns: /** @type {const} */ (["loss_in", "loss_out"]),
    series: () => [line("loss_in", "--tone-danger", " %", { fill: filled("--tone-danger") }), line("loss_out", "--primary", " %", { dash: [6, 3] })],
    scales: { y: { range: nothingBelow(LEAST_LOSS) } },
    axes: () => [values(" %")],
  },
  {
    columns: /** @type {const} */ (["kbps_in", "kbps_out"]),
    series: () => [line("kbps_in", "--tone-success", " kbit/s"), line("kbps_out", "--primary", " kbit/s", { dash: [6, 3] })],
    scales: { y: { range: nothingBelow(LEAST_KBPS) } },
    axes: () => [values("", (value) => (value >= 1000 ? `${fine.format(value / 1000)} M` : `${fine.format(value)} k`))],
  },
  {
    columns: /** @type {const} */ (["layer", "frozen"]),
    series: () => [
      line("layer", "--primary", "", {
        paths: uPlot.paths.stepped?.({ align: 1 }),
        value: (/** @type {any} */ _plot, /** @type {number | null} */ value) => (value === null || value === undefined ? "—" : word(LAYERS[Math.round(value)] ?? "")),
      }),
      line("frozen", "--tone-danger", " s", { scale: "s", fill: filled("--tone-danger"), paths: uPlot.paths.bars?.({ size: [0.8, 12] }), points: { show: false } }),
    ],
    scales: { y: { range: [0, 3.2] }, s: { range: nothingBelow(5) } },
    axes: () => [{ ...values("", layerName), splits: () => [0, 1, 2, 3] }, { ...values(" s"), scale: "s", side: 1, size: 50, grid: { show: false } }],
  },
];

/** One person's plots, with one cursor. */
export class SeatPlots {
  /** @param {HTMLElement} place */
  constructor(place) {
    this.place = place;
    /** @type {uPlot[]} */
    this.plots = [];
    this.sync = uPlot.sync(`seat-${place.dataset.plots}`);
    place.addEventListener("keydown", (event) => this.#key(event));
    new ResizeObserver(() => this.#resize()).observe(place);
  }

  get width() {
    return Math.max(240, this.place.clientWidth);
  }

  /** @param {Columns} columns */
  draw(columns) {
    PLOTS.forEach((wanted, index) => {
      const data = /** @type {uPlot.AlignedData} */ ([columns.at, ...wanted.columns.map((name) => columns[name])]);
      if (this.plots[index]) this.plots[index].setData(data);
      else this.plots.push(this.#make(wanted, data));
    });
    this.place.dataset.drawn = String(columns.at.length);
  }

  /** @param {typeof PLOTS[number]} wanted @param {uPlot.AlignedData} data */
  #make(wanted, data) {
    const options = /** @type {uPlot.Options} */ (/** @type {unknown} */ ({
      width: this.width,
      height: HEIGHT,
      cursor: { sync: { key: this.sync.key }, drag: { x: true, y: false } },
      scales: wanted.scales,
      axes: [times(), ...wanted.axes()],
      series: [{ label: word("plot_time"), value: (/** @type {any} */ _plot, /** @type {number | null} */ at) => (at ? exact.format(at * 1000) : "—") }, ...wanted.series()],
    }));
    const plot = new uPlot(options, data, this.place);
    this.sync.sub(plot);
    return plot;
  }

  #resize() {
    for (const plot of this.plots) if (plot.width !== this.width) plot.setSize({ width: this.width, height: HEIGHT });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const plot = this.plots[0];
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!plot || !step) return;
    event.preventDefault();
    const last = plot.data[0].length - 1;
    const at = Math.min(last, Math.max(0, (plot.cursor.idx ?? (step > 0 ? -1 : last + 1)) + step));
    for (const one of this.plots) one.setCursor({ left: one.valToPos(one.data[0][at] ?? 0, "x"), top: 10 });
  }
}

/** A person's whole hearing on the space of a word: what was lost as an area, what was received as a line. */
export class Spark {
  constructor() {
    this.element = document.createElement("div");
    this.element.className = "spark";
    /** @type {uPlot | null} */
    this.plot = null;
  }

  /** @param {Columns} columns */
  draw(columns) {
    const worst = columns.loss_in.map((loss, index) => (loss === null ? null : Math.max(loss, columns.loss_out[index] ?? 0)));
    const data = /** @type {uPlot.AlignedData} */ ([columns.at, columns.kbps_out, worst]);
    if (this.plot) this.plot.setData(data);
    else this.plot = new uPlot(this.#options(), data, this.element);
    this.element.dataset.drawn = String(columns.at.length);
  }

  /** @returns {uPlot.Options} */
  #options() {
    return {
      width: 180,
      height: 40,
      cursor: { show: false },
      legend: { show: false },
      axes: [{ show: false }, { show: false }],
      padding: [2, 0, 2, 0],
      scales: { y: { range: nothingBelow(LEAST_KBPS) }, loss: { range: nothingBelow(20) } },
      series: [
        {},
        { stroke: colour("--primary"), width: 1.5, points: { show: false } },
        { scale: "loss", stroke: colour("--tone-danger"), fill: filled("--tone-danger"), width: 1.5, points: { show: false } },
      ],
    };
  }
}
