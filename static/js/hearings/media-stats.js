/** getStats() as plain numbers: what a quality display and a test need, the same names in every browser. */

/**
 * What is sent.
 * @param {?RTCPeerConnection} pc
 * @returns {Promise<{bytes: number, packets: number, framesEncoded: number, packetsLost: number, rtt: number,
 *   layers: Object<string, {bytes: number, frames: number, height: number}>}>}  round trip in seconds
 */
export async function readPublished(pc) {
  const numbers = { bytes: 0, packets: 0, framesEncoded: 0, packetsLost: 0, rtt: 0, layers: {} };
  if (!pc || pc.signalingState === "closed") return numbers;
  (await pc.getStats()).forEach((report) => {
    if (report.type === "outbound-rtp") {
      numbers.bytes += report.bytesSent ?? 0;
      numbers.packets += report.packetsSent ?? 0;
      numbers.framesEncoded += report.framesEncoded ?? 0;
      if (report.rid) numbers.layers[report.rid] = layer(report);
    } else if (report.type === "remote-inbound-rtp") {
      numbers.packetsLost += report.packetsLost ?? 0;
    }
    readRoundTrip(report, numbers);
  });
  return numbers;
}

/**
 * What is received, seat by seat and kind by kind.
 * @param {?RTCPeerConnection} pc
 * @param {Map<string, {seat: string, kind: string}>} streams  by mid
 * @returns {Promise<Object<string, Object<string, Object<string, number>>>>}
 */
export async function readReceived(pc, streams) {
  const seats = {};
  if (!pc || pc.signalingState === "closed") return seats;
  const path = { rtt: 0 };
  const reports = await pc.getStats();
  reports.forEach((report) => readRoundTrip(report, path));
  reports.forEach((report) => {
    const stream = report.type === "inbound-rtp" ? streams.get(report.mid) : undefined;
    if (!stream) return;
    seats[stream.seat] ??= {};
    const before = seats[stream.seat][stream.kind];
    // A reused m-line keeps the report of its former stream for a while: the busier one is the living one.
    if (before && before.lastPacket > (report.lastPacketReceivedTimestamp ?? 0)) return;
    seats[stream.seat][stream.kind] = { ...inbound(report), rtt: path.rtt };
  });
  return seats;
}

/**
 * The path in use: the kind of our own candidate ("host", "srflx", "prflx" or "relay"), and for a relay how it
 * is reached ("udp", "tcp" or "tls").
 * @param {?RTCPeerConnection} pc
 * @returns {Promise<{type: string, relay: string}>}  empty when there is none
 */
export async function readPath(pc) {
  const path = { type: "", relay: "" };
  if (!pc || pc.signalingState === "closed") return path;
  const reports = await pc.getStats();
  reports.forEach((report) => {
    if (report.type !== "candidate-pair" || !inUse(report)) return;
    const local = reports.get(report.localCandidateId);
    path.type = local?.candidateType ?? "";
    path.relay = local?.relayProtocol ?? "";
  });
  return path;
}

/** Sums what went wrong since the page entered, over connections and m-lines that come and go. */
export class Troubles {
  constructor() {
    this.freezes = 0;
    this.freezeSeconds = 0;
    this.concealedSeconds = 0;
    /** @type {Object<string, {freezes: number, frozen: number, concealed: number}>} */
    this.last = {};
  }

  /**
   * @param {Object<string, Object<string, Object<string, number>>>} seats  of readReceived
   * @returns {{freezes: number, freeze_ms: number, fps: number, concealed_ms: number}}
   */
  add(seats) {
    const rates = [];
    const last = {};
    for (const [seat, kinds] of Object.entries(seats)) {
      for (const [kind, now] of Object.entries(kinds)) {
        const sums = { freezes: now.freezeCount, frozen: now.totalFreezesDuration, concealed: now.concealed };
        this.#grow((last[`${seat}/${kind}`] = sums), this.last[`${seat}/${kind}`]);
        if (kind !== "audio" && now.framesPerSecond > 0) rates.push(now.framesPerSecond);
      }
    }
    this.last = last;
    const fps = rates.reduce((sum, rate) => sum + rate, 0) / (rates.length || 1);
    return {
      freezes: this.freezes,
      freeze_ms: Math.round(this.freezeSeconds * 1000),
      fps: Math.round(fps * 10) / 10,
      concealed_ms: Math.round(this.concealedSeconds * 1000),
    };
  }

  /** A counter that fell belongs to a new connection: all of it is new. */
  #grow(now, before = { freezes: 0, frozen: 0, concealed: 0 }) {
    const grown = (name) => (now[name] >= before[name] ? now[name] - before[name] : now[name]);
    this.freezes += grown("freezes");
    this.freezeSeconds += grown("frozen");
    this.concealedSeconds += grown("concealed");
  }
}

/** @param {object} report  an RTCInboundRtpStreamStats */
function inbound(report) {
  return {
    bytes: report.bytesReceived ?? 0,
    packets: report.packetsReceived ?? 0,
    packetsLost: report.packetsLost ?? 0,
    jitter: report.jitter ?? 0,
    lastPacket: report.lastPacketReceivedTimestamp ?? 0,
    framesDecoded: report.framesDecoded ?? 0,
    framesPerSecond: report.framesPerSecond ?? 0,
    frameWidth: report.frameWidth ?? 0,
    frameHeight: report.frameHeight ?? 0,
    freezeCount: report.freezeCount ?? 0,
    totalFreezesDuration: report.totalFreezesDuration ?? 0,
    totalAudioEnergy: report.totalAudioEnergy ?? 0,
    concealedSamples: report.concealedSamples ?? 0,
    // In seconds, without what was made up of nobody's silence
    concealed: Math.max(0, (report.concealedSamples ?? 0) - (report.silentConcealedSamples ?? 0)) / 48000,
  };
}

/** @param {object} report  an RTCOutboundRtpStreamStats */
function layer(report) {
  return { bytes: report.bytesSent ?? 0, frames: report.framesEncoded ?? 0, height: report.frameHeight ?? 0 };
}

/** @param {object} report @param {{rtt: number}} numbers */
function readRoundTrip(report, numbers) {
  if (report.type === "candidate-pair" && inUse(report)) {
    numbers.rtt = Math.max(numbers.rtt, report.currentRoundTripTime ?? 0);
  }
}

/** @param {object} report  an RTCIceCandidatePairStats */
function inUse(report) {
  return report.selected ?? (report.nominated && report.state === "succeeded"); // Firefox says selected
}
