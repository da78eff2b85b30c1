// The device test: picture, microphone level, sound, and the result kept for the mediator.

import { request } from "../core/http.js";
import { toast } from "../core/toast.js";
import { listDevices, measure, missing, openDevices, permissionHelp } from "./devices.js";
import { measureNetwork } from "./echo.js";
import { testTone } from "./sounds.js";
import { word } from "./words.js";

const HEARD_LEVEL = 35; // above room noise, below a whisper near the microphone

/** @typedef {"ok" | "failed" | "skipped"} Result */

class DeviceTest {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    /** @type {Record<"camera" | "microphone" | "speaker" | "network", Result>} */
    this.found = { camera: "skipped", microphone: "skipped", speaker: "skipped", network: "skipped" };
    /** @type {?import("./echo.js").Figures} */
    this.figures = null;
    /** @type {MediaStream | null} */
    this.stream = null;
    this.stopMeasuring = () => {};
    this.turn = 0;
  }

  start() {
    this.on("[data-begin]", "click", () => this.open());
    this.on("[data-tone]", "click", async () => {
      await testTone();
      this.root.querySelectorAll("[data-heard]").forEach((button) => this.show(button, true));
    });
    for (const button of this.root.querySelectorAll("[data-heard]")) {
      button.addEventListener("click", () => this.note("speaker", button.getAttribute("data-heard")));
    }
    this.on("[data-network]", "click", () => this.network());
    this.on("[data-choice] select", "change", () => this.open());
    this.on("[data-finish]", "click", () => this.keep());
    addEventListener("pagehide", () => this.close());
  }

  async open() {
    const camera = this.chosen("videoinput");
    const microphone = this.chosen("audioinput");
    this.close();
    const turn = (this.turn += 1);
    const opened = await openDevices({ camera, microphone });
    if (turn !== this.turn) {
      opened.stream.getTracks().forEach((track) => track.stop()); // another was chosen meanwhile
      return;
    }
    this.stream = opened.stream;
    this.note("camera", opened.camera ? "ok" : "failed");
    this.note("microphone", "failed");
    this.preview(opened.camera);
    this.tell("[data-problem]", missing(opened));
    this.tell("[data-help]", opened.denied ? permissionHelp() : "");
    await this.choices();
    if (opened.microphone && turn === this.turn) this.stopMeasuring = measure(opened.stream, (level) => this.level(level));
  }

  /** @param {number} level */
  level(level) {
    const bar = this.root.querySelector("progress");
    if (bar) bar.value = level;
    if (level >= HEARD_LEVEL && this.found.microphone !== "ok") this.note("microphone", "ok");
  }

  /** @param {boolean} works */
  preview(works) {
    const video = this.root.querySelector("video");
    if (!video) return;
    video.srcObject = this.stream;
    video.hidden = !works;
    this.show(this.root.querySelector("[data-no-preview]"), !works);
  }

  async choices() {
    for (const [kind, track] of /** @type {const} */ ([["videoinput", "video"], ["audioinput", "audio"]])) {
      const place = this.root.querySelector(`[data-choice="${kind}"]`);
      const used = this.stream?.getTracks().find((one) => one.kind === track);
      if (place instanceof HTMLElement) await listDevices(place, kind, used);
    }
  }

  async network() {
    const button = this.root.querySelector("[data-network]");
    const bar = this.root.querySelector("[data-network-progress]");
    if (button?.hasAttribute("disabled") || !(bar instanceof HTMLProgressElement)) return;
    button?.setAttribute("disabled", "");
    this.show(bar, true);
    this.tell("[data-network-found]", word("network_running"));
    try {
      this.figures = await measureNetwork(this.stream ?? new MediaStream(), (share) => (bar.value = share * 100));
      this.judge(this.figures);
    } catch (error) {
      this.figures = null;
      this.note("network", error.code === "busy" ? "skipped" : "failed");
      this.tell("[data-network-found]", word(error.code === "busy" ? "network_busy" : "network_failed"));
    }
    this.show(bar, false);
    button?.removeAttribute("disabled");
  }

  /** The bounds are those of the room itself. @param {import("./echo.js").Figures} figures */
  judge(figures) {
    const bounds = JSON.parse(this.root.dataset.bounds ?? "{}");
    const reached = ["loss", "rtt_ms"].map((name) => bounds[name].filter((bound) => figures[name] >= bound).length);
    const quality = ["good", "regular", "bad"][Math.max(...reached)];
    this.note("network", quality === "bad" ? "failed" : "ok");
    const said = {
      loss: (figures.loss * 100).toLocaleString("pt-BR", { maximumFractionDigits: 1 }),
      rtt: String(figures.rtt_ms),
      up: String(figures.up_kbps),
    };
    this.tell("[data-network-found]", word(`network_${quality}`, said));
  }

  /** @param {string} kind @returns {string | undefined} */
  chosen(kind) {
    return this.root.querySelector(`[data-choice="${kind}"] select`)?.value || undefined;
  }

  /** @param {"camera" | "microphone" | "speaker" | "network"} what @param {string | null} result */
  note(what, result) {
    this.found[what] = /** @type {Result} */ (result);
    this.root.querySelector(`[data-step="${what}"]`)?.setAttribute("data-found", result ?? "");
    this.show(this.root.querySelector("[data-finish]"), true);
  }

  async keep() {
    try {
      await request(this.root.dataset.url ?? "", { method: "POST", json: { ...this.found, figures: this.figures } });
      this.tell("[data-result]", word("test_saved"));
    } catch (error) {
      toast(error.message, { tone: "danger" });
    }
  }

  close() {
    this.stopMeasuring();
    this.stopMeasuring = () => {};
    this.stream?.getTracks().forEach((track) => track.stop());
  }

  /** @param {string} selector @param {string} name @param {() => void} act */
  on(selector, name, act) {
    this.root.querySelectorAll(selector).forEach((found) => found.addEventListener(name, act));
  }

  /** @param {string} selector @param {string} sentence */
  tell(selector, sentence) {
    const place = this.root.querySelector(selector);
    if (!place) return;
    place.textContent = sentence;
    this.show(place, Boolean(sentence));
  }

  /** @param {Element | null} element @param {boolean} shown */
  show(element, shown) {
    element?.toggleAttribute("hidden", !shown);
  }
}

const root = document.querySelector("[data-device-test]");
if (root instanceof HTMLElement) new DeviceTest(root).start();
