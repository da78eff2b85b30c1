// A microphone that falls silent by itself: taken by a telephone call, unplugged, or stopped by the system. The page
// opens it again, once; when that does not help, the person has the button.

import { openMicrophone } from "./devices.js";

const SILENT_MS = 4000; // phones mute for a moment when another app makes a sound
const TICK_MS = 500;

/**
 * @typedef {{
 *   stream: () => MediaStream | null,
 *   media: () => import("./media.js").HearingMedia | null,
 *   wanted: () => boolean,
 *   tell: (healed: boolean) => void,
 * }} Surroundings what is sent now, over what, whether its sound may flow, and who hears what came of it
 */

export class Microphone {
  /** @param {Surroundings} around */
  constructor(around) {
    this.around = around;
    this.arrives = true;
    this.silentSince = 0;
    this.tried = false;
  }

  start() {
    setInterval(() => this.#look(), TICK_MS);
  }

  /** @param {string} voice as the server hears it; empty while it does not listen */
  heard(voice) {
    this.arrives = voice !== "no_packets";
    if (voice && this.arrives && !taken(this.#track)) this.tried = false;
  }

  get #track() {
    return this.around.stream()?.getAudioTracks()[0];
  }

  #look() {
    const track = this.#track;
    if (!track || !this.around.wanted() || (this.arrives && !taken(track))) {
      this.silentSince = 0;
      return;
    }
    this.silentSince ||= performance.now();
    const lasts = track.readyState === "ended" || performance.now() - this.silentSince >= SILENT_MS;
    if (this.tried || !lasts) return;
    this.tried = true;
    this.#heal();
  }

  async #heal() {
    const next = await openMicrophone();
    const stream = this.around.stream();
    if (next && stream) {
      for (const old of stream.getAudioTracks()) {
        old.stop();
        stream.removeTrack(old);
      }
      stream.addTrack(next);
      await this.around.media()?.replaceTrack(next);
    } else {
      next?.stop(); // the person went meanwhile
    }
    this.silentSince = 0;
    this.around.tell(next !== null);
  }
}

/** The system has taken it away: it has ended, or carries nothing. @param {MediaStreamTrack | undefined} track */
function taken(track) {
  return track !== undefined && (track.readyState === "ended" || track.muted);
}
