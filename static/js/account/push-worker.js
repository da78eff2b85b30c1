// Shows what the Procon pushed to this browser, and opens its page when it is touched. It serves no page.

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("push", (event) => {
  const news = read(event.data);
  event.waitUntil(
    self.registration.showNotification(news.title, {
      body: news.body,
      tag: news.tag,
      renotify: Boolean(news.tag),
      lang: "pt-BR",
      data: { path: news.path },
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(lead(event.notification.data?.path));
});

/** What was pushed; a message that cannot be read is still shown, since the browser promised the person one. @param {PushMessageData | null} data */
function read(data) {
  try {
    const { title, body, path, tag } = data.json();
    return { title: String(title), body: String(body ?? ""), path: String(path ?? "/"), tag: String(tag ?? "") };
  } catch {
    return { title: "Procon", body: "", path: "/painel", tag: "" };
  }
}

/** To the tab that has the page open, or to a new one. A path, so never to another site. @param {string} [path] */
async function lead(path) {
  const wanted = new URL(path ?? "/painel", self.location.origin);
  if (wanted.origin !== self.location.origin) return;
  const tabs = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = tabs.find((tab) => new URL(tab.url).pathname === wanted.pathname);
  if (there) await there.focus();
  else await self.clients.openWindow(wanted.href);
}
