// How the pictures are laid out on this page: all alike, who speaks large, or somebody pinned; picture-in-picture.

const OWN = ["grid", "speaker"];

export class Layouts {
  /** @param {HTMLElement} main @param {import("./tiles.js").Tiles} tiles */
  constructor(main, tiles) {
    this.main = main;
    this.tiles = tiles;
    this.key = `audiencia:${main.dataset.hearing}:quadro`;
    this.select = main.querySelector("[data-layout]");
    this.float = main.querySelector("[data-float]");
    this.people = "";
    tiles.arrange(this.kept());
  }

  start() {
    this.select?.addEventListener("change", () => this.choose());
    this.float?.toggleAttribute("hidden", !document.pictureInPictureEnabled);
    this.float?.addEventListener("click", () => this.floated());
  }

  kept() {
    try {
      return localStorage.getItem(this.key) ?? "grid";
    } catch {
      return "grid"; // a browser that keeps nothing
    }
  }

  choose() {
    if (!(this.select instanceof HTMLSelectElement)) return;
    this.tiles.arrange(this.select.value);
    try {
      localStorage.setItem(this.key, this.select.value);
    } catch {
      // it holds until the page is left
    }
  }

  /** Everybody in the room can be pinned. @param {{seat: string, name: string, mine: boolean}[]} people */
  show(people) {
    const others = people.filter((person) => !person.mine);
    const key = others.map((person) => person.seat + person.name).join();
    if (!(this.select instanceof HTMLSelectElement) || key === this.people) return;
    this.people = key;
    const pin = this.select.dataset.pin ?? "";
    for (const option of [...this.select.options]) if (!OWN.includes(option.value)) option.remove();
    this.select.append(...others.map(({ seat, name }) => new Option(`${pin} ${name}`, seat)));
    const kept = this.kept();
    this.select.value = [...this.select.options].some((option) => option.value === kept) ? kept : "grid";
  }

  async floated() {
    if (document.pictureInPictureElement) {
      await document.exitPictureInPicture();
      return;
    }
    await this.tiles.largest()?.requestPictureInPicture().catch(() => undefined);
  }
}
