/**
 * The browser's side of the hearing's media: one connection that publishes the own camera and microphone, one
 * that receives the others. Knows no page and no room; see docs/hearing-protocol.md, "Media in the browser".
 */

import { readPublished, readReceived } from "./media-stats.js";

/** Milliseconds a connection may be disconnected before an ICE restart is tried. */
const RESTART_AFTER = 1500;
/** Milliseconds an ICE restart may take before the connection is built anew. */
const REBUILD_AFTER = 6000;
/** Milliseconds between attempts to build a connection anew: doubled up to the second. */
const RETRY = [500, 8000];

const CAMERA = { maxBitrate: 1_200_000 };
const SCREEN = { maxBitrate: 1_500_000 };

/**
 * @typedef {{seat: string, mids: Object<string, string>}} SeatStreams  mids: "audio" | "video" | "screen" -> mid
 * @typedef {{generation?: number, version: number, sdp: string, streams: SeatStreams[]}} Offer
 * @typedef {(name: string, payload: object) => Promise<object>} Signal  resolves with the server's answer
 */

/** A refusal of the server, by its code. */
export class MediaRefused extends Error {
  /** @param {string} code */
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/**
 * One RTCPeerConnection with its repair: ICE restart after a short silence, a new connection when that fails.
 * The owner says how each is done.
 */
class Repaired {
  /**
   * @param {{restart: () => Promise<void>, rebuild: () => Promise<void>, state: (state: string) => void}} owner
   */
  constructor(owner) {
    this.owner = owner;
    this.pc = null;
    this.timer = 0;
    this.delay = RETRY[0];
    this.stopped = false;
  }

  /** @param {RTCPeerConnection} pc */
  adopt(pc) {
    this.close();
    this.pc = pc;
    pc.addEventListener("connectionstatechange", () => {
      if (pc === this.pc) this.changed(pc.connectionState);
    });
  }

  /** @param {RTCPeerConnectionState} state */
  changed(state) {
    if (state === "connected") {
      this.later(0, null);
      this.delay = RETRY[0];
      this.owner.state("connected");
    } else if (state === "disconnected") {
      this.later(RESTART_AFTER, () => this.restart());
    } else if (state === "failed") {
      this.restart();
    }
  }

  /** The network under us changed or fell silent: try new paths, keep keys and tracks. */
  async restart() {
    if (this.stopped) return;
    this.owner.state("reconnecting");
    const pc = this.pc;
    // A restart of a connection that never broke changes no state: look, do not wait for an event.
    this.later(REBUILD_AFTER, () => (pc?.connectionState === "connected" ? this.changed("connected") : this.rebuild()));
    try {
      await this.owner.restart();
    } catch {
      if (pc === this.pc) this.rebuild();
    }
  }

  /** Start over with a new connection, again and again until it holds. */
  async rebuild() {
    if (this.stopped) return;
    this.owner.state("reconnecting");
    this.later(REBUILD_AFTER + this.delay, () => this.rebuild());
    try {
      await this.owner.rebuild();
    } catch (error) {
      if (error.code === "stale_generation") {
        // The seat was taken over from another page or tab: fighting for it would throw out the other.
        this.stop();
        this.owner.state("replaced");
        return;
      }
      this.later(this.delay, () => this.rebuild());
    }
    this.delay = Math.min(this.delay * 2, RETRY[1]);
  }

  /** @param {number} ms @param {(() => void) | null} action  the one thing to be done later */
  later(ms, action) {
    clearTimeout(this.timer);
    this.timer = action && !this.stopped ? setTimeout(action, ms) : 0;
  }

  close() {
    clearTimeout(this.timer);
    this.pc?.close();
    this.pc = null;
  }

  stop() {
    this.stopped = true;
    this.close();
  }
}

/**
 * Events: `stream` {seat, kind, track, stream}, `gone` {seat, kind}, `state` {connection, state},
 * `activity` {seats, speaker}; all as `event.detail`.
 */
export class HearingMedia extends EventTarget {
  /** @param {{signal: Signal, iceServers?: RTCIceServer[], iceTransportPolicy?: RTCIceTransportPolicy}} options */
  constructor({ signal, iceServers = [], iceTransportPolicy = "all" }) {
    super();
    this.signal = signal;
    this.configuration = { iceServers, iceTransportPolicy, bundlePolicy: "max-bundle" };
    this.generation = 0;
    this.published = 0;
    this.subscribed = 0;
    /** @type {{audio: ?MediaStreamTrack, video: ?MediaStreamTrack, screen: ?MediaStreamTrack}} */
    this.tracks = { audio: null, video: null, screen: null };
    this.cameraIsOff = false;
    /** @type {Map<string, {seat: string, kind: string, track: MediaStreamTrack}>} by mid */
    this.streams = new Map();
    this.version = 0;
    this.lastAnswer = "";
    this.publishing = Promise.resolve();
    this.subscribing = Promise.resolve();
    this.publisher = new Repaired({
      restart: () => this.inTurn("publishing", () => this.restartPublisher()),
      rebuild: () => this.inTurn("publishing", () => this.publish()),
      state: (state) => this.tell("state", { connection: "publish", state }),
    });
    this.subscriber = new Repaired({
      restart: () => this.inTurn("subscribing", () => this.restartSubscriber()),
      rebuild: () => this.inTurn("subscribing", () => this.subscribe()),
      state: (state) => this.tell("state", { connection: "subscribe", state }),
    });
  }

  /**
   * Publish `stream` and receive the others. `generation` must be higher than any used for this seat before.
   * @param {{stream: MediaStream, generation: number}} options
   */
  async start({ stream, generation }) {
    this.generation = generation - 1;
    this.tracks.audio = stream.getAudioTracks()[0] ?? null;
    this.tracks.video = stream.getVideoTracks()[0] ?? null;
    await Promise.all([
      this.inTurn("publishing", () => this.publish()),
      this.inTurn("subscribing", () => this.subscribe()),
    ]);
  }

  /**
   * A message of the server: "offer", "connection" or "activity".
   * @param {string} name @param {object} payload
   */
  receive(name, payload) {
    if (name === "offer") {
      this.inTurn("subscribing", () => this.takeOffer(payload)).catch(() => this.subscriber.rebuild());
    } else if (name === "connection" && payload.state === "gone") {
      if (payload.connection === "publish" && payload.generation === this.published) this.publisher.rebuild();
      if (payload.connection === "subscribe" && payload.generation === this.subscribed) this.subscriber.rebuild();
    } else if (name === "activity") {
      this.tell("activity", payload);
    }
  }

  /** The media process lost everything (it was restarted): build both connections anew. */
  async restartAll() {
    await Promise.all([this.publisher.rebuild(), this.subscriber.rebuild()]);
  }

  /** @param {boolean} muted */
  setMuted(muted) {
    if (this.tracks.audio) this.tracks.audio.enabled = !muted;
  }

  /** Stop or resume sending the camera; its light stays until the page stops the track. @param {boolean} off */
  async cameraOff(off) {
    this.cameraIsOff = off;
    await this.sender("video")?.replaceTrack(off ? null : this.tracks.video);
  }

  /**
   * Another device: send this track instead of the present one of its kind.
   * @param {MediaStreamTrack} track
   */
  async replaceTrack(track) {
    const kind = track.kind === "audio" ? "audio" : "video";
    if (kind === "audio" && this.tracks.audio) track.enabled = this.tracks.audio.enabled;
    this.tracks[kind] = track;
    if (kind === "audio" || !this.cameraIsOff) await this.sender(kind)?.replaceTrack(track);
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
      if (this.tracks.screen === track) this.stopSharing();
    });
    this.tracks.screen = track;
    await this.inTurn("publishing", () => this.renegotiateScreen());
  }

  async stopSharing() {
    this.tracks.screen?.stop();
    this.tracks.screen = null;
    await this.inTurn("publishing", () => this.renegotiateScreen());
  }

  /** End both connections; the tracks are the page's to stop, but for the screen. */
  stop() {
    this.tracks.screen?.stop();
    this.publisher.stop();
    this.subscriber.stop();
    for (const { seat, kind } of this.streams.values()) this.tell("gone", { seat, kind });
    this.streams.clear();
  }

  /**
   * @returns {Promise<{publish: object, seats: Object<string, Object<string, object>>}>}  plain numbers: what is
   * sent, and per seat and kind what is received
   */
  async stats() {
    return {
      publish: await readPublished(this.publisher.pc),
      seats: await readReceived(this.subscriber.pc, this.streams),
    };
  }

  // --- publish

  async publish() {
    const pc = new RTCPeerConnection(this.configuration);
    this.publisher.adopt(pc);
    this.tell("state", { connection: "publish", state: "connecting" });
    const { audio, video, screen } = this.tracks;
    pc.addTransceiver(audio ?? "audio", { direction: "sendonly" });
    const camera = this.cameraIsOff ? null : video;
    pc.addTransceiver(camera ?? "video", { direction: "sendonly", sendEncodings: [CAMERA] });
    pc.addTransceiver(screen ?? "video", {
      direction: screen ? "sendonly" : "inactive",
      sendEncodings: [SCREEN],
    });
    this.published = ++this.generation;
    await this.offerPublished(pc, "publish", {});
    await prefer(this.sender("video"), "maintain-framerate");
    await prefer(this.sender("screen"), "maintain-resolution");
  }

  async restartPublisher() {
    const pc = this.publisher.pc;
    if (pc) await this.offerPublished(pc, "restart", { iceRestart: true });
  }

  async renegotiateScreen() {
    const pc = this.publisher.pc;
    if (!pc) return;
    const transceiver = pc.getTransceivers()[2];
    transceiver.direction = this.tracks.screen ? "sendonly" : "inactive";
    await transceiver.sender.replaceTrack(this.tracks.screen);
    await this.offerPublished(pc, "publish", {});
  }

  /** @param {RTCPeerConnection} pc @param {string} call @param {RTCOfferOptions} options */
  async offerPublished(pc, call, options) {
    await pc.setLocalDescription(await pc.createOffer(options));
    const answer = await this.ask(call, {
      generation: this.published,
      sdp: pc.localDescription.sdp,
      ...(call === "restart" ? { connection: "publish" } : {}),
    });
    await pc.setRemoteDescription({ type: "answer", sdp: answer.sdp });
  }

  /** @param {"audio" | "video" | "screen"} kind @returns {?RTCRtpSender} */
  sender(kind) {
    const at = { audio: 0, video: 1, screen: 2 }[kind];
    return this.publisher.pc?.getTransceivers()[at]?.sender ?? null;
  }

  // --- subscribe

  async subscribe() {
    const pc = new RTCPeerConnection(this.configuration);
    this.subscriber.adopt(pc);
    this.tell("state", { connection: "subscribe", state: "connecting" });
    this.subscribed = ++this.generation;
    this.version = 0;
    await this.applyOffer(await this.ask("subscribe", { generation: this.subscribed }));
  }

  async restartSubscriber() {
    if (!this.subscriber.pc) return;
    await this.applyOffer(await this.ask("restart", { generation: this.subscribed, connection: "subscribe" }));
  }

  /** @param {Offer} offer */
  async takeOffer(offer) {
    if (offer.generation !== this.subscribed || offer.version < this.version) return;
    if (offer.version === this.version) await this.sendAnswer(offer.version, this.lastAnswer);
    else await this.applyOffer(offer);
  }

  /** @param {Offer} offer */
  async applyOffer({ version, sdp, streams }) {
    const pc = this.subscriber.pc;
    if (!pc) return;
    await pc.setRemoteDescription({ type: "offer", sdp });
    await pc.setLocalDescription();
    this.version = version;
    this.lastAnswer = pc.localDescription.sdp;
    // The page gets its tracks before the server gets the answer, so that no first frame is missed.
    this.mapStreams(pc, streams);
    await this.sendAnswer(version, this.lastAnswer);
  }

  /** @param {number} version @param {string} sdp */
  async sendAnswer(version, sdp) {
    try {
      await this.ask("answer", { generation: this.subscribed, version, sdp });
    } catch (error) {
      if (error.code !== "stale_version") throw error; // answered before, or replaced by a later offer
    }
  }

  /** @param {RTCPeerConnection} pc @param {SeatStreams[]} offered */
  mapStreams(pc, offered) {
    const wanted = new Map();
    for (const { seat, mids } of offered) {
      for (const [kind, mid] of Object.entries(mids)) wanted.set(mid, { seat, kind });
    }
    for (const [mid, held] of this.streams) {
      const next = wanted.get(mid);
      if (next?.seat === held.seat && next.kind === held.kind && trackAt(pc, mid) === held.track) continue;
      this.streams.delete(mid);
      if (!next || next.seat !== held.seat || next.kind !== held.kind) this.tell("gone", held);
    }
    for (const [mid, { seat, kind }] of wanted) {
      const track = trackAt(pc, mid);
      if (!track || this.streams.has(mid)) continue;
      this.streams.set(mid, { seat, kind, track });
      this.tell("stream", { seat, kind, track, stream: new MediaStream([track]) });
    }
  }

  // --- both

  /** @param {string} name @param {object} payload */
  async ask(name, payload) {
    const answer = await this.signal(name, payload);
    if (answer?.error) throw new MediaRefused(answer.error);
    return answer;
  }

  /**
   * Negotiations of a connection happen one after the other.
   * @param {"publishing" | "subscribing"} line @param {() => Promise<void>} work
   */
  inTurn(line, work) {
    const done = this[line].then(work);
    this[line] = done.catch(() => {});
    return done;
  }

  /** @param {string} name @param {object} detail */
  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

/** @param {RTCPeerConnection} pc @param {string} mid @returns {?MediaStreamTrack} */
function trackAt(pc, mid) {
  return pc.getTransceivers().find((transceiver) => transceiver.mid === mid)?.receiver.track ?? null;
}

/** @param {?RTCRtpSender} sender @param {RTCDegradationPreference} degradationPreference */
async function prefer(sender, degradationPreference) {
  if (!sender) return;
  try {
    await sender.setParameters({ ...sender.getParameters(), degradationPreference });
  } catch {
    // A wish, not a need: browsers without it keep their own preference.
  }
}
