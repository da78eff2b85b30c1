// The public check of a document: a dropped or chosen file goes to the server, is compared and forgotten.

import { csrfToken, failure, RequestError } from "../core/http.js";
import { text } from "../core/texts.js";

const TIMEOUT_MS = 60_000;
const TONES = { authentic: ["success", "success"], changed: ["danger", "error"], unknown: ["warning", "alert"] };

const drop = /** @type {HTMLElement} */ (document.querySelector("[data-verify]"));
const input = /** @type {HTMLInputElement} */ (drop.querySelector("input[type=file]"));
const result = /** @type {HTMLElement} */ (document.querySelector("[data-verify-result]"));
const answer = /** @type {HTMLTemplateElement} */ (document.querySelector("template[data-verify-answer]"));

input.addEventListener("change", () => {
  const file = input.files?.[0];
  input.value = ""; // the same file may be chosen again
  if (file) check(file);
});
drop.addEventListener("dragover", (event) => {
  event.preventDefault();
  drop.classList.add("over");
});
drop.addEventListener("dragleave", () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  const file = event.dataTransfer?.files[0];
  if (file) check(file);
});

/** @param {File} file */
async function check(file) {
  if (file.size > Number(drop.dataset.verifyMax)) {
    show("warning", "alert", file.name, drop.dataset.verifyTooLarge ?? "");
    return;
  }
  result.textContent = drop.dataset.verifyChecking ?? "";
  try {
    const found = await send(file);
    const [tone, icon] = TONES[/** @type {"unknown"} */ (found.verdict)];
    show(tone, icon, found.title, found.text, found.document ?? [], found.sha256, found.details ?? []);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    show("danger", "error", file.name, error.message);
  }
}

/** @param {File} file @returns {Promise<any>} */
async function send(file) {
  let response;
  try {
    response = await fetch(drop.dataset.verifyUrl ?? "", {
      method: "POST",
      body: file,
      headers: { Accept: "application/json", "Content-Type": "application/octet-stream", "X-CSRF-Token": csrfToken() },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    throw new RequestError(text(navigator.onLine ? "no_answer" : "offline"), 0, "network");
  }
  const body = await response.json().catch(() => null);
  if (!response.ok) throw failure(response.status, body);
  return body;
}

/**
 * @param {string} tone @param {string} icon @param {string} title @param {string} words
 * @param {[string, string][]} [facts] @param {string} [sha256] @param {string[]} [details]
 */
function show(tone, icon, title, words, facts = [], sha256 = "", details = []) {
  const box = /** @type {DocumentFragment} */ (answer.content.cloneNode(true));
  /** @param {string} selector */
  const at = (selector) => /** @type {HTMLElement} */ (box.querySelector(selector));
  at(".br-message").classList.add(tone);
  const use = at("use");
  use.setAttribute("href", (use.getAttribute("href") ?? "").replace(/#.*/, `#${icon}`));
  at(".message-title").textContent = title;
  at(".verify-text").textContent = words;
  for (const detail of details) at(".verify-details").appendChild(document.createElement("li")).textContent = detail;
  if (!details.length) at(".verify-details").remove();
  for (const [name, value] of facts) {
    const pair = document.createElement("div");
    const term = pair.appendChild(document.createElement("dt"));
    const detail = pair.appendChild(document.createElement("dd"));
    term.textContent = name;
    detail.textContent = value;
    at(".facts").append(pair);
  }
  if (!facts.length) at(".facts").remove();
  if (sha256) at("code").textContent = sha256;
  else at(".hash").remove();
  result.replaceChildren(box);
}
