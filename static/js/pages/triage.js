// The triage's desk: turning the pages of a document and looking closer. The pictures are drawn by the
// server; without scripts the first page of each stands there with a link to the file.

const ZOOMS = [1, 1.5, 2, 3];
const BASE_WIDTH = 900; // pixels asked of the server for a page that fits its column

/** @param {Element} paper @returns {{page: number, zoom: number}} */
function place(paper) {
  const data = /** @type {HTMLElement} */ (paper).dataset;
  return { page: Number(data.page) || 1, zoom: Number(data.zoom) || 0 };
}

/** @param {HTMLElement} paper @param {number} page @param {number} zoom an index of ZOOMS */
function show(paper, page, zoom) {
  const image = /** @type {HTMLImageElement} */ (paper.querySelector("[data-paper-image]"));
  const sheet = /** @type {HTMLElement} */ (image.parentElement);
  const pages = Number(paper.dataset.pages);
  const factor = ZOOMS[zoom] ?? 1;
  paper.dataset.page = String(page);
  paper.dataset.zoom = String(zoom);
  image.style.width = `${factor * 100}%`;
  const url = `${paper.dataset.url}${page}?largura=${Math.round(BASE_WIDTH * factor)}`;
  if (image.getAttribute("src") !== url) {
    sheet.classList.add("loading");
    image.addEventListener("load", () => sheet.classList.remove("loading"), { once: true });
    image.addEventListener("error", () => sheet.classList.remove("loading"), { once: true });
    image.alt = (image.dataset.alt ?? "").replace("{page}", String(page));
    image.src = url;
  }
  const number = paper.querySelector("[data-paper-page]");
  if (number) number.textContent = String(page);
  allow(paper, '[data-paper-turn="-1"]', page > 1);
  allow(paper, '[data-paper-turn="1"]', page < pages);
  allow(paper, '[data-paper-zoom="-1"]', zoom > 0);
  allow(paper, '[data-paper-zoom="1"]', zoom < ZOOMS.length - 1);
}

/** A button at its end stays focusable, or the keyboard would lose its place. @param {Element} paper @param {string} selector @param {boolean} may */
function allow(paper, selector, may) {
  paper.querySelector(selector)?.setAttribute("aria-disabled", String(!may));
}

/** @param {MouseEvent} event */
function pressed(event) {
  const button = event.target instanceof Element ? event.target.closest("[data-paper-turn], [data-paper-zoom]") : null;
  const paper = button?.closest("[data-paper]");
  if (!(button instanceof HTMLElement) || !(paper instanceof HTMLElement)) return;
  if (button.getAttribute("aria-disabled") === "true") return;
  const { page, zoom } = place(paper);
  show(paper, page + Number(button.dataset.paperTurn ?? 0), zoom + Number(button.dataset.paperZoom ?? 0));
  if (button.dataset.paperTurn) paper.querySelector(".paper-sheet")?.scrollTo(0, 0);
}

/** @param {ParentNode} root */
function start(root) {
  for (const paper of root.querySelectorAll("[data-paper]")) {
    paper.querySelector("[data-paper-bar]")?.removeAttribute("hidden");
    const { page, zoom } = place(paper);
    show(/** @type {HTMLElement} */ (paper), page, zoom);
  }
}

document.addEventListener("click", pressed);
document.addEventListener("procon:updated", (event) => start(/** @type {Element} */ (event.target)));
start(document);
