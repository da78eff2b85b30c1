// The screen stays on while somebody sits in the room.

export class Awake {
  constructor() {
    /** @type {WakeLockSentinel | undefined} */
    this.lock = undefined;
    this.wanted = false;
  }

  async keep() {
    this.wanted = true;
    try {
      const lock = await navigator.wakeLock?.request("screen");
      this.release(this.wanted); // the one before, or this one when it comes after the end
      if (this.wanted) this.lock = lock;
      else lock?.release().catch(() => undefined);
    } catch {
      // low battery, or a hidden page: the hearing goes on without it
    }
  }

  /** @param {boolean} [wanted] whether another one follows */
  release(wanted = false) {
    this.wanted = wanted;
    this.lock?.release().catch(() => undefined);
    this.lock = undefined;
  }
}
