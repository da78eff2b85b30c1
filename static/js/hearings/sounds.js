// Short tones, made here so that nothing has to be loaded; silent until the person has touched the page.

/** @type {AudioContext | null} */
let context = null;

/** Call from a click: browsers let a page make sound only after one. */
export function allowSound() {
  context ??= new AudioContext();
  return context.resume();
}

/** Somebody waits at the door. */
export const knock = () => play([[660, 0], [660, 0.18]]);

/** Somebody calls us into a private room. */
export const ring = () => play([[784, 0], [988, 0.14], [784, 0.28], [988, 0.42]]);

/** We were let in. */
export const chime = () => play([[523, 0], [659, 0.16], [784, 0.32]]);

/** Something is wrong that must not wait. */
export const alarm = () => play([[880, 0], [587, 0.25], [880, 0.5], [587, 0.75]], 0.26);

/** The tone of the speaker test, two seconds. */
export async function testTone() {
  await allowSound();
  play([[440, 0], [554, 0.5], [659, 1]], 0.6);
}

/** @param {[number, number][]} notes pairs of hertz and start in seconds @param {number} [length] */
function play(notes, length = 0.22) {
  if (!context || context.state !== "running") return;
  for (const [hertz, after] of notes) {
    const tone = new OscillatorNode(context, { frequency: hertz });
    const volume = new GainNode(context, { gain: 0 });
    const start = context.currentTime + after;
    volume.gain.linearRampToValueAtTime(0.25, start + 0.02);
    volume.gain.setTargetAtTime(0, start + length * 0.6, length / 6);
    tone.connect(volume).connect(context.destination);
    tone.start(start);
    tone.stop(start + length + 0.2);
  }
}
