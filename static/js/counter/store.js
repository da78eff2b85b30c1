// What the counter keeps in this browser: attendances that are being written or wait to be sent (IndexedDB).

/**
 * @typedef {{kind: string, name: string, blob: Blob}} Paper
 * @typedef {{case: number, protocol: string, case_url: string, papers_url: string, receipt_url: string}} Made
 * @typedef {object} Entry
 * @property {string} key the browser's own name for it, under which the server makes it once
 * @property {string} viewer whose it is
 * @property {"typing" | "queued" | "wrong" | "sent"} state
 * @property {Record<string, string>} values
 * @property {Paper[]} papers those not sent yet
 * @property {Record<string, string>} errors
 * @property {Made | null} made
 * @property {number} at
 */

const NAME = "procon-balcao";
const STORE = "attendances";

/** @type {Promise<IDBDatabase> | null} */
let opened = null;

function database() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "key" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opened;
}

/**
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<T>} ask
 * @returns {Promise<T>}
 */
async function run(mode, ask) {
  const transaction = (await database()).transaction(STORE, mode);
  const asked = ask(transaction.objectStore(STORE));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(asked.result); // kept for good, not only taken in
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
}

/** @param {string} viewer @returns {Promise<Entry[]>} that person's, oldest first */
export async function entriesOf(viewer) {
  const all = await run("readonly", (store) => store.getAll());
  return all.filter((entry) => entry.viewer === viewer).sort((a, b) => a.at - b.at);
}

/** @param {Entry} entry */
export async function keep(entry) {
  await run("readwrite", (store) => store.put(entry));
}

/** @param {string} key */
export async function forget(key) {
  await run("readwrite", (store) => store.delete(key));
}
