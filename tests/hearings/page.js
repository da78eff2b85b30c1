// The page of one seat: shows what arrives, keeps what is told. `window.signal` comes from the test.

import { HearingMedia } from "/js/hearings/media.js";

window.first = {};
window.states = [];

window.begin = async ({ generation, width, height, ...options }) => {
  const media = new HearingMedia({ signal: (name, payload) => window.signal(name, payload), ...options });
  window.media = media;
  media.addEventListener("stream", ({ detail }) => show(detail));
  media.addEventListener("gone", ({ detail: { seat, kind } }) => document.getElementById(`${seat}-${kind}`)?.remove());
  media.addEventListener("state", ({ detail }) => window.states.push(`${detail.connection} ${detail.state}`));
  media.addEventListener("activity", ({ detail }) => (window.activity = detail));
  const video = { width, height, frameRate: 20 };
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: false }, video });
  await media.start({ stream, generation });
};

function show({ seat, kind, stream }) {
  const element = document.createElement(kind === "audio" ? "audio" : "video");
  element.autoplay = true;
  element.playsInline = true;
  element.id = `${seat}-${kind}`;
  document.getElementById(element.id)?.remove();
  element.srcObject = stream;
  document.body.append(element);
  if (kind === "audio") return;
  const since = performance.now();
  element.requestVideoFrameCallback(() => (window.first[element.id] = performance.now() - since));
}

window.ready = true;
