// A standard text's preview follows the typing, and variables are put in where the cursor is.

const PAUSE_MS = 350;

const editor = document.querySelector("form[data-standard-text]");
const preview = document.querySelector("form[data-preview]");

if (editor instanceof HTMLFormElement && preview instanceof HTMLFormElement) {
  let waiting = 0;
  let view = "html";

  /** The preview's own form takes over what stands in the editor. */
  const copy = () => {
    for (const name of ["subject", "body"]) {
      const from = editor.elements.namedItem(name);
      const to = preview.elements.namedItem(name);
      if (to instanceof HTMLInputElement && (from instanceof HTMLInputElement || from instanceof HTMLTextAreaElement)) {
        to.value = from.value;
      }
    }
  };
  const show = () => {
    copy();
    const wanted = preview.querySelector('input[name="view"]');
    if (wanted instanceof HTMLInputElement) wanted.value = view;
    HTMLFormElement.prototype.submit.call(preview);
  };

  editor.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = window.setTimeout(show, PAUSE_MS);
  });
  preview.addEventListener(
    "submit",
    (event) => {
      const button = event instanceof SubmitEvent ? event.submitter : null;
      copy();
      if (!(button instanceof HTMLElement) || button.dataset.view === "pdf") return;
      event.preventDefault();
      event.stopImmediatePropagation();
      view = button.dataset.view ?? "html";
      for (const other of preview.querySelectorAll("[aria-pressed]")) {
        other.setAttribute("aria-pressed", String(other === button));
      }
      show();
    },
    { capture: true },
  );

  let last = editor.elements.namedItem("body");
  editor.addEventListener("focusin", (event) => {
    if (event.target instanceof HTMLTextAreaElement || event.target instanceof HTMLInputElement) last = event.target;
  });
  for (const button of document.querySelectorAll("[data-insert]")) {
    button.addEventListener("click", () => {
      if (!(button instanceof HTMLElement) || !(last instanceof HTMLTextAreaElement || last instanceof HTMLInputElement)) return;
      last.setRangeText(button.dataset.insert ?? "", last.selectionStart ?? 0, last.selectionEnd ?? 0, "end");
      last.focus();
      last.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }

  show();
}
