/** How the camera is encoded: one to three layers, so that each receiver gets what its line and its tile bear. */

const LAYER = { q: 150_000, h: 500_000, f: 1_500_000 };
const WHOLE = 1_000_000;
const SCREEN = { maxBitrate: 1_500_000 };

/**
 * The camera's layers, the smallest first. A picture below VGA is not worth three encoders, and a phone has
 * neither the processor nor the battery for the largest.
 * @param {?MediaStreamTrack} track null: no camera yet
 * @returns {RTCRtpEncodingParameters[]}
 */
export function cameraEncodings(track) {
  const { width = 1280, height = 720 } = track?.getSettings() ?? {};
  const longest = Math.max(width, height);
  if (longest >= 960 && !isPhone()) {
    return [layer("q", 4, LAYER.q), layer("h", 2, LAYER.h), layer("f", 1, LAYER.f)];
  }
  if (longest >= 960) return [layer("q", 4, LAYER.q), layer("h", 2, LAYER.h)];
  if (longest >= 480) return [layer("q", 2, LAYER.q), layer("h", 1, WHOLE)];
  return [{ maxBitrate: LAYER.h }];
}

/** A screen is sent whole: its letters are either sharp or useless. @returns {RTCRtpEncodingParameters[]} */
export function screenEncodings() {
  return [SCREEN];
}

/** @param {string} rid @param {number} scaleResolutionDownBy @param {number} maxBitrate */
function layer(rid, scaleResolutionDownBy, maxBitrate) {
  return { rid, scaleResolutionDownBy, maxBitrate };
}

function isPhone() {
  return navigator.userAgentData?.mobile ?? matchMedia("(pointer: coarse) and (max-device-width: 900px)").matches;
}
