// The quality report's plots; while the hearing goes on they grow.

import { Figures, SeatPlots } from "./plots.js";

const AGAIN_MS = 10_000;

const main = document.querySelector("main[data-report]");
if (main instanceof HTMLElement) {
  const figures = new Figures(main.dataset.figures ?? "");
  const places = [...main.querySelectorAll("[data-plots]")];
  const plots = new Map(places.map((place) => [place.getAttribute("data-plots"), new SeatPlots(/** @type {HTMLElement} */ (place))]));

  const draw = async () => {
    try {
      await figures.renew();
      for (const [seat, columns] of figures.seats) plots.get(seat)?.draw(columns);
    } catch {
      // the table says the same; the next round may have an answer
    }
    if (!figures.over) setTimeout(draw, AGAIN_MS);
  };
  document.fonts.ready.then(draw);
}
