// The player of a recording: chapters that can be clicked, the one that is on marked, ten seconds back and on.

const film = document.querySelector("[data-film]");
const video = film?.querySelector("video");
if (film && video) start(film, video);

/** @param {Element} film @param {HTMLVideoElement} video */
function start(film, video) {
  const links = /** @type {HTMLAnchorElement[]} */ ([...film.querySelectorAll("a[data-at]")]);
  const places = links.map((link) => Number(link.dataset.at));
  // A chapter that begins within the frame that is shown has begun.
  const current = () => places.findLastIndex((place) => place <= video.currentTime + 0.05);

  /** @param {number} seconds */
  function go(seconds) {
    video.currentTime = Math.max(0, Math.min(seconds, video.duration || seconds));
    video.play().catch(() => undefined);
  }

  function mark() {
    const now = current();
    links.forEach((link, number) => {
      if (number === now) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
  }

  links.forEach((link, number) => {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      go(places[number]);
      history.replaceState(null, "", link.hash);
    });
  });
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (film.querySelectorAll("[data-step]"))) {
    button.addEventListener("click", () => go(video.currentTime + Number(button.dataset.step)));
  }
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (film.querySelectorAll("[data-chapter]"))) {
    button.addEventListener("click", () => {
      const to = neighbour(places, video.currentTime, Number(button.dataset.chapter));
      if (to !== undefined) go(to);
    });
  }
  video.addEventListener("timeupdate", mark);
  video.addEventListener("seeked", mark);
  video.addEventListener("error", () => film.querySelector("[data-film-error]")?.removeAttribute("hidden"));
  const wanted = Number(/^#t=([\d.]+)$/.exec(location.hash)?.[1] ?? NaN);
  if (wanted > 0) video.currentTime = wanted;
  mark();
}

/**
 * @param {number[]} places where chapters begin, in order @param {number} now @param {number} direction
 * @returns {number | undefined} the next one, or the one before the last three seconds
 */
function neighbour(places, now, direction) {
  if (direction > 0) return places.find((place) => place > now + 0.05);
  return places.findLast((place) => place < now - 3) ?? places[0];
}
