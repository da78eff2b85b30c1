// The document that is open for everybody: where people point on its page. The page itself is the server's.

const EVERY_MS = 100;
const SHOWN_MS = 3000;
const STEP = 0.04;
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };

/** @typedef {{seat: string, x: number, y: number, shown: boolean}} Pointed */

export class Exhibit {
  /**
   * @param {HTMLElement} main @param {(point: {x: number, y: number, shown: boolean}) => void} tell
   * @param {(seat: string) => string} nameOf
   */
  constructor(main, tell, nameOf) {
    this.main = main;
    this.tell = tell;
    this.nameOf = nameOf;
    this.at = { x: 0.5, y: 0.5 };
    this.toldAt = 0;
    /** @type {Map<string, {dot: HTMLElement, timer: number}>} by seat */
    this.dots = new Map();
  }

  start() {
    // On the page's frame: the document's own part is drawn anew at each turn of a page.
    this.main.addEventListener("pointermove", (event) => this.pointed(event));
    this.main.addEventListener("pointerdown", (event) => this.pointed(event));
    this.main.addEventListener("keydown", (event) => this.keyed(event));
  }

  /** @returns {HTMLElement | null} */
  get page() {
    return this.main.querySelector("[data-exhibit-page]");
  }

  /** @param {PointerEvent} event */
  pointed(event) {
    const page = this.page;
    if (!page || !(event.target instanceof Node) || !page.contains(event.target)) return;
    const box = page.getBoundingClientRect();
    this.point((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  }

  /** @param {KeyboardEvent} event */
  keyed(event) {
    const arrow = ARROWS[event.key];
    if (!arrow || !(event.target instanceof HTMLElement) || !event.target.matches("[data-exhibit]")) return;
    event.preventDefault();
    this.point(this.at.x + arrow[0], this.at.y + arrow[1]);
    this.heard({ seat: "", ...this.at, shown: true });
  }

  /** @param {number} x @param {number} y */
  point(x, y) {
    this.at = { x: Math.min(1, Math.max(0, x)), y: Math.min(1, Math.max(0, y)) };
    if (performance.now() - this.toldAt < EVERY_MS) return;
    this.toldAt = performance.now();
    this.tell({ ...this.at, shown: true });
  }

  /** @param {Pointed} pointed */
  heard({ seat, x, y, shown }) {
    const known = this.dots.get(seat);
    clearTimeout(known?.timer);
    const page = this.page;
    if (!page || !shown) {
      known?.dot.remove();
      this.dots.delete(seat);
      return;
    }
    const dot = known?.dot ?? document.createElement("span");
    dot.className = "exhibit-pointer";
    dot.textContent = seat ? this.nameOf(seat) : "";
    dot.style.left = `${x * 100}%`;
    dot.style.top = `${y * 100}%`;
    if (dot.parentElement !== page) page.append(dot);
    const timer = setTimeout(() => this.heard({ seat, x, y, shown: false }), SHOWN_MS);
    this.dots.set(seat, { dot, timer });
  }
}
