/** A seat at our engine: the product's own module, with the bench in the web's place. */
import { HearingMedia } from "/js/hearings/media.js";
import { hide, show, watch } from "/watch.js";

const media = new HearingMedia({ signal: (name, payload) => window.signal(name, payload) });
media.addEventListener("stream", ({ detail: { seat, kind, track } }) => show(seat, kind, track));
media.addEventListener("gone", ({ detail: { seat, kind } }) => hide(seat, kind));
window.states = [];
media.addEventListener("state", ({ detail }) => window.states.push([Date.now(), detail.connection, detail.state]));
watch(() => ({ publish: media.publisher.pc, subscribe: media.subscriber.pc, streams: media.streams }));

window.begin = async (constraints) => {
  const stream = await navigator.mediaDevices.getUserMedia(constraints);
  await media.start({ stream, generation: 1 });
};
window.receive = (name, payload) => media.receive(name, payload);
window.media = media;
window.ready = true;
