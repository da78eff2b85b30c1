// Live captions: the last sentences that were said, and the one that is being said, in a live region.

const LINES = 3;
const SHOWN_MS = 12_000;
const TAIL = 140; // characters of a sentence that goes on and on

/** @typedef {{seat: string, text: string, final: boolean}} Caption */

export class Captions {
  /** @param {HTMLElement} main @param {(seat: string) => string} nameOf */
  constructor(main, nameOf) {
    this.main = main;
    this.nameOf = nameOf;
    this.place = main.querySelector("[data-captions]");
    this.key = "audiencia:legendas";
    this.on = false;
    this.mine = true;
    /** @type {Map<string, HTMLElement>} the sentence that each person is saying, by seat */
    this.open = new Map();
  }

  start() {
    try {
      this.mine = localStorage.getItem(this.key) !== "nao";
    } catch {
      // shown, as for everybody
    }
    // On the page's frame: the button's part is drawn anew.
    this.main.addEventListener("click", ({ target }) => {
      if (target instanceof Element && target.closest("[data-captions-mine]")) this.choose();
    });
    document.addEventListener("procon:updated", () => this.draw());
  }

  choose() {
    this.mine = !this.mine;
    try {
      localStorage.setItem(this.key, this.mine ? "sim" : "nao");
    } catch {
      // it holds until the page is left
    }
    this.draw();
  }

  /** @param {boolean} on as the server says, for everybody */
  apply(on) {
    this.on = on;
    if (!on) {
      this.place?.replaceChildren();
      this.open.clear();
    }
    this.draw();
  }

  draw() {
    this.main.querySelector("[data-captions-mine]")?.setAttribute("aria-pressed", String(this.mine));
    this.place?.toggleAttribute("hidden", !this.on || !this.mine || this.place.childElementCount === 0);
  }

  /** @param {Caption} caption */
  heard({ seat, text, final }) {
    if (!this.on || !this.place || !this.nameOf(seat)) return;
    const line = this.open.get(seat) ?? this.begin(seat);
    const words = line.querySelector("span");
    if (words) words.textContent = final ? text : tail(text);
    if (final) {
      this.open.delete(seat);
      this.say(line);
    }
    this.draw();
  }

  /** @param {string} seat @returns {HTMLElement} */
  begin(seat) {
    // Words that still change are not read out, or a screen reader would never come to an end.
    const line = document.createElement("p");
    line.className = "caption caption-open";
    line.setAttribute("aria-hidden", "true");
    const name = document.createElement("strong");
    name.textContent = `${this.nameOf(seat)}: `;
    line.append(name, document.createElement("span"));
    this.place?.append(line);
    this.open.set(seat, line);
    return line;
  }

  /** A finished sentence takes its place as a new line, which is what live regions read. @param {HTMLElement} line */
  say(line) {
    const said = /** @type {HTMLElement} */ (line.cloneNode(true));
    said.className = "caption";
    said.removeAttribute("aria-hidden");
    line.replaceWith(said);
    const finished = [...(this.place?.querySelectorAll(".caption:not(.caption-open)") ?? [])];
    for (const old of finished.slice(0, -LINES)) old.remove();
    setTimeout(() => {
      said.remove();
      this.draw();
    }, SHOWN_MS);
  }
}

/** @param {string} text @returns {string} the end of a long one, from the beginning of a word on */
function tail(text) {
  return text.length <= TAIL ? text : `… ${text.slice(-TAIL).replace(/^\S*\s/, "")}`;
}
