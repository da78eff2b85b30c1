// How far the copy of a case is, until it can be taken.

import { request } from "../core/http.js";

const EVERY_MS = 1000;

async function look() {
  for (const box of document.querySelectorAll("[data-copy]")) {
    if (!(box instanceof HTMLElement) || box.dataset.copyOver) continue;
    try {
      const { state, progress } = await request(`${box.dataset.copy}/estado`);
      tell(box, state, progress);
    } catch {
      // the next look may have more luck
    }
  }
  setTimeout(look, document.hidden ? 5 * EVERY_MS : EVERY_MS);
}

/** @param {HTMLElement} box @param {string} state @param {number} progress */
function tell(box, state, progress) {
  const bar = box.querySelector("progress");
  const percent = box.querySelector("[data-copy-percent]");
  if (bar) bar.value = progress;
  if (percent) percent.textContent = `${progress}%`;
  if (state === "waiting" || state === "making") return;
  box.dataset.copyOver = state;
  for (const part of box.querySelectorAll("[data-copy-making]")) part.setAttribute("hidden", "");
  box.querySelector(state === "ready" ? "[data-copy-ready]" : "[data-copy-failed]")?.removeAttribute("hidden");
}

look();
