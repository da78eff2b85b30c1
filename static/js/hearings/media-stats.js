/** getStats() as plain numbers: what a quality display and a test need, the same names in every browser. */

/**
 * What is sent.
 * @param {?RTCPeerConnection} pc
 * @returns {Promise<Object<string, number>>}  bytes, packets and frames sent, round trip in seconds
 */
export async function readPublished(pc) {
  const numbers = { bytes: 0, packets: 0, framesEncoded: 0, packetsLost: 0, rtt: 0 };
  if (!pc || pc.signalingState === "closed") return numbers;
  (await pc.getStats()).forEach((report) => {
    if (report.type === "outbound-rtp") {
      numbers.bytes += report.bytesSent ?? 0;
      numbers.packets += report.packetsSent ?? 0;
      numbers.framesEncoded += report.framesEncoded ?? 0;
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

/** @param {object} report  an RTCInboundRtpStreamStats */
function inbound(report) {
  return {
    bytes: report.bytesReceived ?? 0,
    packets: report.packetsReceived ?? 0,
    packetsLost: report.packetsLost ?? 0,
    jitter: report.jitter ?? 0,
    lastPacket: report.lastPacketReceivedTimestamp ?? 0,
    framesDecoded: report.framesDecoded ?? 0,
    frameWidth: report.frameWidth ?? 0,
    frameHeight: report.frameHeight ?? 0,
    freezeCount: report.freezeCount ?? 0,
    totalFreezesDuration: report.totalFreezesDuration ?? 0,
    totalAudioEnergy: report.totalAudioEnergy ?? 0,
    concealedSamples: report.concealedSamples ?? 0,
  };
}

/** @param {object} report @param {{rtt: number}} numbers */
function readRoundTrip(report, numbers) {
  const active = report.selected ?? report.nominated; // Firefox says selected, the others nominated
  if (report.type === "candidate-pair" && active) {
    numbers.rtt = Math.max(numbers.rtt, report.currentRoundTripTime ?? 0);
  }
}
