// The pictures: one tile per person in the room, their streams, who speaks, who is away.

import { word } from "./words.js";

/** @type {Record<string, string>} what the mediator reads at the tile of who is not heard */
const TROUBLES = { muted_talking: "voice_muted_talking", too_low: "voice_too_low", no_packets: "voice_nothing" };
const UNSEEN_MS = 5000; // a glance at another tab costs nobody a picture

/**
 * @typedef {{seat: string, name: string, role: string, interpreter: boolean, state: string, muted: boolean,
 *   mine: boolean, inside: boolean, apart: boolean, hand: number, mode: string, mode_label: string}} Person
 * @typedef {{microphone: boolean, camera: boolean}} Own
 */

class Tile {
  /** @param {Person} person */
  constructor(person) {
    this.seat = person.seat;
    this.stream = new MediaStream();
    this.video = document.createElement("video");
    this.video.playsInline = true;
    this.video.autoplay = true;
    this.video.muted = person.mine;
    this.initials = node("span", "tile-initials", initials(person.name));
    this.name = node("p", "tile-name");
    this.note = node("p", "tile-note");
    this.mode = node("p", "tile-mode");
    this.trouble = "";
    this.element = node("div", person.mine ? "tile tile-mine" : "tile");
    this.element.dataset.seat = person.seat;
    this.element.append(this.initials, this.video, this.note, this.mode, this.name);
    this.own = { microphone: true, camera: true };
    this.lost = false;
    this.seen = false;
    this.frames = 0;
    this.update(person);
  }

  /** @param {Person} person */
  update(person) {
    this.person = person;
    const name = person.mine ? word("you") : person.name;
    this.video.setAttribute("aria-label", `${name}, ${person.role}`);
    this.mode.textContent = person.mode_label;
    this.name.replaceChildren(node("strong", "", name), ` ${person.role}`);
    this.draw();
  }

  /**
   * Whether a picture comes. A short hole in the packets is no camera that is off: frames count as well.
   * @param {boolean} arrives
   */
  picture(arrives) {
    const frames = this.video.getVideoPlaybackQuality().totalVideoFrames;
    this.seen = arrives || (this.seen && frames > this.frames);
    this.frames = frames;
    this.draw();
  }

  draw() {
    const silent = this.person.muted || !this.own.microphone;
    const away = this.person.state === "disconnected" && !this.person.mine;
    const lost = this.lost && !away && !this.person.mine;
    const apart = this.person.apart && !away;
    const picture = this.seen && this.own.camera && !away && !apart;
    this.element.classList.toggle("tile-silent", silent);
    this.element.classList.toggle("tile-away", away);
    this.element.classList.toggle("tile-lost", lost);
    this.element.classList.toggle("tile-picture", picture);
    this.element.classList.toggle("tile-apart", apart);
    this.element.classList.toggle("tile-hand", this.person.hand > 0);
    const notes = { away, reconnecting_tag: lost, apart, hand_up: this.person.hand > 0, microphone_off: silent };
    const note = Object.entries(notes).find(([, holds]) => holds)?.[0];
    this.note.textContent = this.trouble && !away && !lost ? word(this.trouble) : note ? word(note) : "";
  }
}

/**
 * The tiles of a room. Streams may come before the person they belong to is known. Event: `sizes`, when a
 * picture is drawn larger or smaller than before.
 */
export class Tiles extends EventTarget {
  /** @param {HTMLElement} root @param {(blocked: boolean) => void} soundBlocked */
  constructor(root, soundBlocked) {
    super();
    this.root = root;
    this.soundBlocked = soundBlocked;
    const changed = () => this.dispatchEvent(new Event("sizes"));
    this.watch = new ResizeObserver(changed);
    document.addEventListener("visibilitychange", () => setTimeout(changed, document.hidden ? UNSEEN_MS : 0));
    /** @type {Map<string, Tile>} */
    this.tiles = new Map();
    /** @type {Map<string, HTMLElement>} the screens that people show, by seat */
    this.screens = new Map();
    /** @type {Map<string, Map<string, MediaStreamTrack>>} by seat, by kind */
    this.tracks = new Map();
    this.layout = "grid";
    this.spotlight = "";
    this.speaker = "";
    this.tallest = Infinity;
    this.tellsTroubles = false;
  }

  /** @param {string} layout "grid", "speaker", "interpreter", or the seat that is pinned */
  arrange(layout) {
    this.layout = layout;
    this.#enlarge();
  }

  /** @param {number} pixels how tall pictures are asked for at most; 0 for none */
  bound(pixels) {
    if (this.tallest === pixels) return;
    this.tallest = pixels;
    this.root.toggleAttribute("data-blind", pixels === 0);
    this.dispatchEvent(new Event("sizes"));
  }

  /** The interpreter whom this page has pinned, if one is there. */
  get interpreter() {
    const there = [...this.tiles.values()].find(({ person }) => person.interpreter && !person.mine && person.state !== "disconnected");
    return this.layout === "interpreter" ? (there?.seat ?? "") : "";
  }

  /**
   * A screen that is shown is large, beside the interpreter of who needs one. The mediator's spotlight goes
   * before one's own choice.
   */
  #enlarge() {
    const own = this.layout === "speaker" ? this.speaker : this.layout;
    const person = [this.interpreter, ...(this.screens.size ? [] : [this.spotlight, own])].find((seat) => this.tiles.has(seat));
    for (const [seat, tile] of this.tiles) {
      tile.element.classList.toggle("tile-spotlight", seat === person);
      tile.element.classList.toggle("tile-pinned", seat === this.interpreter);
    }
    const large = this.screens.size + (person === undefined ? 0 : 1);
    this.root.toggleAttribute("data-spotlight", large > 0);
    this.root.dataset.large = String(large);
    this.root.dataset.count = String(this.tiles.size + this.screens.size);
  }

  /** @param {Tile} tile @param {MediaStreamTrack} track what the person of a tile shows */
  #showScreen(tile, track) {
    this.#hideScreen(tile.seat);
    const video = document.createElement("video");
    Object.assign(video, { playsInline: true, autoplay: true, muted: true, srcObject: new MediaStream([track]) });
    const name = word("screen_of", { name: tile.person.name });
    video.setAttribute("aria-label", name);
    const element = node("div", "tile tile-screen tile-picture tile-spotlight");
    element.dataset.screen = tile.seat;
    element.append(video, node("p", "tile-name", name));
    this.screens.set(tile.seat, element);
    this.root.prepend(element);
    this.watch.observe(element);
    this.#enlarge();
    video.play().catch(() => undefined);
  }

  #hideScreen(/** @type {string} */ seat) {
    const element = this.screens.get(seat);
    if (!element) return;
    this.watch.unobserve(element);
    element.remove();
    this.screens.delete(seat);
    this.#enlarge();
  }

  /** @returns {HTMLVideoElement | undefined} the large picture, else one of the others */
  largest() {
    const tiles = [...this.tiles.values()].filter((tile) => tile.seen && !tile.person.mine);
    return (tiles.find((tile) => tile.element.classList.contains("tile-spotlight")) ?? tiles[0])?.video;
  }

  /** @param {Person[]} people those in the room @param {string} [spotlight] the seat that is shown large */
  show(people, spotlight = "") {
    const seats = new Set(people.map((person) => person.seat));
    for (const [seat, tile] of this.tiles) {
      if (seats.has(seat)) continue;
      this.#hideScreen(seat);
      this.watch.unobserve(tile.element);
      tile.element.remove();
      this.tiles.delete(seat);
    }
    for (const person of people) {
      const known = this.tiles.get(person.seat);
      if (known) known.update(person);
      else this.#add(person);
    }
    this.spotlight = spotlight;
    this.#enlarge();
  }

  /** @param {Person} person */
  #add(person) {
    const tile = new Tile(person);
    this.tiles.set(person.seat, tile);
    this.root.append(tile.element);
    this.watch.observe(tile.element);
    if (person.mine && this.mine) this.showMine(this.mine);
    for (const [kind, track] of this.tracks.get(person.seat) ?? []) this.#attach(tile, kind, track);
  }

  /** @param {MediaStream} stream one's own camera; shown, never played */
  showMine(stream) {
    this.mine = stream;
    const tile = [...this.tiles.values()].find((one) => one.person.mine);
    if (!tile) return;
    tile.video.srcObject = stream;
    tile.seen = stream.getVideoTracks().length > 0;
    tile.draw();
  }

  /** @param {string} seat @param {string} kind @param {MediaStreamTrack} track */
  take(seat, kind, track) {
    const kinds = this.tracks.get(seat) ?? new Map();
    this.tracks.set(seat, kinds.set(kind, track));
    const tile = this.tiles.get(seat);
    if (tile) this.#attach(tile, kind, track);
  }

  /** Sound and picture of a person in one stream, so that lips and voice stay together. */
  #attach(/** @type {Tile} */ tile, /** @type {string} */ kind, /** @type {MediaStreamTrack} */ track) {
    if (kind === "screen") {
      this.#showScreen(tile, track);
      return;
    }
    for (const old of tile.stream.getTracks()) {
      if (old.kind !== track.kind || old === track) continue;
      tile.stream.removeTrack(old);
      if (kind === "video") tile.seen = false;
    }
    tile.draw();
    tile.stream.addTrack(track);
    if (tile.video.srcObject !== tile.stream) tile.video.srcObject = tile.stream;
    if (kind !== "audio") {
      tile.video.addEventListener("resize", () => this.#seen(tile), { once: true });
      track.addEventListener("unmute", () => this.#seen(tile));
    }
    this.#play(tile);
  }

  #seen(/** @type {Tile} */ tile) {
    tile.seen = true;
    tile.draw();
  }

  async #play(/** @type {Tile} */ tile) {
    try {
      await tile.video.play();
    } catch (error) {
      if (error instanceof DOMException && error.name === "NotAllowedError") this.soundBlocked(true);
    }
  }

  /** After a click: everything may sound. */
  async playAll() {
    this.soundBlocked(false);
    await Promise.all([...this.tiles.values()].filter((tile) => !tile.person.mine).map((tile) => this.#play(tile)));
  }

  /** @param {string} seat @param {string} kind */
  drop(seat, kind) {
    const track = this.tracks.get(seat)?.get(kind);
    this.tracks.get(seat)?.delete(kind);
    if (kind === "screen") this.#hideScreen(seat);
    const tile = this.tiles.get(seat);
    if (!tile || !track || kind === "screen") return;
    tile.stream.removeTrack(track);
    if (kind === "video") tile.seen = false;
    tile.draw();
  }

  /** The connections have ended: nothing comes any more. */
  clear() {
    for (const [seat, kinds] of this.tracks) for (const kind of [...kinds.keys()]) this.drop(seat, kind);
  }

  /**
   * How tall each person's pictures are drawn. Sound is not a matter of size.
   * @returns {Record<string, number>} screen pixels by "seat/kind", 0 while nobody looks
   */
  sizes() {
    const scale = document.hidden ? 0 : devicePixelRatio;
    /** @type {Record<string, number>} */
    const sizes = {};
    for (const [seat, tile] of this.tiles) {
      if (tile.person.mine) continue;
      const bound = seat === this.interpreter ? Infinity : this.tallest; // who reads signs hears by them
      sizes[`${seat}/video`] = Math.min(bound, Math.round(tile.element.clientHeight * scale));
      const screen = this.screens.get(seat);
      sizes[`${seat}/screen`] = Math.min(this.tallest, Math.round((screen?.clientHeight ?? 0) * scale));
    }
    return sizes;
  }

  /** @param {string} seat @param {boolean} lost whether nothing comes or goes over the person's line */
  line(seat, lost) {
    const tile = this.tiles.get(seat);
    if (!tile) return;
    tile.lost = lost;
    tile.draw();
  }

  /** @param {string} seat @param {Own} own whether their microphone and camera are on */
  devices(seat, own) {
    const tile = this.tiles.get(seat);
    if (!tile) return;
    tile.own = own;
    tile.draw();
  }

  /** @param {{seats: Record<string, {voice: string, video: boolean}>, speaker: string | null}} said */
  activity({ seats, speaker }) {
    for (const [seat, tile] of this.tiles) {
      const heard = seats[seat];
      tile.element.classList.toggle("tile-speaking", heard?.voice === "speaking" && !tile.person.muted);
      tile.element.classList.toggle("tile-speaker", seat === speaker);
      tile.trouble = (this.tellsTroubles && !tile.person.mine && TROUBLES[heard?.voice ?? ""]) || "";
      if (heard && !tile.person.mine) tile.picture(heard.video);
    }
    if (speaker && !this.tiles.get(speaker)?.person.mine) {
      this.speaker = speaker;
      this.#enlarge();
    }
  }
}

/** @param {string} tag @param {string} className @param {string} [content] */
function node(tag, className, content = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.textContent = content;
  return element;
}

/** @param {string} name */
function initials(name) {
  const parts = name.trim().split(/\s+/);
  return (parts[0][0] + (parts.length > 1 ? parts[parts.length - 1][0] : "")).toUpperCase();
}
