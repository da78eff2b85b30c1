// A number was given out: print it, and after a while the buttons are there again for the next person.

const NEXT_MS = 15_000;

document.querySelector("[data-print]")?.addEventListener("click", () => print());
if (document.querySelector("[data-ticket]")) setTimeout(() => location.assign(location.pathname), NEXT_MS);
