// The panels beside the pictures: one at a time, chosen by click or arrow keys, with a dot for what is new.

export class Tabs {
  /** @param {HTMLElement} list */
  constructor(list) {
    this.tabs = [...list.querySelectorAll('[role="tab"]')].map((tab) => /** @type {HTMLElement} */ (tab));
    list.addEventListener("click", (event) => this.#pressed(event));
    list.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("procon:updated", (event) => this.#news(/** @type {Element} */ (event.target)));
  }

  /** @param {string} name */
  show(name) {
    for (const tab of this.tabs) {
      const chosen = tab.dataset.tab === name;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      const panel = this.#panel(tab);
      if (panel) panel.hidden = !chosen;
      if (chosen) {
        tab.querySelector(".news-dot")?.setAttribute("hidden", "");
        scrollToEnd(panel);
      }
    }
  }

  /** @param {Event} event */
  #pressed(event) {
    const tab = event.target instanceof Element ? event.target.closest('[role="tab"]') : null;
    if (tab instanceof HTMLElement) this.show(tab.dataset.tab ?? "");
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = this.tabs.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    if (!step || at < 0) return;
    const next = this.tabs[(at + step + this.tabs.length) % this.tabs.length];
    this.show(next.dataset.tab ?? "");
    next.focus();
  }

  /** @param {Element} changed a part of the page that was replaced */
  #news(changed) {
    const panel = changed.closest('[role="tabpanel"]');
    if (!(panel instanceof HTMLElement)) return;
    scrollToEnd(panel);
    const tab = this.tabs.find((one) => this.#panel(one) === panel);
    if (panel.hidden) tab?.querySelector(".news-dot")?.removeAttribute("hidden");
  }

  /** @param {HTMLElement} tab @returns {HTMLElement | null} */
  #panel(tab) {
    return document.getElementById(tab.getAttribute("aria-controls") ?? "");
  }
}

/** @param {HTMLElement | null} panel */
function scrollToEnd(panel) {
  const lines = panel?.querySelector("[data-scroll-end]");
  if (lines) lines.scrollTop = lines.scrollHeight;
}
