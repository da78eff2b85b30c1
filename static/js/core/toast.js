// Short words to the person: seen and heard (toast), or heard only (announce).

/** @param {string} sentence read out by a screen reader, shown to nobody */
export function announce(sentence) {
  const place = document.querySelector("[data-announcer]");
  if (!place) return;
  const line = document.createElement("p");
  line.textContent = sentence;
  place.append(line);
  setTimeout(() => line.remove(), 5000);
}

/**
 * @param {string} sentence shown at the foot of the window, and read out
 * @param {{tone?: "info" | "danger", seconds?: number}} [options]
 */
export function toast(sentence, { tone = "info", seconds = 6 } = {}) {
  const place = document.querySelector("[data-toasts]");
  if (!place) return;
  const box = document.createElement("p");
  box.className = `toast toast-${tone}`;
  box.textContent = sentence;
  place.append(box);
  setTimeout(() => box.remove(), seconds * 1000);
}
