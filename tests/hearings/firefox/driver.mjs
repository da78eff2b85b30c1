// Firefox over WebDriver BiDi, driven by lines of JSON from tests/hearings/firefox/browser.py.
//
// In:  {id, do: "open" | "goto" | "evaluate" | "expose" | "close", page, ...}, {answer: call, value}
// Out: {id, value} or {id, error}, and {call, page, name, args} for a function exposed to a page.

import readline from "node:readline";
import puppeteer from "puppeteer-core";

const PREFERENCES = {
  "media.navigator.streams.fake": true,
  "media.navigator.permission.disabled": true,
  "media.autoplay.default": 0,
  "media.peerconnection.ice.loopback": true, // our relay and our engine are nowhere else
  "media.gmp-manager.updateEnabled": false, // H264 comes by download: without it every run is the same
  "app.normandy.enabled": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
};

const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath: process.argv[2],
  userDataDir: process.argv[3],
  headless: true,
  extraPrefsFirefox: PREFERENCES,
});
const pages = new Map();
const waiting = new Map();
let calls = 0;

const tell = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

function call(page, name, args) {
  calls += 1;
  const number = calls;
  tell({ call: number, page, name, args });
  return new Promise((resolve) => waiting.set(number, resolve));
}

const acts = {
  async open({ page }) {
    const context = await browser.createBrowserContext();
    pages.set(page, { context, page: await context.newPage() });
  },
  goto: ({ page, url }) => pages.get(page).page.goto(url).then(() => null),
  expose: ({ page, name }) =>
    pages.get(page).page.exposeFunction(name, (...args) => call(page, name, args)),
  evaluate({ page, source, argument }) {
    // Made a function here: the page's strict policy forbids it there.
    return pages.get(page).page.evaluate((0, eval)(`(${source})`), argument);
  },
  async close({ page }) {
    const { context } = pages.get(page);
    pages.delete(page);
    await context.close();
  },
};

async function obey(message) {
  if (message.answer) {
    waiting.get(message.answer)(message.value);
    waiting.delete(message.answer);
    return;
  }
  try {
    tell({ id: message.id, value: (await acts[message.do](message)) ?? null });
  } catch (error) {
    tell({ id: message.id, error: String(error?.message ?? error) });
  }
}

tell({ ready: await browser.version() });
const lines = readline.createInterface({ input: process.stdin });
lines.on("line", (line) => obey(JSON.parse(line)));
lines.on("close", () => browser.close().finally(() => process.exit(0)));
