// What must be noticed while another window is in front: notifications of the system, where the person allows them.

// Not the lasting address of the page's other scripts: the browser keeps one worker and looks for a newer one there.
const WORKER = "/static/js/hearings/notifier.js";

/** @type {Promise<ServiceWorkerRegistration | null> | null} */
let worker = null;

/**
 * Call from a click: browsers ask the person only then.
 * @returns {Promise<NotificationPermission>}
 */
export async function allowNotices() {
  if (!("Notification" in window)) return "denied";
  const answer = Notification.permission === "default" ? await Notification.requestPermission() : Notification.permission;
  if (answer === "granted") await prepare();
  return answer;
}

/** A worker that is there when it is needed. @returns {Promise<ServiceWorkerRegistration | null>} */
function prepare() {
  worker ??= register();
  return worker;
}

async function register() {
  try {
    const registration = await navigator.serviceWorker.register(WORKER);
    await active(registration);
    return registration;
  } catch {
    return null; // no workers in this browser, or not on this address
  }
}

/** @param {ServiceWorkerRegistration} registration */
function active(registration) {
  const coming = registration.installing ?? registration.waiting;
  if (registration.active || !coming) return Promise.resolve();
  return new Promise((resolve) => coming.addEventListener("statechange", () => coming.state === "activated" && resolve(undefined)));
}

/**
 * Tell something outside the page, when the page is not looked at.
 * @param {string} title @param {string} body
 */
export async function notice(title, body) {
  if (!document.hidden || !("Notification" in window) || Notification.permission !== "granted") return;
  const options = { body, tag: "hearing", data: location.pathname };
  const registration = await prepare();
  if (registration) {
    // renotify: the second thing in an hour is worth a sound as well
    await registration.showNotification(title, /** @type {NotificationOptions} */ ({ ...options, renotify: true }));
    return;
  }
  try {
    const shown = new Notification(title, options);
    shown.addEventListener("click", () => {
      window.focus();
      shown.close();
    });
  } catch {
    // some phones let only service workers notify: sound and title must do
  }
}
