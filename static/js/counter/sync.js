// Sending what was kept: the attendance under its key, then its papers one by one. Every step may be repeated.

import { csrfToken, failure, RequestError } from "../core/http.js";
import { text } from "../core/texts.js";
import { keep } from "./store.js";

/** @typedef {import("./store.js").Entry} Entry */

const TIMEOUT_MS = 60_000;

/**
 * Send an entry as far as the line allows; its state says how far that was.
 * Throws RequestError when it may be tried again later.
 * @param {Entry} entry
 */
export async function send(entry) {
  if (!entry.made) {
    try {
      entry.made = await post("/balcao/atendimento", new URLSearchParams({ ...entry.values, key: entry.key }));
    } catch (error) {
      if (!(error instanceof RequestError) || error.status !== 422) throw error;
      entry.state = "wrong";
      entry.errors = error.body?.fields ?? {};
      await keep(entry);
      return;
    }
    const { name = "", company_name = "" } = entry.values;
    entry.values = { name, company_name }; // the rest is the server's now, not this computer's
    entry.state = "sent";
    await keep(entry);
  }
  while (entry.papers.length) {
    const [paper] = entry.papers;
    try {
      await post(`${entry.made?.papers_url}?tipo=${paper.kind}`, paper.blob, { "X-File-Name": encodeURIComponent(paper.name) });
    } catch (error) {
      if (!(error instanceof RequestError) || error.passing || error.status === 401 || error.status === 403) throw error;
      entry.errors = { ...entry.errors, [paper.name]: error.message }; // this paper will never be taken: say so, go on
    }
    entry.papers = entry.papers.slice(1);
    await keep(entry);
  }
}

/**
 * @param {string} url @param {BodyInit} body @param {Record<string, string>} [headers]
 * @returns {Promise<any>}
 */
async function post(url, body, headers = {}) {
  let response;
  try {
    response = await fetch(url, {
      method: "POST",
      body,
      headers: { Accept: "application/json", "X-CSRF-Token": csrfToken(), ...headers },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    throw new RequestError(text("offline"), 0, "offline");
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw failure(response.status, answer);
  return answer;
}
