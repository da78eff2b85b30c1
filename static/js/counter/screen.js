// The screen of the waiting room: what is called now, large, with a sound. It is told of changes, and asks for
// what was called in between when its line comes back.

import { io } from "../../vendor/socket.io/socket.io.js";

const ANSWER_MS = 4000;
const AGAIN_MS = 2000;
const LOST_MS = 4000; // a shorter break in the line is not spoken of
const CLOCK_MS = 1000;
const NOTES_HZ = [660, 880];

const main = /** @type {HTMLElement} */ (document.querySelector("[data-call-screen]"));
const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (main.querySelector(`[data-call-${name}]`));
const word = part("word").textContent ?? "";

/** @type {AudioContext | null} */
let sound = null;
let told = "";

/** @param {AudioContext} audio two notes, one after the other */
function ring(audio) {
  NOTES_HZ.forEach((hz, n) => {
    const note = audio.createOscillator();
    const loudness = audio.createGain();
    const begin = audio.currentTime + n * 0.35;
    note.frequency.value = hz;
    loudness.gain.setValueAtTime(0.4, begin);
    loudness.gain.exponentialRampToValueAtTime(0.001, begin + 0.6);
    note.connect(loudness).connect(audio.destination);
    note.start(begin);
    note.stop(begin + 0.6);
  });
}

/** @param {{number: string, desk: string, calls: number, id: number}[]} calls newest first */
function show(calls) {
  const [newest, ...before] = calls;
  const now = newest ? `${newest.id}:${newest.calls}` : "";
  if (now === told) return;
  const first = told === "" && !main.dataset.callReady;
  told = now;
  part("number").textContent = newest?.number ?? "—";
  part("desk").textContent = newest?.desk ?? "—";
  part("list").replaceChildren(...before.map((call) => line(call)));
  if (first || !newest) return;
  const place = part("now");
  place.removeAttribute("data-new");
  requestAnimationFrame(() => place.setAttribute("data-new", ""));
  if (sound) ring(sound);
}

/** @param {{number: string, desk: string}} call */
function line(call) {
  const item = document.createElement("li");
  const number = document.createElement("span");
  const desk = document.createElement("span");
  number.textContent = call.number;
  desk.textContent = `${word} ${call.desk}`;
  item.append(number, " ", desk);
  return item;
}

let looking = false;
let stale = false;

/** Ask what is called now; a change that comes meanwhile is asked for once more. */
async function look() {
  stale = true;
  if (looking) return;
  looking = true;
  while (stale) {
    stale = false;
    try {
      const answer = await fetch(main.dataset.callScreen ?? "", {
        headers: { Accept: "application/json" },
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      if (!answer.ok) throw new Error(String(answer.status));
      show((await answer.json()).calls);
      main.dataset.callReady = "1";
    } catch {
      setTimeout(() => socket.connected && look(), AGAIN_MS); // without a line its return asks again
    }
  }
  looking = false;
}

const socket = io("/counter", { transports: ["websocket"], reconnectionDelay: 300, reconnectionDelayMax: 3000 });
let lost = 0;

function broken() {
  lost ||= setTimeout(() => (part("lost").hidden = false), LOST_MS);
  // A server that closes the line itself is not asked again by the library.
  if (!socket.active) setTimeout(() => socket.connect(), AGAIN_MS);
}

socket.on("changed", look);
socket.on("connect", () => {
  clearTimeout(lost);
  lost = 0;
  part("lost").hidden = true;
  look();
});
socket.on("disconnect", broken);
socket.on("connect_error", broken);

function tick() {
  part("clock").textContent = new Date().toLocaleTimeString("pt-BR", { hour: "2-digit", minute: "2-digit", timeZone: main.dataset.zone });
}

tick();
setInterval(tick, CLOCK_MS);

part("sound").addEventListener("click", () => {
  sound = new AudioContext(); // browsers let a page sound only after a click
  ring(sound);
  part("sound").hidden = true;
  navigator.wakeLock?.request("screen").catch(() => {}); // the screen must not go dark
});
