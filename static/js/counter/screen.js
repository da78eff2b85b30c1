// The screen of the waiting room: what is called now, large, with a sound; asked every two seconds.

const EVERY_MS = 2000;
const LOST_AFTER = 3; // failed looks in a row before the screen says so
const NOTES_HZ = [660, 880];

const main = /** @type {HTMLElement} */ (document.querySelector("[data-call-screen]"));
const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (main.querySelector(`[data-call-${name}]`));
const word = part("word").textContent ?? "";

/** @type {AudioContext | null} */
let sound = null;
let told = "";
let failures = 0;

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

async function look() {
  try {
    const answer = await fetch(main.dataset.callScreen ?? "", {
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(EVERY_MS * 2),
    });
    if (!answer.ok) throw new Error(String(answer.status));
    show((await answer.json()).calls);
    main.dataset.callReady = "1";
    failures = 0;
  } catch {
    failures++;
  }
  part("lost").hidden = failures < LOST_AFTER;
  part("clock").textContent = new Date().toLocaleTimeString("pt-BR", { hour: "2-digit", minute: "2-digit" });
  setTimeout(look, EVERY_MS);
}

part("sound").addEventListener("click", () => {
  sound = new AudioContext(); // browsers let a page sound only after a click
  ring(sound);
  part("sound").hidden = true;
  navigator.wakeLock?.request("screen").catch(() => {}); // the screen must not go dark
});
look();
