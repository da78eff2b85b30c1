/** What both pages do alike: play what comes, and note its figures ten times a second. */

const EVERY = 100;
const samples = [];

/** @param {string} seat @param {string} kind @param {MediaStreamTrack} track */
export function show(seat, kind, track) {
  hide(seat, kind);
  const element = document.createElement(kind === "audio" ? "audio" : "video");
  element.id = `${seat}-${kind}`;
  element.autoplay = true;
  element.playsInline = true;
  element.srcObject = new MediaStream([track]);
  document.body.append(element);
}

/** @param {string} seat @param {string} kind */
export function hide(seat, kind) {
  document.getElementById(`${seat}-${kind}`)?.remove();
}

/**
 * @param {() => {publish: ?RTCPeerConnection, subscribe: ?RTCPeerConnection, streams: Map<string, object>}} look
 */
export function watch(look) {
  const note = async () => {
    const { publish, subscribe, streams } = look();
    const sample = { at: Date.now(), rtt: null, sent: null, streams: {} };
    try {
      (await subscribe?.getStats())?.forEach((report) => readReceived(report, streams, sample));
      (await publish?.getStats())?.forEach((report) => readSent(report, sample));
    } catch {
      // closed while it was asked
    }
    samples.push(sample);
    setTimeout(note, EVERY);
  };
  note();
}

/** The samples since the last call. */
window.takeSamples = () => samples.splice(0);

function readReceived(report, streams, sample) {
  if (report.type === "candidate-pair" && (report.selected ?? report.nominated)) {
    sample.rtt = Math.max(sample.rtt ?? 0, report.currentRoundTripTime ?? 0);
  }
  const stream = report.type === "inbound-rtp" ? streams.get(report.mid) : undefined;
  if (!stream) return;
  const name = `${stream.seat}/${stream.kind}`;
  const before = sample.streams[name];
  if (before && before.last > (report.lastPacketReceivedTimestamp ?? 0)) return;
  sample.streams[name] = {
    id: report.id,
    last: report.lastPacketReceivedTimestamp ?? 0,
    frames: report.framesDecoded ?? 0,
    freezes: report.freezeCount ?? 0,
    frozen: report.totalFreezesDuration ?? 0,
    height: report.frameHeight ?? 0,
    concealed: report.concealedSamples ?? 0,
    silent: report.silentConcealedSamples ?? 0,
    heard: report.totalSamplesReceived ?? 0,
    packets: report.packetsReceived ?? 0,
    lost: report.packetsLost ?? 0,
    bytes: report.bytesReceived ?? 0,
    nacks: report.nackCount ?? 0,
    plis: report.pliCount ?? 0,
    resent: report.retransmittedPacketsReceived ?? 0,
    buffered: report.jitterBufferDelay ?? 0,
    emitted: report.jitterBufferEmittedCount ?? 0,
  };
}

function readSent(report, sample) {
  if (report.type === "outbound-rtp" && report.kind === "video") {
    sample.sent ??= { bytes: 0, frames: 0, target: 0, height: 0 };
    sample.sent.bytes += report.bytesSent ?? 0;
    sample.sent.frames = Math.max(sample.sent.frames, report.framesEncoded ?? 0);
    sample.sent.target += report.targetBitrate ?? 0;
    sample.sent.height = Math.max(sample.sent.height, report.frameHeight ?? 0);
  }
}
