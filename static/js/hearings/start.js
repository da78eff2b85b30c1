// The hearing room's page.

import { clauseForm } from "./clauses.js";
import { sendInPlace } from "./forms.js";
import { Minutes } from "./minutes.js";
import { followScript } from "./rehearsal.js";
import { Room } from "./room.js";
import { Tabs } from "./tabs.js";

const main = document.querySelector("main[data-hearing]");
if (main instanceof HTMLElement) {
  sendInPlace(main);
  clauseForm(main);
  const list = main.querySelector('[role="tablist"]');
  const editor = main.querySelector("[data-record]");
  const minutes = editor instanceof HTMLElement ? new Minutes(editor) : null;
  minutes?.start();
  if (list instanceof HTMLElement) {
    const room = new Room(main, new Tabs(list), minutes);
    room.start();
    if (main.dataset.line) followScript(room.line);
  }
}
