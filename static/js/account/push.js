// Lets this browser take news, once the person says so, and shows which of the listed devices it is.

import { request, RequestError } from "../core/http.js";
import { announce, toast } from "../core/toast.js";

const card = /** @type {HTMLElement | null} */ (document.querySelector("[data-push]"));
const button = /** @type {HTMLButtonElement | null} */ (document.querySelector("[data-push-allow]"));
const words = JSON.parse(document.getElementById("push-texts")?.textContent ?? "{}");

/** @param {string} name */
function state(name) {
  const line = card?.querySelector("[data-push-state]");
  if (line) line.textContent = words[name] ?? "";
  if (button) button.hidden = name !== "ready";
  if (card) card.dataset.push = name;
}

/** @param {string} base64url */
function bytes(base64url) {
  const text = atob(base64url.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** SHA-256 of an endpoint, by which the page names its devices. @param {string} endpoint */
async function fingerprint(endpoint) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The worker of this page, registered and running. */
async function worker() {
  const registration = await navigator.serviceWorker.register(card.dataset.pushWorker, { scope: card.dataset.pushScope });
  const coming = registration.installing ?? registration.waiting;
  if (!registration.active && coming) {
    await new Promise((resolve) => coming.addEventListener("statechange", () => coming.state === "activated" && resolve(undefined)));
  }
  return registration;
}

async function look() {
  if (!("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) return state("unsupported");
  if (Notification.permission === "denied") return state("denied");
  const registration = await navigator.serviceWorker.getRegistration(card.dataset.pushScope);
  const subscription = await registration?.pushManager.getSubscription();
  const mine = subscription ? await fingerprint(subscription.endpoint) : "";
  const row = mine && card.querySelector(`[data-push-device="${mine}"]`);
  if (row) row.querySelector("[data-push-here]")?.removeAttribute("hidden");
  state(row ? "here" : "ready");
}

async function allow() {
  button.disabled = true;
  try {
    if ((await Notification.requestPermission()) !== "granted") return state("denied");
    const registration = await worker();
    const key = bytes(card.dataset.pushKey);
    const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    const { endpoint, keys } = subscription.toJSON();
    await request(card.dataset.pushUrl, { method: "POST", json: { endpoint, ...keys } });
    announce(words.done);
    location.reload();
  } catch (error) {
    toast(error instanceof RequestError ? error.message : words.failed);
  } finally {
    button.disabled = false;
  }
}

if (card && button) {
  button.addEventListener("click", allow);
  look();
}
