// The network test: what this browser sends goes to the real media server and comes back from there.

import { io } from "../../vendor/socket.io/socket.io.js";
import { HearingMedia } from "./media.js";

const ANSWER_MS = 10_000;
const CONNECT_MS = 15_000;
const SETTLE_MS = 2000; // bandwidth is found in steps, and the first picture is large
const MEASURE_MS = 6000;

/** @typedef {{loss: number, rtt_ms: number, up_kbps: number, down_kbps: number}} Figures */

/**
 * @param {MediaStream} stream what is sent; a moving pattern in place of a camera that there is not
 * @param {(share: number) => void} tell 0 to 1, how far the test is
 * @returns {Promise<Figures>} rejects when nothing comes back: an error with `code` when the server said why
 */
export async function measureNetwork(stream, tell) {
  const socket = io("/hearings", { transports: ["websocket"], reconnection: false, forceNew: true });
  const pattern = stream.getVideoTracks().length ? null : movingPattern();
  const sent = new MediaStream([...stream.getAudioTracks(), ...(pattern ?? stream).getVideoTracks()]);
  const ask = (/** @type {string} */ name, /** @type {object} */ message) =>
    socket.timeout(ANSWER_MS).emitWithAck(name, message);
  let media = null;
  try {
    const begun = await ask("echo", {});
    if (begun.error) throw Object.assign(new Error(begun.error), { code: begun.error });
    media = new HearingMedia({
      signal: (call, fields) => ask("echo_call", { call, ...fields }),
      iceServers: begun.ice_servers,
    });
    const comes = back(media);
    socket.on("echo_offer", (payload) => media.receive("offer", payload));
    socket.on("echo_connection", (payload) => media.receive("connection", payload));
    await media.start({ stream: sent, generation: 1 });
    await within(comes, CONNECT_MS);
    await pass(SETTLE_MS, (share) => tell(share * 0.25));
    return await figures(media, (share) => tell(0.25 + share * 0.75));
  } finally {
    media?.stop();
    pattern?.getTracks().forEach((track) => track.stop());
    if (socket.connected) await ask("echo_end", {}).catch(() => undefined);
    socket.disconnect();
  }
}

/** @param {HearingMedia} media @returns {Promise<void>} the first packets are back */
async function back(media) {
  for (;;) {
    const seats = (await media.stats()).seats;
    if (Object.values(seats).some((kinds) => Object.values(kinds).some(({ packets }) => packets > 0))) return;
    await new Promise((done) => setTimeout(done, 200));
    if (media.publisher.pc?.signalingState === "closed") return;
  }
}

/** @param {HearingMedia} media @param {(share: number) => void} tell @returns {Promise<Figures>} */
async function figures(media, tell) {
  const before = sums(await media.stats());
  const began = performance.now();
  await pass(MEASURE_MS, tell);
  const after = sums(await media.stats());
  const grown = Object.fromEntries(Object.entries(after).map(([name, value]) => [name, Math.max(0, value - before[name])]));
  const milliseconds = performance.now() - began;
  if (!grown.received) throw new Error("nothing came back");
  const up = grown.lostUp / (grown.sent || 1);
  const down = grown.lostDown / (grown.received + grown.lostDown);
  return {
    loss: Math.min(1, Math.max(up, down)),
    rtt_ms: Math.round(after.rtt * 1000),
    up_kbps: Math.round((grown.bytesUp * 8) / milliseconds),
    down_kbps: Math.round((grown.bytesDown * 8) / milliseconds),
  };
}

/** @param {object} stats of HearingMedia @returns {Object<string, number>} */
function sums({ publish, seats }) {
  const total = { sent: publish.packets, lostUp: publish.packetsLost, bytesUp: publish.bytes, rtt: publish.rtt };
  const back = Object.values(seats).flatMap((kinds) => Object.values(kinds));
  const sum = (/** @type {string} */ name) => back.reduce((all, one) => all + one[name], 0);
  return { ...total, received: sum("packets"), lostDown: sum("packetsLost"), bytesDown: sum("bytes") };
}

/** @returns {MediaStream} something that moves, so that there is something to send */
function movingPattern() {
  const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 360 });
  const context = canvas.getContext("2d");
  const draw = () => {
    for (let at = 0; context && at < 200; at += 1) {
      context.fillStyle = `hsl(${Math.random() * 360} 70% 50%)`;
      context.fillRect(Math.random() * 640, Math.random() * 360, 40, 40);
    }
  };
  const stream = canvas.captureStream(15);
  const timer = setInterval(() => (stream.active ? draw() : clearInterval(timer)), 66);
  draw();
  return stream;
}

/** @param {number} milliseconds @param {(share: number) => void} tell */
async function pass(milliseconds, tell) {
  for (let step = 1; step <= 20; step += 1) {
    await new Promise((done) => setTimeout(done, milliseconds / 20));
    tell(step / 20);
  }
}

/** @template T @param {Promise<T>} wanted @param {number} milliseconds @returns {Promise<T>} */
function within(wanted, milliseconds) {
  const late = new Promise((_, fail) => setTimeout(() => fail(new Error("no connection")), milliseconds));
  return Promise.race([wanted, late]);
}
