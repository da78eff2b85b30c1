// The upload component (components/upload.html): each file goes at once, on its own, one after another.
//
// POST <data-upload-url>, the file itself as body, X-File-Name and X-CSRF-Token → {id, filename, size,
// media_type, url}; DELETE <url> takes it back. The server decides what is accepted; here only what is
// surely useless to send is stopped: an empty file, one over data-upload-max.

import { csrfToken, failure, request, RequestError } from "./http.js";
import { text } from "./texts.js";
import { announce } from "./toast.js";

const MILESTONES = [25, 50, 75];
const STALL_MS = 60_000; // without a byte gone for so long, the line is taken for dead

/** @typedef {{id: string | number, filename: string, size: number, media_type: string, url: string}} Uploaded */

export class Upload {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.list = /** @type {HTMLElement} */ (root.querySelector("[data-upload-list]"));
    /** @type {{file: File, item: HTMLElement}[]} */
    this.queue = [];
    this.running = false;
  }

  start() {
    this.root.addEventListener("change", (event) => {
      const input = event.target;
      if (!(input instanceof HTMLInputElement) || input.type !== "file") return;
      this.add([...(input.files ?? [])]);
      input.value = ""; // the same file may be chosen again, and the form does not carry it
    });
    this.list.addEventListener("click", (event) => this.#pressed(event));
    const drop = this.root.querySelector("[data-upload-drop]");
    drop?.addEventListener("dragover", (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
    drop?.addEventListener("dragleave", () => drop.classList.remove("over"));
    drop?.addEventListener("drop", (event) => {
      event.preventDefault();
      drop.classList.remove("over");
      this.add([.../** @type {DragEvent} */ (event).dataTransfer?.files ?? []]);
    });
  }

  /** @param {File[]} files put in line, in order */
  add(files) {
    for (const file of files) {
      const item = row(file.name);
      this.list.append(item);
      this.#enqueue(file, item);
    }
  }

  /** @param {File} file @param {HTMLElement} item */
  #enqueue(file, item) {
    const most = Number(this.root.dataset.uploadMax) || Infinity;
    if (file.size === 0) return this.#failed(file, item, new RequestError(text("file_empty"), 422, "empty"));
    if (file.size > most) return this.#failed(file, item, new RequestError(text("file_too_large"), 413, "too_large"));
    this.queue.push({ file, item });
    this.#run();
  }

  async #run() {
    if (this.running) return;
    this.running = true;
    this.root.dataset.uploading = "1";
    for (let next = this.queue.shift(); next; next = this.queue.shift()) {
      const { file, item } = next;
      if (!item.isConnected) continue;
      try {
        this.#done(item, await send(this.root.dataset.uploadUrl ?? "", file, progressIn(item, file.name)));
      } catch (error) {
        this.#failed(file, item, /** @type {RequestError} */ (error));
      }
    }
    this.running = false;
    delete this.root.dataset.uploading;
  }

  /** @param {HTMLElement} item @param {Uploaded} file */
  #done(item, file) {
    const fresh = row(file.filename, file);
    item.replaceWith(fresh);
    announce(text("file_sent", { name: file.filename }));
    fresh.dispatchEvent(new CustomEvent("procon:uploaded", { bubbles: true, detail: file }));
  }

  /** @param {File} file @param {HTMLElement} item @param {RequestError} error */
  #failed(file, item, error) {
    const fresh = row(file.name);
    fresh.classList.add("upload-item-failed");
    const sentence = element("p", "field-error", error.message);
    const retry = element("button", "br-button secondary small", text("retry"));
    retry.setAttribute("type", "button");
    retry.setAttribute("aria-label", text("retry_file", { name: file.name }));
    retry.addEventListener("click", () => {
      const waiting = row(file.name);
      fresh.replaceWith(waiting);
      this.#enqueue(file, waiting);
    });
    if (error.passing) fresh.insertBefore(retry, fresh.lastElementChild);
    fresh.append(sentence);
    item.replaceWith(fresh);
    announce(`${file.name}: ${error.message}`);
  }

  /** @param {Event} event */
  async #pressed(event) {
    const button = event.target instanceof Element ? event.target.closest("[data-upload-remove]") : null;
    const item = button?.closest("li");
    if (!button || !item) return;
    const url = item.dataset.uploadFileUrl;
    if (url) {
      button.setAttribute("disabled", "");
      try {
        await request(url, { method: "DELETE" });
      } catch (error) {
        button.removeAttribute("disabled");
        item.querySelector(".field-error")?.remove();
        item.append(element("p", "field-error", /** @type {RequestError} */ (error).message));
        return;
      }
    }
    const name = item.querySelector(".upload-name")?.textContent ?? "";
    item.dispatchEvent(new CustomEvent("procon:upload-cancelled"));
    item.remove();
    announce(text("file_removed", { name }));
    /** @type {HTMLElement | null} */ (this.root.querySelector("[data-upload-input]"))?.focus();
  }
}

/**
 * Send one file; progress is told from 0 to 100.
 * @param {string} url
 * @param {File} file
 * @param {{tell: (percent: number) => void, cancelled: AbortSignal}} progress
 * @returns {Promise<Uploaded>}
 */
function send(url, file, progress) {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest(); // fetch tells no progress of a body
    let stall = 0;
    const alive = () => {
      clearTimeout(stall);
      stall = setTimeout(() => xhr.abort(), STALL_MS);
    };
    const broken = () => reject(new RequestError(text(navigator.onLine ? "no_answer" : "offline"), 0, "offline"));
    xhr.open("POST", url);
    xhr.responseType = "json";
    xhr.setRequestHeader("Accept", "application/json");
    xhr.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    xhr.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
    xhr.setRequestHeader("X-CSRF-Token", csrfToken());
    xhr.upload.addEventListener("progress", (event) => {
      alive();
      progress.tell(Math.floor((event.loaded / Math.max(event.total, 1)) * 100));
    });
    xhr.addEventListener("load", () => {
      if (xhr.status >= 200 && xhr.status < 300 && xhr.response) resolve(xhr.response);
      else reject(failure(xhr.status, xhr.response));
    });
    xhr.addEventListener("error", broken);
    xhr.addEventListener("abort", broken);
    xhr.addEventListener("loadend", () => clearTimeout(stall));
    progress.cancelled.addEventListener("abort", () => xhr.abort());
    alive();
    xhr.send(file);
  });
}

/** @param {HTMLElement} item @param {string} name */
function progressIn(item, name) {
  const bar = document.createElement("progress");
  bar.max = 100;
  bar.value = 0;
  bar.setAttribute("aria-label", text("sending_file", { name }));
  item.append(bar);
  const size = item.querySelector(".upload-size");
  const milestones = [...MILESTONES];
  const cancel = new AbortController();
  item.addEventListener("procon:upload-cancelled", () => cancel.abort());
  const tell = (/** @type {number} */ percent) => {
    bar.value = percent;
    if (size) size.textContent = percent < 100 ? `${percent}%` : text("checking");
    if (percent < (milestones[0] ?? Infinity)) return;
    while (percent >= (milestones[0] ?? Infinity)) milestones.shift();
    announce(`${name}: ${percent}%`);
  };
  return { tell, cancelled: cancel.signal };
}

/**
 * A line of the list; without `file` it is not (yet) at the server.
 * @param {string} name
 * @param {Uploaded} [file]
 */
function row(name, file) {
  const item = document.createElement("li");
  item.className = "upload-item";
  const label = element(file ? "a" : "span", "upload-name", name);
  if (file) {
    item.dataset.uploadId = String(file.id);
    item.dataset.uploadFileUrl = file.url;
    label.setAttribute("href", file.url);
    label.setAttribute("target", "_blank");
    label.setAttribute("rel", "noopener");
  }
  const remove = element("button", "br-button circle small", "");
  remove.setAttribute("type", "button");
  remove.setAttribute("data-upload-remove", "");
  remove.setAttribute("aria-label", text("file_remove", { name }));
  remove.append(picture("trash"));
  const shown = picture(file?.media_type.startsWith("image/") ? "image" : "file");
  item.append(shown, label, element("span", "upload-size", file ? bytes(file.size) : ""), remove);
  return item;
}

/** @param {string} tag @param {string} className @param {string} content */
function element(tag, className, content) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = content;
  return made;
}

/** @param {string} name @returns {SVGElement} a copy of the page's own icon, whose address it knows */
function picture(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${new URL("../../img/icons.svg", import.meta.url).pathname}#${name}`);
  svg.append(use);
  return svg;
}

/** @param {number} size @returns {string} as the server's filter writes it */
function bytes(size) {
  const unit = size < 1024 * 1024 ? "kB" : "MB";
  const value = size / (unit === "kB" ? 1024 : 1024 * 1024);
  return `${value.toLocaleString("pt-BR", { maximumFractionDigits: value < 10 ? 1 : 0 })}\u00a0${unit}`;
}
