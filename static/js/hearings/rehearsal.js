// A rehearsal's page follows its script: fetched anew at each change, and the newest line is said to who cannot see it.

import { renew } from "../core/regions.js";
import { announce } from "../core/toast.js";

const RETRY_MS = 1000;

/** @param {import("./line.js").Line} line */
export function followScript(line) {
  let said = "";
  let stale = false;
  let fetching = false;

  const refresh = async () => {
    stale = true;
    if (fetching) return; // the fetch under way looks at `stale` when it ends
    fetching = true;
    while (stale) {
      stale = false;
      try {
        await fetchPage();
      } catch {
        stale = true;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
    fetching = false;
  };

  line.socket.on("rehearsal", (/** @type {{line: string}} */ news) => {
    if (news.line && news.line !== said) announce(news.line);
    said = news.line;
    document.dispatchEvent(new CustomEvent("procon:case-event", { detail: news }));
    refresh();
  });
  line.addEventListener("entered", refresh);
}

async function fetchPage() {
  const response = await fetch(location.href, { headers: { "X-Requested-With": "live", Accept: "text/html" }, cache: "no-store" });
  if (response.redirected || (response.status >= 400 && response.status < 500)) return; // the page itself says why, when it is opened
  if (!response.ok) throw new Error(String(response.status));
  renew(new DOMParser().parseFromString(await response.text(), "text/html"));
}
