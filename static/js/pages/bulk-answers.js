// Answers in bulk: choose all cases at once, and say how many are chosen. Without scripts each is ticked.

const bar = /** @type {HTMLElement | null} */ (document.querySelector("[data-choose-all]"));
const boxes = /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll("input[name=cases]")]);

if (bar && boxes.length > 1) {
  const button = /** @type {HTMLButtonElement} */ (bar.querySelector("button"));
  const told = /** @type {HTMLElement} */ (bar.querySelector("[role=status]"));

  const count = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    button.setAttribute("aria-pressed", String(chosen === boxes.length));
    const words = chosen === 1 ? told.dataset.one : told.dataset.many;
    told.textContent = chosen ? (words ?? "").replace("{count}", String(chosen)) : "";
  };

  button.addEventListener("click", () => {
    const all = button.getAttribute("aria-pressed") !== "true";
    for (const box of boxes) box.checked = all;
    count();
  });
  for (const box of boxes) box.addEventListener("change", count);
  bar.hidden = false;
  count();
}
