// How far the video of a recording is, while it is being made; the end is an event that renews the page.

import { request } from "../core/http.js";

const EVERY_MS = 2000;

async function look() {
  for (const bar of document.querySelectorAll("progress[data-recording-progress]")) {
    if (!(bar instanceof HTMLProgressElement)) continue;
    try {
      const { progress } = await request(bar.dataset.recordingProgress ?? "");
      bar.value = progress;
      const text = bar.parentElement?.querySelector("[data-recording-percent]");
      if (text) text.textContent = `${progress}%`;
    } catch {
      // the next look may have more luck
    }
  }
  setTimeout(look, document.hidden ? 5 * EVERY_MS : EVERY_MS);
}

look();
