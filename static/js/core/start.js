// Loaded by every page. Only the socket comes later, and only where a page is live.

import { Autosave } from "./autosave.js";
import "./dialog.js";
import "./forms.js";
import { remember } from "./regions.js";
import { Upload } from "./upload.js";

const RETRY_MS = 3000;

/** @type {WeakSet<Element>} */
const started = new WeakSet();

/** Start the components of a part of the page; again after a part was replaced. @param {ParentNode} root */
function enhance(root) {
  each(root, "[data-upload]", (found) => new Upload(found).start());
  each(root, "form[data-autosave]", (found) => new Autosave(found).start());
  each(root, ':is(.site-nav, .tabs) [aria-current="page"]', bringIntoSight);
}

/** Where a strip of links is wider than the phone, the page's own must not lie outside. @param {HTMLElement} link */
function bringIntoSight(link) {
  const strip = /** @type {HTMLElement} */ (link.closest("ul"));
  const [own, whole] = [link.getBoundingClientRect(), strip.getBoundingClientRect()];
  strip.scrollLeft += own.left + own.width / 2 - whole.left - whole.width / 2;
}

/** @param {ParentNode} root @param {string} selector @param {(found: any) => void} start */
function each(root, selector, start) {
  for (const found of root.querySelectorAll(selector)) {
    if (started.has(found)) continue;
    started.add(found);
    start(found);
  }
}

/** @param {HTMLElement} page */
async function follow(page) {
  try {
    const { startLive } = await import("./live.js");
    startLive(page);
  } catch {
    setTimeout(() => follow(page), RETRY_MS); // the line fell while the script was on its way
  }
}

const main = document.querySelector("main");
const LIVE = ["liveCase", "liveList", "liveBoard", "liveCounter"];
const live = main !== null && LIVE.some((name) => main.dataset[name] !== undefined);
if (live) remember(document); // as the server wrote it, before components change it
document.addEventListener("procon:updated", (event) => enhance(/** @type {Element} */ (event.target)));
enhance(document);
if (live) follow(main);
