// The desk of tickets: the line and the figures are renewed while nobody types; the form stays.

const EVERY_MS = 5000;

async function renew() {
  try {
    const answer = await fetch(location.pathname, { headers: { "X-Requested-With": "live" } });
    if (answer.ok && !answer.redirected) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const old of document.querySelectorAll("[data-desk-part]")) {
        const name = /** @type {HTMLElement} */ (old).dataset.deskPart;
        const fresh = page.querySelector(`[data-desk-part="${name}"]`);
        if (fresh && fresh.innerHTML !== old.innerHTML) old.replaceChildren(...fresh.childNodes);
      }
    }
  } catch {
    // without a line the line stands still; the next look finds it
  }
  setTimeout(renew, EVERY_MS);
}

setTimeout(renew, EVERY_MS);
