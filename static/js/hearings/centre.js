// The command centre: figures of each second and a small plot at each person, and a call when a task is new. What
// there is to do comes with the page itself, which is renewed after each event (core/live.js).

import { io } from "../../vendor/socket.io/socket.io.js";
import { announce, toast } from "../core/toast.js";
import { sendInPlace } from "./forms.js";
import { allowNotices, notice } from "./notices.js";
import { Figures, Spark } from "./plots.js";
import { Quality } from "./quality.js";
import { alarm, allowSound } from "./sounds.js";
import { word } from "./words.js";

const AGAIN_MS = 10_000;
const CLOCK_MS = 15_000;
const SWITCH = "procon:central-alarme";

class Centre {
  /** @param {HTMLElement} main */
  constructor(main) {
    this.main = main;
    this.button = main.querySelector("[data-alarm]");
    /** @type {Map<number, Quality>} by hearing */
    this.qualities = new Map();
    /** @type {Map<number, Figures>} by hearing */
    this.figures = new Map();
    /** @type {Map<string, Spark>} by seat */
    this.sparks = new Map();
    /** @type {Set<string>} */
    this.known = new Set(this.#alerts().map((task) => task.id));
    this.watched = "";
    this.title = document.title;
    this.socket = io("/centre", { transports: ["websocket"], reconnectionDelay: 300, reconnectionDelayMax: 5000 });
  }

  start() {
    sendInPlace(this.main);
    this.socket.on("connect", () => this.#watch(true));
    this.socket.on("figures", (said) => this.#heard(said));
    document.addEventListener("procon:updated", () => this.#renewed());
    document.addEventListener("visibilitychange", () => document.hidden || this.#calm());
    this.button?.addEventListener("click", () => this.#toggle());
    if (localStorage.getItem(SWITCH) === "1") {
      this.#draw(true);
      // Browsers let a page make sound only after somebody touched it.
      addEventListener("pointerdown", () => allowSound().catch(() => undefined), { once: true });
      addEventListener("keydown", () => allowSound().catch(() => undefined), { once: true });
    }
    setInterval(() => this.#clock(), CLOCK_MS);
    this.#clock();
    this.#toEnd();
    this.#plot();
  }

  // --- tasks

  #alerts() {
    return [...this.main.querySelectorAll("[data-alert]")].map((task) => ({
      id: task.getAttribute("data-alert") ?? "",
      sentence: task.getAttribute("data-sentence") ?? "",
      taken: task.classList.contains("task-taken"),
    }));
  }

  #renewed() {
    this.#clock();
    this.#watch();
    this.#place();
    this.#toEnd();
    const fresh = this.#alerts().filter((task) => !this.known.has(task.id));
    for (const task of fresh) this.known.add(task.id);
    const calls = fresh.filter((task) => !task.taken);
    if (calls.length) this.#call(calls.map((task) => task.sentence));
  }

  /** @param {string[]} sentences */
  #call(sentences) {
    for (const sentence of sentences) toast(sentence, { tone: "danger", seconds: 12 });
    if (!this.on) return;
    alarm();
    if (!document.hidden) return;
    document.title = `● ${word("alert_title")}`;
    notice(word("alert_title"), sentences.join("\n")).catch(() => undefined);
  }

  #calm() {
    if (document.title.startsWith("●")) document.title = this.title;
  }

  get on() {
    return this.button?.getAttribute("aria-pressed") === "true";
  }

  async #toggle() {
    const on = !this.on;
    localStorage.setItem(SWITCH, on ? "1" : "0");
    this.#draw(on);
    announce(word(on ? "alarm_on" : "alarm_off"));
    if (!on) return;
    await allowSound().catch(() => undefined);
    await allowNotices().catch(() => undefined);
  }

  /** @param {boolean} on */
  #draw(on) {
    this.button?.setAttribute("aria-pressed", String(on));
  }

  #clock() {
    for (const place of this.main.querySelectorAll("[data-since]")) {
      const minutes = Math.floor((Date.now() - Date.parse(place.getAttribute("data-since") ?? "")) / 60_000);
      const rest = { minutes: String(minutes % 60), hours: String(Math.floor(minutes / 60)) };
      place.textContent = `(${word(minutes < 1 ? "since_now" : minutes < 60 ? "since_minutes" : "since_hours", rest)})`;
    }
  }

  #toEnd() {
    const lines = this.main.querySelector(".centre-lines");
    if (lines) lines.scrollTop = lines.scrollHeight;
  }

  // --- connections

  #cards() {
    return [...this.main.querySelectorAll("[data-watch]")].map((card) => /** @type {HTMLElement} */ (card));
  }

  /** Say which hearings are on the page, when they are others than before. @param {boolean} [anew] */
  #watch(anew = false) {
    const hearings = this.#cards().map((card) => Number(card.dataset.watch));
    const wanted = hearings.join();
    if (!this.socket.connected || (!anew && wanted === this.watched)) return;
    this.watched = wanted;
    this.socket.emit("watch", { hearings });
  }

  /** @param {{hearing: number, seats: Record<string, import("./quality.js").Second>}} said */
  #heard({ hearing, seats }) {
    let quality = this.qualities.get(hearing);
    if (!quality) {
      quality = new Quality((seat) => this.main.querySelector(`[data-quality="${seat}"]`)?.getAttribute("data-name") ?? "");
      quality.start();
      this.qualities.set(hearing, quality);
    }
    quality.heard({ seats });
  }

  async #plot() {
    for (const card of this.#cards()) {
      const hearing = Number(card.dataset.watch);
      if (card.dataset.running === undefined || !card.dataset.figures) continue;
      const figures = this.figures.get(hearing) ?? new Figures(card.dataset.figures);
      this.figures.set(hearing, figures);
      await figures.renew().catch(() => undefined);
      for (const [seat, columns] of figures.seats) {
        if (columns.at.length < 2) continue;
        const spark = this.sparks.get(seat) ?? new Spark();
        this.sparks.set(seat, spark);
        spark.draw(columns);
      }
    }
    this.#place();
    setTimeout(() => this.#plot(), AGAIN_MS);
  }

  #place() {
    for (const place of this.main.querySelectorAll("[data-graph]")) {
      const spark = this.sparks.get(place.getAttribute("data-graph") ?? "")?.element;
      if (spark && spark.parentElement !== place) place.replaceChildren(spark);
    }
  }
}

const main = document.querySelector("main[data-centre]");
if (main instanceof HTMLElement) new Centre(main).start();
