// How the pictures are laid out on this page: all alike, who speaks large, or somebody pinned; picture-in-picture.

import { toast } from "../core/toast.js";
import { word } from "./words.js";

const OWN = ["grid", "speaker"];
const INTERPRETER = "interpreter";

export class Layouts {
  /** @param {HTMLElement} main @param {import("./tiles.js").Tiles} tiles */
  constructor(main, tiles) {
    this.main = main;
    this.tiles = tiles;
    this.key = `audiencia:${main.dataset.hearing}:quadro`;
    this.select = main.querySelector("[data-layout]");
    this.float = main.querySelector("[data-float]");
    this.libras = main.querySelector("[data-libras]");
    this.people = "";
    tiles.arrange(this.kept());
  }

  start() {
    this.select?.addEventListener("change", () => this.choose());
    this.libras?.addEventListener("click", () => this.interpret());
    this.float?.toggleAttribute("hidden", !document.pictureInPictureEnabled);
    this.float?.addEventListener("click", () => this.floated());
    const drawn = () => this.float?.setAttribute("aria-pressed", String(document.pictureInPictureElement !== null));
    for (const event of ["enterpictureinpicture", "leavepictureinpicture"]) this.tiles.root.addEventListener(event, drawn);
  }

  kept() {
    try {
      return localStorage.getItem(this.key) ?? "grid";
    } catch {
      return "grid"; // a browser that keeps nothing
    }
  }

  /** The interpreter large, or all as before. */
  interpret() {
    if (!(this.select instanceof HTMLSelectElement)) return;
    this.select.value = this.tiles.layout === INTERPRETER ? "grid" : INTERPRETER;
    this.choose();
  }

  choose() {
    if (!(this.select instanceof HTMLSelectElement)) return;
    this.tiles.arrange(this.select.value);
    this.draw();
    try {
      localStorage.setItem(this.key, this.select.value);
    } catch {
      // it holds until the page is left
    }
  }

  draw() {
    this.libras?.setAttribute("aria-pressed", String(this.tiles.layout === INTERPRETER));
  }

  /**
   * Everybody in the room can be pinned, and whoever interprets at the time.
   * @param {{seat: string, name: string, mine: boolean, interpreter: boolean}[]} people
   */
  show(people) {
    const others = people.filter((person) => !person.mine);
    const interpreted = others.some((person) => person.interpreter);
    this.libras?.toggleAttribute("hidden", !interpreted);
    this.draw();
    const key = others.map((person) => person.seat + person.name).join();
    if (!(this.select instanceof HTMLSelectElement) || key === this.people) return;
    this.people = key;
    const pin = this.select.dataset.pin ?? "";
    for (const option of [...this.select.options]) if (!OWN.includes(option.value)) option.remove();
    if (interpreted) this.select.append(new Option(this.select.dataset.interpreter ?? "", INTERPRETER));
    this.select.append(...others.map(({ seat, name }) => new Option(`${pin} ${name}`, seat)));
    const kept = this.kept();
    this.select.value = [...this.select.options].some((option) => option.value === kept) ? kept : "grid";
  }

  async floated() {
    if (document.pictureInPictureElement) {
      await document.exitPictureInPicture();
      return;
    }
    try {
      const picture = this.tiles.largest();
      if (!picture) throw new Error("nobody is seen");
      await picture.requestPictureInPicture();
    } catch {
      toast(word("no_float"));
    }
  }
}
