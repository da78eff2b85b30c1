// The room's media: begins when the person is let in, lives through a lost line, ends with the seat.

import { HearingMedia } from "./media.js";
import { word } from "./words.js";

const UNSAID_MS = 700; // a new path is often found sooner

/**
 * @typedef {import("./line.js").Entered} Entered
 * @typedef {{microphone: boolean, camera: boolean}} Own
 */

export class Connections {
  /**
   * @param {HTMLElement} main @param {import("./line.js").Line} line @param {import("./tiles.js").Tiles} tiles
   * @param {(sentence: string) => void} banner
   */
  constructor(main, line, tiles, banner) {
    this.main = main;
    this.line = line;
    this.tiles = tiles;
    this.banner = banner;
    /** @type {HearingMedia | null} */
    this.media = null;
    this.next = 0;
    this.saying = 0;
    this.wasWhole = false;
    tiles.addEventListener("sizes", () => this.media?.setView(tiles.sizes()));
  }

  /**
   * @param {Entered} seat @param {MediaStream} stream @param {Own} own
   * @returns {Promise<boolean>} whether it has begun; false: try again later
   */
  async begin(seat, stream, own) {
    const media = new HearingMedia({
      signal: (name, payload) => this.line.ask(name, payload),
      iceServers: seat.ice_servers,
      renewIce: async () => (await this.line.ask("ice", {})).ice_servers,
    });
    this.media = media;
    this.listen(media);
    media.setView(this.tiles.sizes());
    this.next = Math.max(this.next, seat.media);
    for (const track of stream.getAudioTracks()) track.enabled = own.microphone; // not one word before it is asked
    try {
      await media.start({ stream, generation: this.next });
      if (!own.camera) await media.cameraOff(true);
      return true;
    } catch {
      if (media !== this.media) return true;
      this.banner(word("media_waiting"));
      this.stop();
      return false;
    }
  }

  /** @param {HearingMedia} media */
  listen(media) {
    const on = (/** @type {string} */ name, /** @type {(detail: any) => void} */ act) =>
      media.addEventListener(name, (event) => media === this.media && act(/** @type {CustomEvent} */ (event).detail));
    on("stream", ({ seat, kind, track }) => this.tiles.take(seat, kind, track));
    on("gone", ({ seat, kind }) => this.tiles.drop(seat, kind));
    on("activity", (said) => this.activity(said));
    on("state", ({ connection, state }) => this.state(connection, state));
  }

  /** The line is back under a new seat number: pictures and sound that hold are kept. @param {Entered} seat */
  resume(seat) {
    this.next = Math.max(this.next, seat.media);
    this.media?.resume({ generation: this.next, iceServers: seat.ice_servers });
  }

  /** @param {Parameters<import("./tiles.js").Tiles["activity"]>[0]} said */
  activity(said) {
    this.tiles.activity(said);
    this.main.dispatchEvent(new CustomEvent("procon:activity", { detail: said }));
  }

  /** @param {string} connection @param {string} state */
  state(connection, state) {
    this.main.dataset[connection] = state;
    const whole = this.main.dataset.publish === "connected" && this.main.dataset.subscribe === "connected";
    clearTimeout(this.saying);
    if (whole) this.banner("");
    else if (this.wasWhole) this.saying = setTimeout(() => this.banner(word("reconnecting")), UNSAID_MS);
    // What cut the media may have cut the line, and that would be noticed much later.
    if (state === "reconnecting") this.line.check();
    this.wasWhole ||= whole;
  }

  stop() {
    const media = this.media;
    this.media = null;
    clearTimeout(this.saying);
    this.wasWhole = false;
    if (!media) return;
    media.stop();
    this.next = media.generation + 1;
    this.tiles.clear();
  }
}
