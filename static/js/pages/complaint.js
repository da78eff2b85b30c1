// The complaint's form: companies found while typing, and three dependent choices in place of one long list.

import { request } from "../core/http.js";
import { announce } from "../core/toast.js";

const PAUSE_MS = 250;

/** @typedef {{id: number, name: string, legal_name: string, cnpj: string}} Company */

/**
 * A combobox after the ARIA Authoring Practices: the focus stays in the field, the arrows move a mark in
 * the list, Enter takes it, Escape closes. What is chosen fills the name and the CNPJ; a name written over
 * empties the CNPJ again, which belonged to the chosen company.
 */
class CompanyField {
  /** @param {HTMLElement} root @param {HTMLInputElement} cnpj */
  constructor(root, cnpj) {
    this.root = root;
    this.cnpj = cnpj;
    this.input = /** @type {HTMLInputElement} */ (root.querySelector("input"));
    this.list = document.createElement("ul");
    this.timer = 0;
    this.asked = 0;
    this.marked = -1;
    this.chosenCnpj = "";
    /** @type {Company[]} */
    this.companies = [];
  }

  start() {
    const label = /** @type {HTMLElement} */ (this.root.querySelector("label"));
    label.id ||= `${this.input.id}-rotulo`;
    this.list.id = `${this.input.id}-lista`;
    this.list.className = "combo-list";
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-labelledby", label.id);
    this.input.closest(".field")?.append(this.list);
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id })) {
      this.input.setAttribute(name, value);
    }
    this.input.addEventListener("input", () => this.#typed());
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("blur", () => this.#close());
    this.list.addEventListener("mousedown", (event) => event.preventDefault()); // the focus stays in the field
    this.list.addEventListener("click", (event) => {
      const option = event.target instanceof Element ? event.target.closest("[role=option]") : null;
      if (option) this.#take([...this.list.children].indexOf(option));
    });
  }

  #typed() {
    if (this.chosenCnpj && this.cnpj.value === this.chosenCnpj) this.#setCnpj("");
    this.chosenCnpj = "";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#search(), PAUSE_MS);
  }

  async #search() {
    const typed = this.input.value.trim();
    const asked = ++this.asked;
    if (typed.length < 2) return this.#close();
    try {
      const found = await request(`${this.root.dataset.companySearch}?q=${encodeURIComponent(typed)}`);
      if (asked === this.asked && document.activeElement === this.input) this.#offer(found.companies);
    } catch {
      this.#close(); // without the list the name is simply written
    }
  }

  /** @param {Company[]} companies */
  #offer(companies) {
    this.companies = companies;
    this.list.replaceChildren(...companies.map((company, n) => option(`${this.list.id}-${n}`, company)));
    this.#mark(-1);
    this.list.hidden = companies.length === 0;
    this.input.setAttribute("aria-expanded", String(companies.length > 0));
    const { none = "", one = "", some = "" } = this.root.dataset;
    announce(companies.length ? (companies.length === 1 ? one : some.replace("{count}", String(companies.length))) : none);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (this.list.hidden) return;
    const last = this.companies.length - 1;
    if (event.key === "ArrowDown") this.#mark(this.marked < last ? this.marked + 1 : 0);
    else if (event.key === "ArrowUp") this.#mark(this.marked > 0 ? this.marked - 1 : last);
    else if (event.key === "Enter" && this.marked >= 0) this.#take(this.marked);
    else if (event.key === "Escape") this.#close();
    else return;
    event.preventDefault();
  }

  /** @param {number} n the option to mark, -1 for none */
  #mark(n) {
    this.marked = n;
    [...this.list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === n)));
    const item = this.list.children[n];
    if (item) {
      this.input.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView({ block: "nearest" });
    } else this.input.removeAttribute("aria-activedescendant");
  }

  /** @param {number} n */
  #take(n) {
    const company = this.companies[n];
    if (!company) return;
    this.input.value = company.name;
    this.#setCnpj(company.cnpj.replace(/^(.{2})(.{3})(.{3})(.{4})(.{2})$/, "$1.$2.$3/$4-$5"));
    this.chosenCnpj = this.cnpj.value;
    this.input.dispatchEvent(new Event("change", { bubbles: true })); // the autosave hears it
    this.#close();
  }

  /** @param {string} value */
  #setCnpj(value) {
    this.cnpj.value = value;
  }

  #close() {
    this.asked++;
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.#mark(-1);
  }
}

/** @param {string} id @param {Company} company */
function option(id, company) {
  const item = document.createElement("li");
  item.id = id;
  item.className = "combo-option";
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", "false");
  const detail = document.createElement("small");
  const legal = company.legal_name === company.name ? "" : `${company.legal_name} · `;
  detail.textContent = `${legal}CNPJ ${company.cnpj.replace(/^(.{2})(.{3})(.{3})(.{4})(.{2})$/, "$1.$2.$3/$4-$5")}`;
  item.append(company.name, detail);
  return item;
}

/**
 * Área, assunto, problema: three selects drive the one that the form sends, which is hidden but stays the
 * truth, so that a draft put back into the form shows in all three.
 */
class Taxonomy {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.truth = /** @type {HTMLSelectElement} */ (root.querySelector("select"));
    this.groups = [...this.truth.querySelectorAll("optgroup")];
    this.area = this.#select("area");
    this.subject = this.#select("subject");
    this.problem = this.#select("problem");
  }

  start() {
    const plain = /** @type {HTMLElement} */ (this.truth.closest(".field"));
    const notes = plain.querySelector(".field-error");
    this.truth.id = `${this.truth.id}-todos`;
    plain.hidden = true;
    this.area.control.id = "campo-problem"; // where the list of errors points
    this.area.label.htmlFor = this.area.control.id;
    if (notes) {
      this.area.field.classList.add("danger", "has-error");
      this.area.label.after(notes);
      for (const { control } of [this.area, this.subject, this.problem]) {
        control.setAttribute("aria-invalid", "true");
        control.setAttribute("aria-describedby", notes.id);
      }
    }
    this.root.append(this.area.field, this.subject.field, this.problem.field);
    this.area.control.addEventListener("change", () => this.#chosen(this.area.control.value, "", ""));
    this.subject.control.addEventListener("change", () => this.#chosen(this.area.control.value, this.subject.control.value, ""));
    this.problem.control.addEventListener("change", () => {
      this.#chosen(this.area.control.value, this.subject.control.value, this.problem.control.value);
    });
    this.truth.form?.addEventListener("procon:written", () => this.#follow());
    this.#follow();
  }

  /** Show what the truth says. */
  #follow() {
    const group = this.truth.selectedOptions[0]?.closest("optgroup");
    this.#draw(group?.dataset.area ?? "", group?.dataset.subject ?? "", this.truth.value);
  }

  /** @param {string} area @param {string} subject @param {string} problem */
  #chosen(area, subject, problem) {
    this.truth.value = problem;
    this.#draw(area, subject, problem);
    this.truth.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** @param {string} area @param {string} subject @param {string} problem */
  #draw(area, subject, problem) {
    const inArea = this.groups.filter((group) => group.dataset.area === area);
    const group = inArea.find((one) => one.dataset.subject === subject);
    const areas = [...new Set(this.groups.map((one) => one.dataset.area ?? ""))];
    this.#fill(this.area, areas.map((name) => [name, name]), area);
    this.#fill(this.subject, inArea.map((one) => [one.dataset.subject ?? "", one.dataset.subject ?? ""]), subject);
    const leaves = group ? [...group.querySelectorAll("option")] : [];
    this.#fill(this.problem, leaves.map((leaf) => [leaf.value, leaf.label]), problem);
  }

  /** @param {{field: HTMLElement, control: HTMLSelectElement}} select @param {string[][]} choices @param {string} value */
  #fill(select, choices, value) {
    select.field.hidden = choices.length === 0;
    const all = [["", this.root.dataset.choose ?? ""], ...choices];
    select.control.replaceChildren(...all.map(([name, label]) => new Option(label, name, false, name === value)));
  }

  /** @param {"area" | "subject" | "problem"} name */
  #select(name) {
    const field = document.createElement("div");
    const label = document.createElement("label");
    const control = document.createElement("select"); // without a name: the form sends the truth alone
    field.className = "field br-input";
    control.id = `escolha-${name}`;
    control.setAttribute("aria-required", "true");
    label.htmlFor = control.id;
    label.textContent = this.root.dataset[name] ?? "";
    field.append(label, control);
    return { field, label, control };
  }
}

const combo = document.querySelector("[data-company-search]");
const cnpj = document.getElementById("campo-company_cnpj");
if (combo instanceof HTMLElement && cnpj instanceof HTMLInputElement) new CompanyField(combo, cnpj).start();
const taxonomy = document.querySelector("[data-taxonomy]");
if (taxonomy instanceof HTMLElement) new Taxonomy(taxonomy).start();
