// A chosen table is read into the text field of its form, so that it is seen before it is sent.

import { toast } from "../core/toast.js";

const MOST_BYTES = 1_000_000;

/** @param {ArrayBuffer} bytes UTF-8, or what spreadsheets on Windows and the Banco Central write */
function decoded(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

for (const place of document.querySelectorAll("[data-csv-file]")) {
  const input = /** @type {HTMLInputElement} */ (place.querySelector("input"));
  const text = /** @type {HTMLTextAreaElement} */ (document.getElementById(input.dataset.readInto ?? ""));
  /** @type {HTMLElement} */ (place).hidden = false;
  input.addEventListener("change", async () => {
    const file = input.files?.[0];
    if (!file) return;
    if (file.size > MOST_BYTES) return toast(input.dataset.tooBig ?? "", { tone: "danger" });
    text.value = decoded(await file.arrayBuffer());
    text.dispatchEvent(new Event("input", { bubbles: true }));
    text.focus();
  });
}
