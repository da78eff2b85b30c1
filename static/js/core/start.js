// Loaded by every page; what only some pages need comes when it is needed.

import "./dialog.js";
import "./forms.js";

/** @type {WeakSet<Element>} */
const started = new WeakSet();

/** Start the components of a part of the page; again after a part was replaced. @param {ParentNode} root */
async function enhance(root) {
  await each(root, "[data-upload]", async (found) => new (await import("./upload.js")).Upload(found).start());
  await each(root, "form[data-autosave]", async (found) => new (await import("./autosave.js")).Autosave(found).start());
}

/** @param {ParentNode} root @param {string} selector @param {(found: any) => Promise<void>} start */
async function each(root, selector, start) {
  for (const found of root.querySelectorAll(selector)) {
    if (started.has(found)) continue;
    started.add(found);
    await start(found);
  }
}

document.addEventListener("procon:updated", (event) => enhance(/** @type {Element} */ (event.target)));

const main = document.querySelector("main");
// Live first: it remembers the page as the server wrote it, before components change it.
if (main && (main.dataset.liveCase || main.dataset.liveList !== undefined)) {
  (await import("./live.js")).startLive(main);
}
enhance(document);
