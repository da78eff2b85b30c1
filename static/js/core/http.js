// Requests to our own server: token, time-out, and every failure as one sentence to show.

import { text } from "./texts.js";

const TIMEOUT_MS = 20_000;

/** A request that failed. `status` is 0 when no answer came; `body` is the server's JSON, if any. */
export class RequestError extends Error {
  /**
   * @param {string} message sentence for people
   * @param {number} status
   * @param {string} code
   * @param {any} [body]
   */
  constructor(message, status, code, body = null) {
    super(message);
    this.name = "RequestError";
    this.status = status;
    this.code = code;
    this.body = body;
  }

  /** Whether trying again later may help. */
  get passing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** @returns {string} the token every changing request carries */
export function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]')?.getAttribute("content") ?? "";
}

/**
 * The failure that an answer tells, in the server's words where it gave some.
 * @param {number} status
 * @param {any} body
 * @returns {RequestError}
 */
export function failure(status, body) {
  const known = { 401: "signed_out", 403: "forbidden", 413: "too_large", 429: "too_many" };
  const sentence = body?.message ?? text(known[/** @type {413} */ (status)] ?? "failed");
  return new RequestError(sentence, status, body?.error ?? "failed", body);
}

/**
 * Send a request and read its JSON; throws RequestError for anything but success.
 * @param {string} url
 * @param {{method?: string, json?: unknown, form?: FormData, timeout?: number, keepalive?: boolean}} [options]
 *   `form`: the values of a form without files, sent as the form itself would send them
 * @returns {Promise<any>} the answer's JSON, null when it has none
 */
export async function request(url, options = {}) {
  const { method = "GET", json, form, timeout = TIMEOUT_MS, keepalive = false } = options;
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRF-Token"] = csrfToken();
  if (json !== undefined) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(url, {
      method,
      headers,
      keepalive,
      body: form ? new URLSearchParams(/** @type {any} */ (form)) : json === undefined ? json : JSON.stringify(json),
      signal: AbortSignal.timeout(timeout),
    });
  } catch {
    const code = navigator.onLine ? "no_answer" : "offline";
    throw new RequestError(text(code), 0, code);
  }
  const body = await response.json().catch(() => null);
  if (!response.ok) throw failure(response.status, body);
  return body;
}
