// Camera and microphone: opened with what there is, told about when something is missing, measured.

import { request } from "../core/http.js";
import { word } from "./words.js";

const VIDEO = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 }, facingMode: "user" };
const AUDIO = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/**
 * @typedef {{stream: MediaStream, camera: boolean, microphone: boolean, denied: boolean}} Opened
 */

/**
 * Camera and microphone, or what of them can be had; never fails.
 * @param {{camera?: string, microphone?: string}} [chosen] device ids
 * @returns {Promise<Opened>}
 */
export async function openDevices(chosen = {}) {
  const video = chosen.camera ? { ...VIDEO, facingMode: undefined, deviceId: { exact: chosen.camera } } : VIDEO;
  const audio = chosen.microphone ? { ...AUDIO, deviceId: { exact: chosen.microphone } } : AUDIO;
  let denied = false;
  for (const wanted of [{ audio, video }, { audio }, { video }]) {
    try {
      const stream = await navigator.mediaDevices.getUserMedia(wanted);
      return { stream, camera: "video" in wanted, microphone: "audio" in wanted, denied };
    } catch (error) {
      denied ||= error instanceof DOMException && error.name === "NotAllowedError";
    }
  }
  return { stream: new MediaStream(), camera: false, microphone: false, denied };
}

/** Tell the server what could be opened, for those who help. @param {string} url the hearing's @param {Opened} opened */
export function tellOpened(url, opened) {
  const camera = opened.camera ? "ok" : opened.denied ? "failed" : "skipped";
  const json = { camera, microphone: opened.microphone ? "ok" : "failed" };
  request(`${url}/aparelho`, { method: "POST", json }).catch(() => undefined);
}

/** @returns {Promise<MediaStreamTrack | null>} the microphone alone, opened anew; null when there is none */
export async function openMicrophone() {
  try {
    return (await navigator.mediaDevices.getUserMedia({ audio: AUDIO })).getAudioTracks()[0] ?? null;
  } catch {
    return null;
  }
}

/** @param {Opened} opened @returns {string} what is missing, in words; empty when nothing is */
export function missing({ camera, microphone, denied }) {
  const sentence = camera && microphone ? "" : camera ? "no_microphone" : microphone ? "no_camera" : "no_devices";
  if (!sentence) return "";
  return denied ? `${word("denied")} ${word(sentence)}` : word(sentence);
}

/** @returns {string} how this browser is told to allow camera and microphone */
export function permissionHelp() {
  const agent = navigator.userAgent;
  if (/iPhone|iPad/.test(agent)) return word("help_safari_ios"); // every browser there is Safari underneath
  if (/SamsungBrowser/.test(agent)) return word("help_samsung");
  if (/Firefox/.test(agent)) return word("help_firefox");
  if (/Chrome/.test(agent)) return word(/Android/.test(agent) ? "help_chrome_android" : "help_chrome");
  return word("help_safari");
}

/**
 * A microphone measured about twelve times a second.
 * @param {MediaStream} stream @param {(level: number) => void} tell 0 to 100
 * @returns {() => void} stops it
 */
export function measure(stream, tell) {
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 1024 });
  context.createMediaStreamSource(stream).connect(analyser);
  context.resume();
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    const decibels = 10 * Math.log10(power || 1e-10);
    tell(Math.max(0, Math.min(100, Math.round((decibels + 60) * 2))));
  }, 80);
  return () => {
    clearInterval(timer);
    context.close();
  };
}

/**
 * Fill a list with the devices of one kind.
 * @param {HTMLElement} place holds a select, shown when there is a choice
 * @param {"videoinput" | "audioinput"} kind @param {MediaStreamTrack | undefined} used
 */
export async function listDevices(place, kind, used) {
  const select = place.querySelector("select");
  const devices = (await navigator.mediaDevices.enumerateDevices()).filter((device) => device.kind === kind);
  const current = used?.getSettings().deviceId;
  select?.replaceChildren(
    ...devices.map(({ deviceId, label }) => new Option(label, deviceId, false, deviceId === current)),
  );
  place.hidden = devices.length < 2;
}
