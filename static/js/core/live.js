// Live pages: follow the events of a case, or of the lists one is in, and fetch the page again when
// something happened. Protocol: docs/events.md; what pages declare: docs/frontend.md.

import { io } from "../../vendor/socket.io/socket.io.js";
import { renew } from "./regions.js";
import { text } from "./texts.js";
import { announce } from "./toast.js";

/**
 * @typedef {{case: number, seq: number, name: string | null, text?: string, facts?: object, at: string}} CaseEvent
 * @typedef {{events?: CaseEvent[], seq?: number, resync?: boolean, error?: string}} FollowAnswer
 */

const COALESCE_MS = 60; // several events of one act become one fetch
const RETRY_MS = 2000;
const ANSWER_MS = 8000;
const FETCH_MS = 15_000;
const QUIET_MS = 4000; // a shorter break in the line is not spoken of
const CALL = "●"; // how pages begin a title that calls the person back
const PASSES = 3; // fetches in a row while the page lags behind the newest event

/** One live page: what it follows, how far it has heard, how far it has drawn. */
class LivePage {
  /**
   * @param {HTMLElement} main carries data-live-case and data-live-seq, data-live-list or data-live-board
   * @param {import("socket.io-client").Socket} socket of the page's namespace, not yet connected
   */
  constructor(main, socket) {
    this.main = main;
    this.socket = socket;
    this.caseId = Number(main.dataset.liveCase) || null;
    this.isList = ["liveList", "liveBoard", "liveCounter"].some((name) => main.dataset[name] !== undefined);
    this.drawn = Number(main.dataset.liveSeq) || 0;
    this.heard = this.drawn;
    this.following = false;
    this.followAgain = false;
    this.stale = false;
    this.fetching = false;
    this.ended = false;
    this.timer = 0;
    this.lostTimer = 0;
  }

  /** Listen; the page's parts were remembered when it was opened. */
  start() {
    this.socket.on("connect", () => this.#connected());
    this.socket.on("disconnect", () => this.#lost());
    this.socket.on("connect_error", () => this.#lost());
    this.socket.on("event", (event) => this.#arrived(event));
    this.socket.on("changed", () => this.isList && this.#refreshSoon());
    document.addEventListener("visibilitychange", () => document.hidden || this.#wake());
    addEventListener("online", () => this.#wake());
    addEventListener("pageshow", (event) => event.persisted && this.#wake());
    this.socket.connect();
  }

  /** The line is up: ask for what was missed. A list has no numbers, so it is fetched. */
  #connected() {
    clearTimeout(this.lostTimer);
    if (this.lostTimer && this.main.dataset.liveLost) announce(text("live_back"));
    delete this.main.dataset.liveLost;
    this.lostTimer = 0;
    showState("live");
    if (this.caseId) this.#follow();
    if (this.isList) this.#refreshSoon();
  }

  #lost() {
    if (this.ended) return;
    showState("lost");
    if (!this.lostTimer) {
      this.lostTimer = setTimeout(() => {
        this.main.dataset.liveLost = "1";
        announce(text("live_lost"));
      }, QUIET_MS);
    }
    // A server that refuses, or that closes the line itself, is not asked again by the library.
    if (!this.socket.active) setTimeout(() => this.ended || this.socket.connect(), RETRY_MS);
  }

  #wake() {
    if (this.ended) return;
    if (!this.socket.connected) this.socket.connect();
    else if (this.caseId) this.#follow();
    else this.#refreshSoon();
  }

  /** Ask for everything after what was heard; what happens meanwhile is asked for once more. */
  async #follow() {
    if (this.following) {
      this.followAgain = true;
      return;
    }
    this.following = true;
    try {
      do {
        this.followAgain = false;
        const question = { case: this.caseId, since: this.heard };
        this.#caughtUp(await this.socket.timeout(ANSWER_MS).emitWithAck("follow", question));
      } while (this.followAgain && this.socket.connected);
    } catch {
      if (this.socket.connected) setTimeout(() => this.#follow(), RETRY_MS);
    } finally {
      this.following = false;
    }
  }

  /** @param {FollowAnswer} answer */
  #caughtUp(answer) {
    if (answer.error) {
      this.#refreshSoon(); // the page itself says why: no longer ours, or signed out
      return;
    }
    for (const event of answer.events ?? []) {
      if (event.seq > this.heard) this.#hear(event);
    }
    const newest = answer.seq ?? this.heard;
    if (newest > this.heard) {
      this.heard = newest;
      this.#refreshSoon();
    }
  }

  /** @param {CaseEvent} event */
  #arrived(event) {
    if (event.case !== this.caseId || event.seq <= this.heard) return;
    if (event.seq === this.heard + 1) this.#hear(event);
    else this.#follow(); // a hole: the answer holds this event too
  }

  /** @param {CaseEvent} event the next one in order */
  #hear(event) {
    this.heard = event.seq;
    if (event.name !== null) {
      if (event.text) announce(event.text);
      document.dispatchEvent(new CustomEvent("procon:case-event", { detail: event }));
    }
    if (event.seq > this.drawn) this.#refreshSoon();
  }

  #refreshSoon(after = COALESCE_MS) {
    this.stale = true;
    if (this.fetching || this.ended) return; // the fetch under way looks at `stale` when it ends
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#refresh(), after);
  }

  async #refresh() {
    this.fetching = true;
    let again = 0;
    try {
      for (let pass = 0; this.stale && !this.ended && pass < PASSES; pass++) {
        this.stale = false;
        await this.#fetchPage();
        if (this.drawn < this.heard) this.stale = true;
      }
      again = this.stale ? RETRY_MS : 0;
    } catch {
      again = RETRY_MS;
    } finally {
      this.fetching = false;
    }
    if (again) this.#refreshSoon(again);
  }

  async #fetchPage() {
    const response = await fetch(location.href, {
      headers: { "X-Requested-With": "live", Accept: "text/html" },
      cache: "no-store",
      signal: AbortSignal.timeout(FETCH_MS),
    });
    const moved = response.redirected && new URL(response.url).pathname !== location.pathname;
    if (moved || (response.status >= 400 && response.status < 500 && response.status !== 429)) {
      this.#end();
      return;
    }
    if (!response.ok) throw new Error(String(response.status));
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    renew(fresh);
    // A call in the title stays until the page is looked at.
    if (!document.title.startsWith(CALL)) document.title = fresh.title || document.title;
    const seq = Number(fresh.querySelector("main")?.dataset.liveSeq);
    this.drawn = Number.isFinite(seq) ? Math.max(this.drawn, seq) : this.heard;
    this.main.dataset.liveSeq = String(this.drawn);
  }

  /** The page is no longer this person's to fetch (signed out, case closed to them): say so, stop. */
  #end() {
    this.ended = true;
    this.stale = false;
    this.socket.disconnect();
    showState("ended");
    announce(text("live_ended"));
  }
}

/** @param {"live" | "lost" | "ended"} state */
function showState(state) {
  const place = document.querySelector("[data-live-state]");
  if (!(place instanceof HTMLElement)) return;
  place.hidden = false;
  place.dataset.state = state;
  place.textContent = text(`live_${state}_short`);
}

/** @param {HTMLElement} main */
export function startLive(main) {
  const { liveBoard, liveCounter } = main.dataset;
  const namespace = liveBoard !== undefined ? "/board" : liveCounter !== undefined ? "/counter" : "/cases";
  const socket = io(namespace, {
    transports: ["websocket"],
    autoConnect: false,
    reconnectionDelay: 300,
    reconnectionDelayMax: 5000,
  });
  new LivePage(main, socket).start();
}
