// The counter's page: what is typed is kept as it is typed, what is finished waits in a queue and goes by itself.

import { request, RequestError } from "../core/http.js";
import { announce } from "../core/toast.js";
import { readValues, writeValues } from "../core/typed.js";
import { entriesOf, forget, keep } from "./store.js";
import { send } from "./sync.js";

/** @typedef {import("./store.js").Entry} Entry */

const AGAIN_MS = 10_000;
const PAUSE_MS = 400;

const main = /** @type {HTMLElement} */ (document.querySelector("main[data-counter]"));
const form = /** @type {HTMLFormElement} */ (document.querySelector("[data-counter-form]"));
const words = JSON.parse(document.getElementById("counter-texts")?.textContent ?? "{}");
const viewer = main.dataset.counter ?? "";

/** @param {string} name @param {Record<string, string | number>} [values] */
function say(name, values = {}) {
  return String(words[name]).replace(/\{(\w+)\}/g, (_, place) => String(values[place] ?? ""));
}

class Counter {
  constructor() {
    /** @type {Entry} what stands in the form */
    this.current = blank();
    /** @type {Entry[]} what was finished */
    this.queue = [];
    this.reachable = navigator.onLine;
    this.signedOut = false;
    this.busy = false;
    this.pause = 0;
  }

  async start() {
    let kept;
    try {
      kept = await entriesOf(viewer);
    } catch {
      this.#state(say("no_store"), "danger");
      return; // the form works as any other: it is sent, and needs a line
    }
    const typing = kept.find((entry) => entry.state === "typing");
    this.queue = kept.filter((entry) => entry.state !== "typing");
    if (typing) this.#edit(typing);
    form.addEventListener("submit", (event) => this.#submit(event), { capture: true });
    form.addEventListener("input", () => this.#typed());
    form.addEventListener("change", () => this.#typed());
    form.querySelector('[name="cpf"]')?.addEventListener("change", () => this.#find());
    form.querySelector("[data-counter-clear]")?.addEventListener("click", () => this.#clear());
    for (const place of form.querySelectorAll("[data-counter-papers]")) this.#takePapers(/** @type {HTMLElement} */ (place));
    addEventListener("online", () => this.sync());
    addEventListener("offline", () => this.#lost());
    setInterval(() => this.sync(), AGAIN_MS);
    this.#draw();
    main.dataset.counterReady = "";
    await this.sync();
  }

  /** Send all that waits, one after another; only one page does it at a time. */
  async sync() {
    if (this.busy) return;
    this.busy = true;
    try {
      await navigator.locks.request("procon-balcao", { ifAvailable: true }, async (lock) => lock && (await this.#sendAll()));
    } finally {
      this.busy = false;
      this.#draw();
    }
  }

  async #sendAll() {
    const waiting = this.queue.filter((entry) => entry.state === "queued" || (entry.state === "sent" && entry.papers.length));
    if (!waiting.length) return this.#probe();
    for (const entry of waiting) {
      try {
        await send(entry);
        this.reachable = true;
        this.signedOut = false;
        if (entry.made && !entry.papers.length) announce(say("sent", { protocol: entry.made.protocol }));
        this.#draw();
      } catch (error) {
        if (!(error instanceof RequestError)) throw error;
        this.reachable = error.status !== 0;
        this.signedOut = error.status === 401 || error.status === 403;
        return;
      }
    }
  }

  /** Whether the line is there when nothing waits. */
  async #probe() {
    try {
      await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(AGAIN_MS / 2) });
      this.reachable = true;
    } catch {
      this.reachable = false;
    }
  }

  #lost() {
    this.reachable = false;
    this.#draw();
  }

  /** @param {SubmitEvent} event */
  async #submit(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
    clearTimeout(this.pause);
    const entry = { ...this.current, values: readValues(form), state: /** @type {const} */ ("queued"), errors: {}, at: Date.now() };
    await keep(entry);
    this.queue = [...this.queue.filter((one) => one.key !== entry.key), entry];
    this.#empty();
    this.#draw();
    main.querySelector("[data-counter-queue]")?.scrollIntoView({ block: "start" });
    await this.sync();
  }

  #typed() {
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.#keepTyped(), PAUSE_MS);
  }

  async #keepTyped() {
    this.current.values = readValues(form);
    this.current.at ||= Date.now();
    await keep(this.current);
    form.dataset.counterKept = String(Date.now());
  }

  async #clear() {
    clearTimeout(this.pause);
    await forget(this.current.key);
    this.#empty();
  }

  #empty() {
    this.current = blank();
    form.reset();
    form.dispatchEvent(new CustomEvent("procon:written"));
    this.#known("");
    this.#drawPapers();
    this.#errors({});
  }

  /** @param {Entry} entry */
  #edit(entry) {
    this.current = entry;
    writeValues(form, entry.values);
    this.#drawPapers();
    this.#errors(entry.errors);
  }

  async #find() {
    const cpf = /** @type {HTMLInputElement} */ (form.querySelector('[name="cpf"]')).value;
    if (cpf.replace(/\D/g, "").length !== 11) return;
    try {
      const { found } = await request(`/balcao/pessoa?cpf=${encodeURIComponent(cpf)}`);
      this.#known(found ? say("known") : say("unknown"));
      if (!found) return;
      const { cpf: _, ...values } = found.values;
      writeValues(form, values);
      this.#typed();
    } catch {
      this.#known(""); // without a line the data are typed
    }
  }

  /** @param {string} sentence */
  #known(sentence) {
    const place = form.querySelector("[data-counter-known]");
    if (place) place.textContent = sentence;
  }

  /** @param {HTMLElement} place */
  #takePapers(place) {
    const kind = place.dataset.counterPapers ?? "";
    for (const input of place.querySelectorAll("input")) {
      input.addEventListener("change", async () => {
        for (const file of input.files ?? []) this.current.papers.push({ kind, name: file.name, blob: file });
        input.value = "";
        this.#drawPapers();
        await this.#keepTyped();
      });
    }
  }

  #drawPapers() {
    for (const place of form.querySelectorAll("[data-counter-papers]")) {
      const kind = /** @type {HTMLElement} */ (place).dataset.counterPapers;
      const list = /** @type {HTMLElement} */ (place.querySelector("ul"));
      const mine = this.current.papers.filter((paper) => paper.kind === kind);
      list.replaceChildren(
        ...mine.map((paper) => {
          const item = element("li", "upload-item");
          item.append(element("span", "upload-name", paper.name), button(say("remove", { name: paper.name }), () => this.#drop(paper)));
          return item;
        }),
      );
    }
  }

  /** @param {import("./store.js").Paper} paper */
  async #drop(paper) {
    this.current.papers = this.current.papers.filter((one) => one !== paper);
    this.#drawPapers();
    await this.#keepTyped();
  }

  /** @param {Record<string, string>} errors by field; each is said beside its field */
  #errors(errors) {
    for (const old of form.querySelectorAll("[data-counter-error]")) old.remove();
    for (const marked of form.querySelectorAll("[aria-invalid]")) marked.removeAttribute("aria-invalid");
    for (const [name, sentence] of Object.entries(errors)) {
      const control = document.getElementById(`campo-${name}`);
      const line = element("p", "field-error", sentence);
      line.dataset.counterError = name;
      line.id = `erro-${name}`;
      (control?.closest("fieldset, .field") ?? form).prepend(line);
      control?.setAttribute("aria-invalid", "true");
      control?.setAttribute("aria-describedby", line.id);
    }
    const first = Object.keys(errors)[0];
    if (first) document.getElementById(`campo-${first}`)?.focus();
  }

  #draw() {
    const place = /** @type {HTMLElement} */ (main.querySelector("[data-counter-queue]"));
    place.hidden = this.queue.length === 0;
    main.querySelector("[data-counter-list]")?.replaceChildren(...this.queue.map((entry) => this.#line(entry)));
    const waiting = this.queue.filter((entry) => entry.state === "queued" || entry.papers.length).length;
    const wrong = this.queue.filter((entry) => entry.state === "wrong").length;
    if (this.signedOut) this.#state(say("signed_out"), "danger");
    else if (!this.reachable) this.#state(waiting ? say("offline_some", { count: waiting }) : say("offline"), "warning");
    else if (wrong) this.#state(say("trouble", { count: wrong }), "danger");
    else this.#state(say(waiting ? "sending" : "online"), "success");
  }

  /** @param {string} sentence @param {string} tone */
  #state(sentence, tone) {
    const place = /** @type {HTMLElement} */ (main.querySelector("[data-counter-state]"));
    place.dataset.tone = tone;
    const line = /** @type {HTMLElement} */ (place.querySelector("[data-counter-sentence]"));
    if (line.textContent !== sentence) line.textContent = sentence;
  }

  /** @param {Entry} entry */
  #line(entry) {
    const item = element("li");
    item.dataset.counterEntry = entry.state;
    const title = element("p");
    title.append(element("strong", "", entry.values.name || "—"), ` × ${entry.values.company_name || "—"}`);
    item.append(title, element("p", "", this.#standing(entry)));
    if (entry.state !== "queued") for (const [name, sentence] of Object.entries(entry.errors)) item.append(element("p", "field-error", entry.made ? `${name}: ${sentence}` : sentence));
    const actions = element("p", "actions");
    if (entry.made) {
      actions.append(link(say("receipt"), entry.made.receipt_url, "br-button primary small"), link(say("case"), entry.made.case_url, "br-button secondary small"));
      if (!entry.papers.length) actions.append(button(say("done"), () => this.#remove(entry)));
    } else {
      if (entry.state === "queued") actions.append(button(say("try"), () => this.sync()));
      actions.append(button(say("fix"), () => this.#fix(entry)), button(say("discard"), () => confirm(say("discard_sure")) && this.#remove(entry)));
    }
    item.append(actions);
    return item;
  }

  /** @param {Entry} entry */
  #standing(entry) {
    if (entry.made && entry.papers.length) return say("papers_left", { count: entry.papers.length });
    if (entry.made) return say("sent", { protocol: entry.made.protocol });
    return say(entry.state === "wrong" ? "wrong" : "queued");
  }

  /** Back into the form; what stood there waits as a draft of its own. @param {Entry} entry */
  async #fix(entry) {
    if (this.busy) return; // it is just being sent
    this.queue = this.queue.filter((one) => one !== entry);
    entry.state = "typing";
    await keep(entry);
    this.#edit(entry);
    this.#draw();
    form.scrollIntoView({ block: "start" });
  }

  /** @param {Entry} entry */
  async #remove(entry) {
    await forget(entry.key);
    this.queue = this.queue.filter((one) => one !== entry);
    this.#draw();
  }
}

/** @returns {Entry} */
function blank() {
  return { key: crypto.randomUUID(), viewer, state: "typing", values: {}, papers: [], errors: {}, made: null, at: 0 };
}

/** @param {string} tag @param {string} [classes] @param {string} [words] */
function element(tag, classes = "", words = "") {
  const made = document.createElement(tag);
  if (classes) made.className = classes;
  if (words) made.textContent = words;
  return made;
}

/** @param {string} label @param {() => unknown} act */
function button(label, act) {
  const made = /** @type {HTMLButtonElement} */ (element("button", "br-button small", label));
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

/** @param {string} label @param {string} url @param {string} classes */
function link(label, url, classes) {
  const made = /** @type {HTMLAnchorElement} */ (element("a", classes, label));
  made.href = url;
  made.target = "_blank";
  return made;
}

/** The worker, told what this page is made of, so that the page opens without a line. */
async function prepare() {
  if (!navigator.serviceWorker) return;
  navigator.serviceWorker.addEventListener("message", (event) => {
    if (event.data?.type === "kept") main.dataset.counterOffline = "";
  });
  await navigator.serviceWorker.register(main.dataset.worker ?? "", { scope: "/balcao/" });
  const registration = await navigator.serviceWorker.ready;
  const files = performance.getEntriesByType("resource").map((entry) => entry.name);
  const ours = files.filter((name) => name.startsWith(`${location.origin}/static/`));
  if (navigator.onLine) registration.active?.postMessage({ type: "keep", urls: [location.pathname, ...ours] });
}

new Counter().start();
prepare().catch(() => {}); // no workers here: the page still keeps and sends, it only does not open without a line
