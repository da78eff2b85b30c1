/** One RTCPeerConnection that mends itself: ICE restart after a short silence, a new connection if that fails. */

/** Milliseconds a connection may be disconnected before an ICE restart is tried. */
const RESTART_AFTER = 1000;
/** Milliseconds an ICE restart may take before the connection is built anew. */
const REBUILD_AFTER = 6000;
/** Milliseconds between attempts, doubled from the first up to the second. */
const RETRY = [500, 8000];
/** Milliseconds of trouble that are not worth a word: Firefox passes through "connecting" at each restart. */
const UNTOLD = 400;

/** A refusal of the server, by its code. */
export class MediaRefused extends Error {
  /** @param {string} code */
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/**
 * What both connections have in common. The one that publishes and the one that receives say how they agree
 * with the server (`negotiate`) and how they do so again under new ICE credentials (`renegotiateIce`).
 */
export class Repaired {
  /** @param {"publish" | "subscribe"} name @param {import("./media.js").HearingMedia} media */
  constructor(name, media) {
    this.name = name;
    this.media = media;
    /** @type {?RTCPeerConnection} */
    this.pc = null;
    this.generation = 0;
    this.stopped = false;
    this.rebuilding = false;
    this.connectedOnce = false;
    this.delay = RETRY[0];
    this.timer = 0;
    this.telling = 0;
    this.turn = Promise.resolve();
  }

  /**
   * Agree with the server about a new connection.
   * @param {RTCPeerConnection} pc @param {number} generation
   * @returns {Promise<void>}
   */
  async negotiate(pc, generation) {
    throw new Error(`${pc} ${generation}: to be said by each connection`);
  }

  /** Agree with the server about new ICE credentials. @returns {Promise<void>} */
  async renegotiateIce() {}

  /** A new connection is in use; the old one is gone. */
  opened() {}

  /** Make a new connection; the present one stays until the server has agreed to the new one. */
  open() {
    return this.inTurn(async () => {
      if (!this.connectedOnce) this.say("connecting");
      const configuration = await this.media.configuration();
      if (this.stopped) throw new MediaRefused("stopped"); // its number may be the next page's
      const pc = new RTCPeerConnection(configuration);
      const generation = this.media.nextGeneration();
      try {
        await this.negotiate(pc, generation);
        if (this.stopped) throw new MediaRefused("stopped");
      } catch (error) {
        pc.close();
        throw error;
      }
      this.pc?.close();
      this.pc = pc;
      this.generation = generation;
      pc.addEventListener("connectionstatechange", () => pc === this.pc && this.changed(pc.connectionState));
      if (pc.connectionState === "connected") this.changed("connected");
      this.opened();
    });
  }

  /** @param {RTCPeerConnectionState} state */
  changed(state) {
    if (state === "connected") {
      this.later(0, null);
      this.delay = RETRY[0];
      this.connectedOnce = true;
      this.say("connected");
    } else if (state === "disconnected") {
      this.say("reconnecting");
      this.later(RESTART_AFTER, () => this.restart());
    } else if (state === "failed") {
      this.restart();
    } else if (this.connectedOnce) {
      this.say("reconnecting");
    }
  }

  /** The network under us changed or fell silent: try new paths, keep keys and tracks. */
  async restart() {
    if (this.stopped) return;
    const pc = this.pc;
    if (!pc) {
      await this.rebuild();
      return;
    }
    this.later(REBUILD_AFTER, () => pc.connectionState === "connected" || this.rebuild());
    try {
      const configuration = await this.media.configuration();
      await this.inTurn(async () => {
        if (pc !== this.pc) return;
        pc.setConfiguration(configuration);
        await this.renegotiateIce();
      });
    } catch (error) {
      if (pc !== this.pc) return;
      if (error instanceof MediaRefused) await this.rebuild();
      // No word from the server: the path that there is may yet come back by itself.
      else this.again(() => this.restart());
    }
  }

  /** Start over with a new connection, again and again until it holds. */
  async rebuild() {
    if (this.stopped || this.rebuilding) return;
    this.rebuilding = true;
    this.say("reconnecting");
    this.later(REBUILD_AFTER + this.delay, () => this.rebuild());
    try {
      await this.open();
    } catch (error) {
      if (error.code === "stale_generation") {
        // The seat was taken over from another page or tab: fighting for it would throw out the other.
        this.stop();
        this.media.tell("state", { connection: this.name, state: "replaced" });
      } else {
        this.again(() => this.rebuild());
      }
    } finally {
      this.rebuilding = false;
    }
  }

  /** @param {() => void} action  to be tried once more, after a growing pause */
  again(action) {
    this.later(this.delay, action);
    this.delay = Math.min(this.delay * 2, RETRY[1]);
  }

  /** @param {number} ms @param {(() => void) | null} action  the one thing to be done later */
  later(ms, action) {
    clearTimeout(this.timer);
    this.timer = action && !this.stopped ? setTimeout(action, ms) : 0;
  }

  /** Tell the page; trouble only once it lasts. @param {"connecting" | "connected" | "reconnecting"} state */
  say(state) {
    const tell = () => this.media.tell("state", { connection: this.name, state });
    if (state === "reconnecting") {
      this.telling ||= setTimeout(tell, UNTOLD);
      return;
    }
    clearTimeout(this.telling);
    this.telling = 0;
    tell();
  }

  /**
   * Negotiations of a connection happen one after the other.
   * @param {() => Promise<void>} work
   */
  inTurn(work) {
    const done = this.turn.then(work);
    this.turn = done.catch(() => {});
    return done;
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
    clearTimeout(this.telling);
    this.pc?.close();
    this.pc = null;
  }
}
