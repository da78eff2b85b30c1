/**
 * A seat at Janus's videoroom. It does what Janus's own client does, and one thing more: like ours, it restarts
 * ICE when a connection has been down for a moment.
 */
import { show, watch } from "/watch.js";

const RESTART_AFTER = 1500;
/** What the layers of ours may take together. */
const CAMERA = { maxBitrate: 1_150_000 };
const streams = new Map();
const connections = { publish: null, subscribe: null };
window.states = [];
watch(() => ({ ...connections, streams }));

window.begin = async (constraints) => {
  const stream = await navigator.mediaDevices.getUserMedia(constraints);
  const pc = connect("publish", offerPublished);
  pc.addTransceiver(stream.getAudioTracks()[0], { direction: "sendonly", streams: [stream] });
  pc.addTransceiver(stream.getVideoTracks()[0], {
    direction: "sendonly",
    streams: [stream],
    sendEncodings: [CAMERA],
  });
  await offerPublished({});
};

/** What the room sends: `offered` is [{mid, seat, kind}]. */
window.subscribe = async (sdp, offered) => {
  const pc = connections.subscribe ?? connect("subscribe", () => window.signal("restart", {}));
  await pc.setRemoteDescription({ type: "offer", sdp });
  await pc.setLocalDescription();
  for (const { mid, seat, kind } of offered) {
    const track = pc.getTransceivers().find((transceiver) => transceiver.mid === mid)?.receiver.track;
    if (!track || streams.has(mid)) continue;
    streams.set(mid, { seat, kind });
    show(seat, kind, track);
  }
  return pc.localDescription.sdp;
};

async function offerPublished(options) {
  const pc = connections.publish;
  await pc.setLocalDescription(await pc.createOffer(options));
  const { sdp } = await window.signal("publish", { sdp: pc.localDescription.sdp });
  await pc.setRemoteDescription({ type: "answer", sdp });
}

/** @param {"publish" | "subscribe"} name @param {(options: RTCOfferOptions) => Promise<void>} restart */
function connect(name, restart) {
  const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  connections[name] = pc;
  let timer = 0;
  pc.addEventListener("connectionstatechange", () => {
    window.states.push([Date.now(), name, pc.connectionState]);
    clearTimeout(timer);
    if (pc.connectionState === "disconnected") {
      timer = setTimeout(() => restart({ iceRestart: true }), RESTART_AFTER);
    } else if (pc.connectionState === "failed") {
      restart({ iceRestart: true });
    }
  });
  return pc;
}
window.ready = true;
