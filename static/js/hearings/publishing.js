/** The connection that publishes: the own microphone, camera and screen. The browser offers. */

import { cameraEncodings, screenEncodings } from "./layers.js";
import { Repaired } from "./repair.js";

/** Each medium's place among the transceivers. */
const KINDS = ["audio", "video", "screen"];

export class Publishing extends Repaired {
  /** @param {import("./media.js").HearingMedia} media */
  constructor(media) {
    super("publish", media);
    /** @type {{audio: ?MediaStreamTrack, video: ?MediaStreamTrack, screen: ?MediaStreamTrack}} */
    this.tracks = { audio: null, video: null, screen: null };
    this.cameraIsOff = false;
    this.layers = 1;
    this.cameraIsLow = false;
  }

  /** @param {RTCPeerConnection} pc @param {number} generation */
  async negotiate(pc, generation) {
    const { audio, video, screen } = this.tracks;
    const sendEncodings = cameraEncodings(video);
    this.layers = sendEncodings.length;
    pc.addTransceiver(audio ?? "audio", { direction: "sendonly" });
    pc.addTransceiver(this.sent("video") ?? "video", { direction: "sendonly", sendEncodings });
    pc.addTransceiver(screen ?? "video", {
      direction: screen ? "sendonly" : "inactive",
      sendEncodings: screenEncodings(),
    });
    await this.offer(pc, "publish", generation);
    await prefer(pc, "video", "maintain-framerate");
    await prefer(pc, "screen", "maintain-resolution");
  }

  renegotiateIce() {
    return this.offer(this.pc, "restart", this.generation, { iceRestart: true });
  }

  /** Tracks may have changed while the new connection was agreed upon. */
  opened() {
    this.update().catch(() => undefined);
  }

  /** @param {boolean} muted */
  setMuted(muted) {
    if (this.tracks.audio) this.tracks.audio.enabled = !muted;
  }

  /** @param {boolean} off */
  cameraOff(off) {
    this.cameraIsOff = off;
    return this.update();
  }

  /** Send only the smallest layer of the camera, on a line that bears no more. @param {boolean} low */
  cameraLow(low) {
    this.cameraIsLow = low;
    return this.update();
  }

  /** @param {MediaStreamTrack} track */
  async replaceTrack(track) {
    const kind = track.kind === "audio" ? "audio" : "video";
    if (kind === "audio" && this.tracks.audio) track.enabled = this.tracks.audio.enabled;
    this.tracks[kind] = track;
    // The number of layers is agreed upon once for a connection.
    if (kind === "video" && this.pc && cameraEncodings(track).length !== this.layers) await this.open();
    else await this.update();
  }

  /** @param {?MediaStreamTrack} track */
  shareScreen(track) {
    this.tracks.screen = track;
    return this.inTurn(async () => {
      if (!this.pc) return;
      this.pc.getTransceivers()[2].direction = this.tracks.screen ? "sendonly" : "inactive";
      await this.update();
      await this.offer(this.pc, "publish", this.generation);
    });
  }

  /** Send the tracks that there are now. */
  async update() {
    const senders = this.pc?.getSenders() ?? [];
    await Promise.all(
      KINDS.map(async (kind, at) => {
        if (senders[at] && senders[at].track !== this.sent(kind)) await senders[at].replaceTrack(this.sent(kind));
      }),
    );
    if (senders[1]) await limit(senders[1], this.cameraIsLow);
  }

  /** @param {string} kind @returns {?MediaStreamTrack} what is sent of a kind */
  sent(kind) {
    return kind === "video" && this.cameraIsOff ? null : this.tracks[kind];
  }

  /**
   * @param {RTCPeerConnection} pc @param {"publish" | "restart"} call @param {number} generation
   * @param {RTCOfferOptions} [options]
   */
  async offer(pc, call, generation, options) {
    await pc.setLocalDescription(await pc.createOffer(options));
    const question = { generation, sdp: pc.localDescription.sdp };
    const answer = await this.media.ask(call, call === "restart" ? { ...question, connection: "publish" } : question);
    await pc.setRemoteDescription({ type: "answer", sdp: answer.sdp });
  }
}

/** The smallest layer alone, or all of them. @param {RTCRtpSender} sender @param {boolean} low */
async function limit(sender, low) {
  const parameters = sender.getParameters();
  const wanted = (/** @type {number} */ at) => !low || at === 0;
  if (!parameters.encodings?.some((encoding, at) => encoding.active !== wanted(at))) return;
  parameters.encodings.forEach((encoding, at) => (encoding.active = wanted(at)));
  try {
    await sender.setParameters(parameters);
  } catch {
    // it was being set by somebody else: the next update sets it
  }
}

/** @param {RTCPeerConnection} pc @param {string} kind @param {RTCDegradationPreference} degradationPreference */
async function prefer(pc, kind, degradationPreference) {
  const sender = pc.getSenders()[KINDS.indexOf(kind)];
  try {
    await sender.setParameters({ ...sender.getParameters(), degradationPreference });
  } catch {
    // A wish, not a need: browsers without it keep their own preference.
  }
}
