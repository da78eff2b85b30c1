// The service worker behind the room's notifications: phones show them only through one. It keeps nothing, fetches
// nothing and answers no request; a click brings the room's page to the front, or opens it again.

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

worker.addEventListener("install", () => worker.skipWaiting());

worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(show(String(event.notification.data ?? "")));
});

/** @param {string} path of the room's page */
async function show(path) {
  const pages = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const page = pages.find((one) => new URL(one.url).pathname === path);
  if (page) await page.focus();
  else if (path.startsWith("/audiencias/")) await worker.clients.openWindow(path);
}
