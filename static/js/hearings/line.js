// The signalling line: one socket of /hearings, one seat, signs of life, and coming back after a loss.

import { io } from "../../vendor/socket.io/socket.io.js";

const ANSWER_MS = 10_000;
const HEARTBEAT_MS = 10_000;
const CHECK_MS = 2500;
const RETRY_MS = [300, 1500]; // between two tries, the first and the longest

/**
 * @typedef {{seat: number, generation: number, media: number, admitted: boolean, ice_servers: RTCIceServer[],
 *   error?: string, device?: string}} Entered
 */

/** Events: `entered` (Entered), `refused` {error, device}, `lost`, `taken`, `reset`, `message` {name, payload}. */
export class Line extends EventTarget {
  /**
   * @param {number} hearing @param {string} [rules] version of the house rules that entering accepts
   * @param {string} [namespace] a rehearsal has its own
   */
  constructor(hearing, rules = "", namespace = "/hearings") {
    super();
    this.hearing = hearing;
    this.rules = rules;
    this.accepts = "";
    this.key = `audiencia:${hearing}`;
    this.wanted = false;
    this.takesOver = false;
    this.turn = 0;
    this.going = Promise.resolve();
    this.beat = 0;
    this.checking = false;
    this.socket = io(namespace, { transports: ["websocket"], autoConnect: false });
    // The page's namespaces share one connection, made by the first of them with patience of its own.
    this.socket.io.reconnectionDelay(RETRY_MS[0]);
    this.socket.io.reconnectionDelayMax(RETRY_MS[1]);
    this.socket.on("connect", () => this.wanted && this.#enter());
    this.socket.on("disconnect", () => this.#lost());
    this.socket.on("taken_over", () => this.#end("taken"));
    this.socket.on("media_reset", () => this.tell("reset"));
    for (const name of ["offer", "connection", "activity", "devices", "recording", "figures", "pointer", "line", "caption"]) {
      this.socket.on(name, (payload) => this.tell("message", { name, payload }));
    }
  }

  /** @returns {boolean} whether this browser tab sat here before a reload */
  get satHere() {
    return sessionStorage.getItem(this.key) !== null;
  }

  /** @param {boolean} [takeOver] unseat another device */
  async enter(takeOver = false) {
    await this.going; // the goodbye before, or it would end the seat that is asked for now
    this.wanted = true;
    this.takesOver = takeOver;
    this.accepts = this.rules;
    if (this.socket.connected) await this.#enter();
    else this.socket.connect();
  }

  async #enter() {
    const turn = (this.turn += 1); // who asked again, or went, does not want this answer any more
    const held = sessionStorage.getItem(this.key);
    const question = {
      hearing: this.hearing,
      take_over: this.takesOver,
      held: held === null ? null : Number(held),
      accepts: this.accepts,
    };
    let answer;
    try {
      answer = await this.ask("enter", question);
    } catch {
      if (this.socket.connected) setTimeout(() => this.wanted && turn === this.turn && this.#enter(), 1000);
      return;
    }
    if (turn !== this.turn) return;
    if (answer.error) {
      this.#forget(); // a page that is loaded anew does not enter by itself
      this.tell("refused", answer);
      return;
    }
    this.takesOver = false;
    sessionStorage.setItem(this.key, String(answer.generation));
    clearInterval(this.beat);
    this.beat = setInterval(() => this.#alive(), HEARTBEAT_MS);
    this.tell("entered", answer);
  }

  async #alive() {
    try {
      if (!(await this.ask("heartbeat", {})).held && this.wanted) this.#end("taken");
    } catch {
      // the socket itself notices that the line is gone
    }
  }

  /** Is anybody there? A line that gives no answer is dropped and made again, over whatever network there is now. */
  async check() {
    if (this.checking || !this.socket.connected) return;
    this.checking = true;
    try {
      await this.socket.timeout(CHECK_MS).emitWithAck("heartbeat", {});
    } catch {
      this.socket.io.engine?.close();
    }
    this.checking = false;
  }

  #lost() {
    clearInterval(this.beat);
    if (!this.wanted) return;
    this.tell("lost");
    // The library does not come back by itself when the server closed the line.
    if (!this.socket.active) setTimeout(() => this.wanted && this.socket.connect(), 1000);
  }

  /** Stand up: the seat is free at once. */
  leave() {
    this.#forget(); // before any wait: the page may be on its way out
    this.going = this.#goodbye();
    return this.going;
  }

  async #goodbye() {
    if (this.socket.connected) await this.ask("leave", {}).catch(() => undefined);
    this.#end("");
  }

  #forget() {
    this.wanted = false;
    this.turn += 1;
    clearInterval(this.beat);
    sessionStorage.removeItem(this.key);
  }

  #end(/** @type {string} */ why) {
    this.#forget();
    this.socket.disconnect();
    if (why) this.tell(why);
  }

  /**
   * @param {string} name @param {object} message
   * @returns {Promise<any>} the server's answer; rejects when there is none
   */
  ask(name, message) {
    // Kept by the library until the line is back, it would come before the seat is ours again.
    if (!this.socket.connected) return Promise.reject(new Error("no line"));
    return this.socket.timeout(ANSWER_MS).emitWithAck(name, message);
  }

  /** @param {string} name @param {unknown} [detail] */
  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
