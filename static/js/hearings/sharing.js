// One's own screen, shown to the others beside the camera: where the browser can, which no phone does.

import { announce } from "../core/toast.js";
import { word } from "./words.js";

export class Sharing {
  /** @param {HTMLElement} main @param {() => import("./media.js").HearingMedia | null} media */
  constructor(main, media) {
    this.media = media;
    this.button = main.querySelector("[data-share]");
    this.shows = false;
    this.asking = false;
  }

  start() {
    this.button?.addEventListener("click", () => this.toggle());
  }

  /** @param {boolean} flows whether this person's media reaches the others now */
  apply(flows) {
    const can = flows && typeof navigator.mediaDevices?.getDisplayMedia === "function";
    this.button?.toggleAttribute("hidden", !can);
    if (!flows && this.shows) this.media()?.stopSharing().catch(() => undefined);
    if (!flows) this.draw(false);
  }

  async toggle() {
    const media = this.media();
    if (!media || this.asking) return;
    if (this.shows) {
      await media.stopSharing();
      return this.draw(false);
    }
    let stream;
    this.asking = true;
    try {
      stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 15 } }, audio: false });
    } catch {
      return undefined; // thought better of it
    } finally {
      this.asking = false;
    }
    const [track] = stream.getVideoTracks();
    if (media !== this.media()) {
      track.stop(); // the picker was open for longer than the room: nobody would see it
      return;
    }
    // The browser's own button ends it as well.
    track.addEventListener("ended", () => this.draw(false));
    await media.shareScreen(stream);
    return this.draw(true);
  }

  /** @param {boolean} shows */
  draw(shows) {
    if (shows !== this.shows) announce(word(shows ? "screen_shown" : "screen_over"));
    this.shows = shows;
    this.button?.setAttribute("aria-pressed", String(shows));
    const label = this.button?.querySelector("[data-label]");
    if (label) label.textContent = word(shows ? "screen_stop" : "screen_start");
  }
}
