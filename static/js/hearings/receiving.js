/** The connection that receives the others. The server offers; m-lines are mapped to people by their mid. */

import { Repaired } from "./repair.js";

/** Milliseconds in which changes of the tiles' sizes are gathered. */
const GATHER = 250;

/**
 * @typedef {{seat: string, mids: Object<string, string>}} SeatStreams  mids: "audio" | "video" | "screen" -> mid
 * @typedef {{generation?: number, version: number, sdp: string, streams: SeatStreams[]}} Offer
 */

export class Receiving extends Repaired {
  /** @param {import("./media.js").HearingMedia} media */
  constructor(media) {
    super("subscribe", media);
    /** @type {Map<string, {seat: string, kind: string, track: MediaStreamTrack}>} by mid */
    this.streams = new Map();
    this.version = 0;
    this.lastAnswer = "";
    /** @type {Object<string, number>} */
    this.sizes = {};
    this.toldSizes = "{}";
    this.gathering = 0;
  }

  /** @param {RTCPeerConnection} pc @param {number} generation */
  async negotiate(pc, generation) {
    await this.apply(pc, generation, await this.media.ask("subscribe", { generation }));
  }

  opened() {
    // A process that was started anew knows no sizes.
    this.toldSizes = "{}";
    this.tellSizes();
  }

  async renegotiateIce() {
    const question = { generation: this.generation, connection: "subscribe" };
    await this.apply(this.pc, this.generation, await this.media.ask("restart", question));
  }

  /** An offer that came by itself. @param {Offer} offer */
  take(offer) {
    return this.inTurn(async () => {
      if (offer.generation !== this.generation || offer.version < this.version) return;
      if (offer.version === this.version) await this.answer(this.generation, offer.version, this.lastAnswer);
      else await this.apply(this.pc, this.generation, offer);
    });
  }

  /** @param {RTCPeerConnection} pc @param {number} generation @param {Offer} offer */
  async apply(pc, generation, { version, sdp, streams }) {
    await pc.setRemoteDescription({ type: "offer", sdp });
    await pc.setLocalDescription();
    this.version = version;
    this.lastAnswer = pc.localDescription.sdp;
    // The page gets its tracks before the server gets the answer, so that no first frame is missed.
    this.map(pc, streams);
    await this.answer(generation, version, this.lastAnswer);
  }

  /** @param {number} generation @param {number} version @param {string} sdp */
  async answer(generation, version, sdp) {
    try {
      await this.media.ask("answer", { generation, version, sdp });
    } catch (error) {
      if (error.code !== "stale_version") throw error; // answered before, or replaced by a later offer
    }
  }

  /** @param {RTCPeerConnection} pc @param {SeatStreams[]} offered */
  map(pc, offered) {
    const wanted = new Map();
    for (const { seat, mids } of offered) {
      for (const [kind, mid] of Object.entries(mids)) wanted.set(mid, { seat, kind });
    }
    for (const [mid, held] of this.streams) {
      const next = wanted.get(mid);
      if (next?.seat === held.seat && next.kind === held.kind && trackAt(pc, mid) === held.track) continue;
      this.streams.delete(mid);
      if (!next || next.seat !== held.seat || next.kind !== held.kind) this.media.tell("gone", held);
    }
    for (const [mid, { seat, kind }] of wanted) {
      const track = trackAt(pc, mid);
      if (!track || this.streams.has(mid)) continue;
      this.streams.set(mid, { seat, kind, track });
      this.media.tell("stream", { seat, kind, track, stream: new MediaStream([track]) });
    }
  }

  /** @param {Object<string, number>} sizes */
  setView(sizes) {
    this.sizes = sizes;
    this.gathering ||= setTimeout(() => {
      this.gathering = 0;
      this.tellSizes();
    }, GATHER);
  }

  async tellSizes() {
    const sizes = JSON.stringify(this.sizes);
    if (!this.pc || sizes === this.toldSizes) return;
    this.toldSizes = sizes;
    try {
      await this.media.ask("view", { sizes: JSON.parse(sizes) });
    } catch {
      this.toldSizes = "{}"; // told with the next change, or with the next connection
    }
  }

  stop() {
    super.stop();
    clearTimeout(this.gathering);
    for (const held of this.streams.values()) this.media.tell("gone", held);
    this.streams.clear();
  }
}

/** @param {RTCPeerConnection} pc @param {string} mid @returns {?MediaStreamTrack} */
function trackAt(pc, mid) {
  return pc.getTransceivers().find((transceiver) => transceiver.mid === mid)?.receiver.track ?? null;
}
