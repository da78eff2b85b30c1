// Whose line is lost: a tag at their tile, for as long as the server says so.

import { announce } from "../core/toast.js";
import { word } from "./words.js";

export class Presence {
  /** @param {import("./tiles.js").Tiles} tiles @param {(seat: string) => string} nameOf */
  constructor(tiles, nameOf) {
    this.tiles = tiles;
    this.nameOf = nameOf;
    /** @type {Set<string>} */
    this.lost = new Set();
  }

  /** @param {{seat: string, lost: boolean}} said */
  heard({ seat, lost }) {
    this.tiles.line(seat, lost); // said again each second: the tile may be a new one
    if (lost === this.lost.has(seat)) return;
    if (lost) this.lost.add(seat);
    else this.lost.delete(seat);
    const name = this.nameOf(seat);
    if (name) announce(word(lost ? "line_of_lost" : "line_of_back", { name }));
  }

  /** Our own line was lost: what was said before may no longer hold; what still does is said again. */
  clear() {
    for (const seat of this.lost) this.tiles.line(seat, false);
    this.lost.clear();
  }
}
