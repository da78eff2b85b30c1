// The room: joins the page, the line, the media and the tiles. What is drawn follows the server's truth
// (/audiencias/<id>/estado), fetched again after each event; nothing is guessed from what happened before.

import { request } from "../core/http.js";
import { announce, toast } from "../core/toast.js";
import { arrivals } from "./arrivals.js";
import { Awake } from "./awake.js";
import { Captions } from "./captions.js";
import { Connections } from "./connections.js";
import { Countdown } from "./countdown.js";
import { Exhibit } from "./exhibit.js";
import { missing, openDevices, permissionHelp, tellOpened } from "./devices.js";
import { Layouts } from "./layouts.js";
import { Line } from "./line.js";
import { Microphone } from "./microphone.js";
import { allowNotices, notice } from "./notices.js";
import { Participation } from "./participation.js";
import { Presence } from "./presence.js";
import { PrivateRooms } from "./private.js";
import { Quality } from "./quality.js";
import { RecordingWatch } from "./recording.js";
import { allowSound, chime, knock } from "./sounds.js";
import { Sharing } from "./sharing.js";
import { Surface } from "./surface.js";
import { Tiles } from "./tiles.js";
import { Waiting } from "./waiting.js";
import { word } from "./words.js";

const COALESCE_MS = 50;
const RETRY_MS = 2000;
const SAID = new Set(["rules_not_accepted", "room_full", "rehearsals_full", "rehearsals_off"]); // refusals with words of their own

/** @typedef {import("./tiles.js").Person} Person */
/**
 * @typedef {{version: number, state: string, status: string, controls: string[], media: boolean,
 *   captions: boolean, recording: import("./recording.js").Tape, private: import("./private.js").Private | null, spotlight: string,
 *   countdown: number | null,
 *   me: {seat: string, admitted: boolean, muted: boolean, circle: string},
 *   people: Person[]}} Truth
 */

export class Room {
  /** @param {HTMLElement} main @param {import("./tabs.js").Tabs} tabs @param {?import("./minutes.js").Minutes} minutes */
  constructor(main, tabs, minutes) {
    this.main = main;
    this.tabs = tabs;
    this.minutes = minutes;
    this.page = new Surface(main);
    this.awake = new Awake();
    this.url = main.dataset.room ?? `/audiencias/${main.dataset.hearing}`;
    this.line = new Line(Number(main.dataset.hearing), main.dataset.rules, main.dataset.line);
    this.tiles = new Tiles(this.page.part("[data-tiles]"), (blocked) => this.page.show("[data-sound]", blocked));
    this.recording = new RecordingWatch(main, main.dataset.role === "mediator");
    this.private = new PrivateRooms(main, (sentence, title) => this.tell(sentence, title));
    this.connections = new Connections(main, this.line, this.tiles, (sentence) => this.page.banner(sentence));
    /** @type {Truth | null} */
    this.truth = null;
    /** @type {MediaStream | null} */
    this.stream = null;
    /** @type {import("./line.js").Entered | null} */
    this.seat = null;
    this.own = { microphone: true, camera: true };
    this.opening = false;
    const nameOf = (/** @type {string} */ seat) => this.truth?.people.find((one) => one.seat === seat)?.name ?? "";
    this.quality = new Quality(nameOf);
    this.presence = new Presence(this.tiles, nameOf);
    this.waiting = new Waiting(main, () => this.look(0));
    this.microphone = new Microphone({
      stream: () => this.stream,
      media: () => this.connections.media,
      wanted: () => this.sounds(),
      tell: (healed) => toast(word(healed ? "microphone_back" : "microphone_gone"), healed ? {} : { tone: "danger" }),
    });
    this.countdown = new Countdown(main, () => this.look(0));
    this.participation = new Participation(main, this.tiles, tabs);
    this.layouts = new Layouts(main, this.tiles);
    this.captions = new Captions(main, nameOf);
    this.sharing = new Sharing(main, () => this.connections.media);
    this.exhibit = new Exhibit(main, (point) => this.line.ask("point", point).catch(() => undefined), nameOf);
    this.timer = 0;
    this.title = document.title;
  }

  start() {
    this.page.click("[data-enter]", () => this.enter());
    this.page.click("[data-take-over]", () => this.enter(true));
    this.page.click("[data-leave]", () => this.leave());
    this.page.click("[data-microphone]", () => this.toggle("microphone"));
    this.page.click("[data-camera]", () => this.toggle("camera"));
    this.page.click("[data-sound]", () => this.tiles.playAll());
    this.page.click("[data-restore]", () => this.restore());
    this.listen();
    document.addEventListener("procon:case-event", () => this.look());
    document.addEventListener("visibilitychange", () => document.hidden || this.visible());
    addEventListener("pagehide", () => this.stopMedia());
    if (this.main.dataset.role === "mediator") {
      this.tabs.show("people");
    }
    this.main.addEventListener("procon:activity", (event) => {
      this.microphone.heard(/** @type {CustomEvent} */ (event).detail.seats[this.truth?.me.seat ?? ""]?.voice ?? "");
    });
    this.microphone.start();
    this.quality.start();
    this.recording.start();
    this.private.start();
    this.participation.start();
    this.layouts.start();
    this.sharing.start();
    this.captions.start();
    this.exhibit.start();
    this.look(0);
    if (this.line.satHere && this.main.dataset.phase !== "over") this.enter(); // a page that was reloaded
  }

  listen() {
    const on = (/** @type {string} */ name, /** @type {(detail: any) => void} */ act) =>
      this.line.addEventListener(name, (event) => act(/** @type {CustomEvent} */ (event).detail));
    on("entered", (seat) => this.entered(seat));
    on("refused", (answer) => this.refused(answer));
    on("lost", () => {
      this.page.banner(word("line_lost"));
      this.presence.clear();
      this.participation.heard.apply(""); // nobody can say any more whether one is heard
    });
    on("taken", () => {
      this.outside(word("taken_over"));
      this.look(0);
    });
    on("reset", () => this.connections.media?.restartAll());
    on("message", ({ name, payload }) => {
      if (name === "devices") this.tiles.devices(payload.seat, payload);
      else if (name === "recording") this.recording.heard(payload);
      else if (name === "pointer") this.exhibit.heard(payload);
      else if (name === "caption") this.captions.heard(payload);
      else if (name === "figures") this.quality.heard(payload);
      else if (name === "line") this.presence.heard(payload);
      else this.connections.media?.receive(name, payload);
    });
  }

  // --- in and out

  /** @param {boolean} [takeOver] */
  async enter(takeOver = false) {
    if (this.opening) return;
    this.page.complain("");
    allowSound().catch(() => undefined);
    allowNotices().catch(() => undefined);
    this.page.show("[data-enter]", false);
    this.page.show("[data-take-over]", false);
    if (await this.openDevices()) await this.line.enter(takeOver);
  }

  /** @returns {Promise<boolean>} whether they are the room's now: not when it ended while the person was asked */
  async openDevices() {
    this.opening = true;
    const opened = await openDevices();
    this.opening = false;
    this.stream?.getTracks().forEach((track) => track.stop()); // a microphone that healed itself meanwhile
    this.stream = opened.stream;
    this.own = { microphone: opened.microphone, camera: opened.camera };
    if (this.main.dataset.phase === "over") {
      this.stopMedia();
      return false;
    }
    this.preview();
    if (!this.main.dataset.line) tellOpened(this.url, opened); // a rehearsal keeps nothing
    const lacking = missing(opened);
    const told = opened.denied ? `${lacking} ${permissionHelp()}` : lacking;
    if (lacking) this.page.complain(told);
    const speechless = opened.denied || !opened.microphone; // who is in already is not at the door to read it
    this.page.text("[data-device-problem-text]", speechless ? told : "");
    this.page.show("[data-device-problem]", speechless);
    return true;
  }

  preview() {
    const video = this.main.querySelector("[data-preview]");
    if (!(video instanceof HTMLVideoElement)) return;
    const shown = this.own.camera && this.stream !== null;
    video.srcObject = shown ? this.stream : null; // a stream without a picture would keep the page loading
    video.hidden = !shown;
    this.page.show("[data-no-preview]", !shown);
    if (this.stream) this.tiles.showMine(this.stream);
  }

  /** @param {import("./line.js").Entered} seat */
  entered(seat) {
    this.seat = seat;
    this.page.banner("");
    this.awake.keep();
    this.connections.resume(seat);
    this.look(0);
  }

  /** @param {{error: string, device: string}} answer */
  refused({ error, device }) {
    this.seat = null;
    this.stopMedia();
    if (error === "seat_taken") {
      this.page.complain(word("seat_taken", { device }));
      this.page.show("[data-take-over]", true);
    } else if (error === "hearing_over") {
      location.reload();
    } else {
      this.page.complain(word(SAID.has(error) ? error : "failed"));
      this.look(0);
    }
  }

  /** Camera and microphone go at once; the seat is free when the server has heard of it. */
  async leave() {
    const heard = this.line.leave();
    this.outside(word("left"));
    await heard;
    this.look(0);
  }

  /** @param {string} why */
  outside(why) {
    this.seat = null;
    this.stopMedia();
    this.page.complain(why);
    this.phase("outside");
  }

  // --- the truth

  look(after = COALESCE_MS) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#look(), after);
  }

  async #look() {
    try {
      this.apply(await request(`${this.url}/estado`));
    } catch (error) {
      if (error.passing) this.look(RETRY_MS);
    }
  }

  /** @param {Truth} truth */
  apply(truth) {
    const before = this.truth;
    if (before && truth.version < before.version) return; // answers may overtake each other
    this.truth = truth;
    if (truth.state === "closed" || truth.state === "cancelled") {
      this.over();
      return;
    }
    const can = new Set(truth.controls);
    const sits = this.seat !== null;
    const elsewhere = !sits && can.has("leave"); // the seat is taken, and not by this tab
    this.main.toggleAttribute("data-elsewhere", elsewhere);
    this.page.text("[data-door-sentence]", elsewhere && !this.line.wanted ? word("elsewhere") : truth.status);
    this.page.show("[data-enter]", (can.has("enter") || elsewhere) && !sits && !this.line.wanted && !this.opening);
    this.phase(!sits ? "outside" : truth.me.admitted ? "inside" : "waiting");
    for (const form of this.main.querySelectorAll("[data-needs]")) {
      form.toggleAttribute("hidden", !can.has(form.getAttribute("data-needs") ?? ""));
    }
    this.minutes?.allow(can.has("write"));
    this.tiles.show(truth.people.filter((person) => person.inside), truth.spotlight);
    this.layouts.show(truth.people.filter((person) => person.inside));
    if (this.participation.apply(sits ? truth.people.find((one) => one.mine) : undefined, truth.media)) this.applyOwn();
    if (!truth.media) this.tiles.activity({ seats: {}, speaker: null });
    this.captions.apply(truth.captions && sits && truth.me.admitted && truth.me.circle === "");
    this.sharing.apply(sits && truth.me.admitted && truth.media);
    this.countdown.apply(truth.countdown);
    this.recording.apply(truth.recording, sits && truth.me.admitted);
    this.private.apply(truth.private, sits && truth.me.admitted);
    if (truth.me.muted && this.own.microphone && sits) this.toggle("microphone"); // only its owner turns it on again
    this.drawBar();
    this.notice(before, truth);
    if (sits && truth.me.admitted) this.startMedia();
    else this.connections.stop();
  }

  /** What deserves a sound: being let in, being sent back, somebody at the door. */
  notice(/** @type {Truth | null} */ before, /** @type {Truth} */ truth) {
    if (!before || !this.seat) return;
    const mediator = this.main.dataset.role === "mediator";
    if (truth.me.admitted && !before.me.admitted && !mediator) {
      this.tell(word("admitted"), word("admitted_title"));
      this.waiting.call();
      chime();
    } else if (before.me.admitted && !truth.me.admitted) {
      this.tell(word("sent_back"), this.title);
    }
    if (truth.me.muted && !before.me.muted) toast(word("muted_by_mediator"));
    const stayed = truth.me.circle === before.me.circle; // a private room knows no silence, and lifts none
    if (!truth.me.muted && before.me.muted && stayed) toast(word("unmuted_by_mediator"));
    for (const [sentence, title] of mediator ? arrivals(before.people, truth.people) : []) {
      this.tell(sentence, title);
      knock();
    }
    const presence = (/** @type {Truth} */ one) => one.people.map((person) => person.state).join();
    if (presence(truth) !== presence(before)) this.sayDevices(); // who has just come does not know them
  }

  /** @param {string} sentence @param {string} title shown until the page is looked at */
  tell(sentence, title) {
    toast(sentence);
    if (!document.hidden) return;
    document.title = `● ${title}`;
    notice(title, sentence).catch(() => undefined);
  }

  over() {
    if (this.main.dataset.phase === "over") return;
    this.phase("over");
    this.line.leave();
    this.stopMedia();
    location.reload();
  }

  // --- media

  async startMedia() {
    if (this.connections.media || !this.seat || !this.stream) return;
    const begun = await this.connections.begin(this.seat, this.stream, this.participation.sent(this.own));
    if (begun) this.applyOwn();
    else setTimeout(() => this.look(0), RETRY_MS);
  }

  stopMedia() {
    this.connections.stop();
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.preview();
    this.awake.release();
  }

  /** @param {"microphone" | "camera"} what */
  toggle(what) {
    this.own = { ...this.own, [what]: !this.own[what] };
    this.applyOwn();
  }

  applyOwn() {
    const sent = this.participation.sent(this.own);
    this.connections.media?.setMuted(!sent.microphone);
    this.connections.media?.cameraOff(!sent.camera);
    this.connections.media?.cameraLow(this.participation.low);
    this.stream?.getVideoTracks().forEach((track) => (track.enabled = sent.camera));
    if (this.truth) this.tiles.devices(this.truth.me.seat, sent);
    this.sayDevices();
    this.drawBar();
  }

  sayDevices() {
    if (this.seat && this.truth?.me.admitted) this.line.ask("devices", this.participation.sent(this.own)).catch(() => undefined);
  }

  /** Whether the person's voice is on its way to the others, as far as this page knows. */
  sounds() {
    const flows = this.seat !== null && this.truth?.media === true && this.main.dataset.publish === "connected";
    return flows && !this.truth?.me.muted && this.participation.sent(this.own).microphone;
  }

  /** Sound is dead after a phone call on some phones: open the microphone again and send that. */
  async restore() {
    if (!this.seat || this.opening) return;
    this.stream?.getTracks().forEach((track) => track.stop());
    await this.openDevices();
    if (!this.seat) return this.stopMedia(); // out meanwhile: nothing may stay open
    for (const track of this.stream?.getTracks() ?? []) await this.connections.media?.replaceTrack(track);
    this.applyOwn();
    await this.tiles.playAll();
  }

  // --- the page

  drawBar() {
    const muted = Boolean(this.truth?.me.muted);
    this.page.button("[data-microphone]", this.own.microphone && !muted, this.own.microphone ? "mute" : "unmute");
    this.page.button("[data-camera]", this.own.camera, this.own.camera ? "camera_off" : "camera_on");
    this.main.querySelector("[data-microphone]")?.toggleAttribute("disabled", muted);
    this.page.show("[data-bar]", this.main.dataset.phase === "inside" || this.main.dataset.phase === "waiting");
  }

  /** @param {"outside" | "waiting" | "inside" | "over"} phase */
  phase(phase) {
    if (this.main.dataset.phase !== phase) announce(this.truth?.status ?? "");
    this.main.dataset.phase = phase;
    this.page.show("[data-bar]", phase === "inside" || phase === "waiting");
    this.waiting.draw();
  }

  visible() {
    document.title = this.title;
    this.look(0);
    if (this.seat) this.awake.keep();
  }
}
