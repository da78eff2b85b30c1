// The device test: picture, microphone level, sound, and the result kept for the mediator.

import { request } from "../core/http.js";
import { toast } from "../core/toast.js";
import { listDevices, measure, missing, openDevices, permissionHelp } from "./devices.js";
import { testTone } from "./sounds.js";
import { word } from "./words.js";

const HEARD_LEVEL = 35; // above room noise, below a whisper near the microphone

/** @typedef {"ok" | "failed" | "skipped"} Result */

class DeviceTest {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    /** @type {Record<"camera" | "microphone" | "speaker", Result>} */
    this.found = { camera: "skipped", microphone: "skipped", speaker: "skipped" };
    /** @type {MediaStream | null} */
    this.stream = null;
    this.stopMeasuring = () => {};
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
    this.on("[data-choice] select", "change", () => this.open());
    this.on("[data-finish]", "click", () => this.keep());
    addEventListener("pagehide", () => this.close());
  }

  async open() {
    const camera = this.chosen("videoinput");
    const microphone = this.chosen("audioinput");
    this.close();
    const opened = await openDevices({ camera, microphone });
    this.stream = opened.stream;
    this.note("camera", opened.camera ? "ok" : "failed");
    this.note("microphone", "failed");
    this.preview(opened.camera);
    this.tell("[data-problem]", missing(opened));
    this.tell("[data-help]", opened.denied ? permissionHelp() : "");
    await this.choices();
    if (opened.microphone) this.stopMeasuring = measure(opened.stream, (level) => this.level(level));
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

  /** @param {string} kind @returns {string | undefined} */
  chosen(kind) {
    return this.root.querySelector(`[data-choice="${kind}"] select`)?.value || undefined;
  }

  /** @param {"camera" | "microphone" | "speaker"} what @param {string | null} result */
  note(what, result) {
    this.found[what] = /** @type {Result} */ (result);
    this.root.querySelector(`[data-step="${what}"]`)?.setAttribute("data-found", result ?? "");
    this.show(this.root.querySelector("[data-finish]"), true);
  }

  async keep() {
    try {
      await request(this.root.dataset.url ?? "", { method: "POST", json: this.found });
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
