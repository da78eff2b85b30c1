/**
 * The browser's side of the hearing's media: one connection that publishes the own camera and microphone, one
 * that receives the others. Knows no page and no room; see docs/hearing-protocol.md, "Media in the browser".
 */

import { readPath, readPublished, readReceived, Troubles } from "./media-stats.js";
import { Publishing } from "./publishing.js";
import { Receiving } from "./receiving.js";
import { MediaRefused } from "./repair.js";

/** Milliseconds between two reports of what the browser shows. */
const REPORT = 5000;
/** Milliseconds in which signs of another network are gathered. */
const SETTLE = 300;
/** Milliseconds for which ICE servers are not asked for again. */
const FRESH = 60_000;

/**
 * @typedef {(name: string, payload: object) => Promise<object>} Signal  resolves with the server's answer
 * @typedef {{signal: Signal, iceServers?: RTCIceServer[], iceTransportPolicy?: RTCIceTransportPolicy,
 *   renewIce?: () => Promise<RTCIceServer[]>}} Options  `renewIce` asks for servers whose credentials are fresh
 */

/**
 * Events: `stream` {seat, kind, track, stream}, `gone` {seat, kind}, `state` {connection, state},
 * `activity` {seats, speaker}; all as `event.detail`.
 */
export class HearingMedia extends EventTarget {
  /** @param {Options} options */
  constructor({ signal, iceServers = [], iceTransportPolicy = "all", renewIce }) {
    super();
    this.signal = signal;
    this.iceServers = iceServers;
    this.iceTransportPolicy = iceTransportPolicy;
    this.renewIce = renewIce;
    this.renewed = performance.now();
    this.generation = 0;
    this.publisher = new Publishing(this);
    this.subscriber = new Receiving(this);
    this.troubles = new Troubles();
    this.reporting = 0;
    this.settling = 0;
    this.network = navigator.connection?.type;
    this.onNetwork = (event) => this.networkChanged(event);
  }

  /**
   * Publish `stream` and receive the others. `generation` must be higher than any used for this seat before.
   * @param {{stream: MediaStream, generation: number}} options
   */
  async start({ stream, generation }) {
    this.generation = generation - 1;
    this.publisher.tracks.audio = stream.getAudioTracks()[0] ?? null;
    this.publisher.tracks.video = stream.getVideoTracks()[0] ?? null;
    addEventListener("online", this.onNetwork);
    navigator.connection?.addEventListener?.("change", this.onNetwork);
    this.reporting = setInterval(() => this.report(), REPORT);
    await Promise.all([this.publisher.open(), this.subscriber.open()]);
  }

  /**
   * A message of the server: "offer", "connection" or "activity".
   * @param {string} name @param {object} payload
   */
  receive(name, payload) {
    if (name === "offer") {
      this.subscriber.take(payload).catch(() => this.subscriber.rebuild());
    } else if (name === "connection" && payload.state === "gone") {
      for (const side of [this.publisher, this.subscriber]) {
        if (payload.connection === side.name && payload.generation === side.generation) side.rebuild();
      }
    } else if (name === "activity") {
      this.tell("activity", payload);
    }
  }

  /**
   * The page has its line and its seat back: look for the best path, keep what holds.
   * @param {{generation: number, iceServers?: RTCIceServer[]}} options
   */
  async resume({ generation, iceServers = this.iceServers }) {
    this.generation = Math.max(this.generation, generation - 1);
    this.iceServers = iceServers;
    this.renewed = performance.now();
    await Promise.all([this.publisher.restart(), this.subscriber.restart()]);
  }

  /** The media process lost everything (it was restarted): build both connections anew. */
  async restartAll() {
    await Promise.all([this.publisher.rebuild(), this.subscriber.rebuild()]);
  }

  /** @param {boolean} muted */
  setMuted(muted) {
    this.publisher.setMuted(muted);
  }

  /** Stop or resume sending the camera; its light stays until the page stops the track. @param {boolean} off */
  async cameraOff(off) {
    await this.publisher.cameraOff(off);
  }

  /** Send only the smallest layer of the camera. @param {boolean} low */
  async cameraLow(low) {
    await this.publisher.cameraLow(low);
  }

  /**
   * Another device: send this track instead of the present one of its kind.
   * @param {MediaStreamTrack} track
   */
  async replaceTrack(track) {
    await this.publisher.replaceTrack(track);
  }

  /**
   * Send a screen beside the camera.
   * @param {MediaStream} [stream]  what getDisplayMedia gave; asked for when left out
   */
  async shareScreen(stream) {
    const source = stream ?? (await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: 15 } }));
    const track = source.getVideoTracks()[0];
    track.contentHint = "detail";
    track.addEventListener("ended", () => {
      if (this.publisher.tracks.screen === track) this.stopSharing();
    });
    await this.publisher.shareScreen(track);
  }

  async stopSharing() {
    this.publisher.tracks.screen?.stop();
    await this.publisher.shareScreen(null);
  }

  /**
   * How tall each picture is drawn, so that no more is sent than is seen.
   * @param {Object<string, number>} sizes  pixels by "seat/kind", 0 for hidden; one not named is sent in full
   */
  setView(sizes) {
    this.subscriber.setView(sizes);
  }

  /** End both connections; the tracks are the page's to stop, but for the screen. */
  stop() {
    clearInterval(this.reporting);
    clearTimeout(this.settling);
    removeEventListener("online", this.onNetwork);
    navigator.connection?.removeEventListener?.("change", this.onNetwork);
    this.publisher.tracks.screen?.stop();
    this.publisher.stop();
    this.subscriber.stop();
  }

  /** @returns {Map<string, {seat: string, kind: string, track: MediaStreamTrack}>}  what is received, by mid */
  get streams() {
    return this.subscriber.streams;
  }

  /**
   * @returns {Promise<{publish: object, path: object, seats: Object<string, Object<string, object>>}>}  plain
   * numbers: what is sent, over which path, and per seat and kind what is received
   */
  async stats() {
    return {
      publish: await readPublished(this.publisher.pc),
      path: await readPath(this.publisher.pc),
      seats: await readReceived(this.subscriber.pc, this.streams),
    };
  }

  // --- for the two connections

  /** @returns {number} */
  nextGeneration() {
    return ++this.generation;
  }

  /** @returns {Promise<RTCConfiguration>} */
  async configuration() {
    if (this.renewIce && performance.now() - this.renewed > FRESH) {
      try {
        this.iceServers = await this.renewIce();
        this.renewed = performance.now();
      } catch {
        // the old ones may still serve
      }
    }
    return { iceServers: this.iceServers, iceTransportPolicy: this.iceTransportPolicy, bundlePolicy: "max-bundle" };
  }

  /** @param {string} name @param {object} payload */
  async ask(name, payload) {
    const answer = await this.signal(name, payload);
    if (answer?.error) throw new MediaRefused(answer.error);
    return answer;
  }

  /** @param {string} name @param {object} detail */
  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  // --- by itself

  /** @param {Event} event  "online", or "change", which also comes when only the estimated speed is another */
  networkChanged(event) {
    const same = navigator.connection?.type === this.network;
    this.network = navigator.connection?.type;
    if ((event.type === "change" && same) || this.settling) return;
    this.settling = setTimeout(() => {
      this.settling = 0;
      this.publisher.restart();
      this.subscriber.restart();
    }, SETTLE);
  }

  async report() {
    try {
      const seen = this.troubles.add(await readReceived(this.subscriber.pc, this.streams));
      if (this.subscriber.pc?.connectionState === "connected") await this.ask("report", seen);
    } catch {
      // the next one says it all again
    }
  }
}
