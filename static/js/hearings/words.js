// Sentences of the hearing's scripts, carried translated by the page (hearings/_texts.html).

const element = document.getElementById("hearing-texts");
/** @type {Record<string, string>} */
const words = element ? JSON.parse(element.textContent ?? "{}") : {};

/**
 * @param {string} name
 * @param {Record<string, string>} [values] fill the {places}
 * @returns {string}
 */
export function word(name, values = {}) {
  return (words[name] ?? name).replace(/\{(\w+)\}/g, (_, place) => values[place] ?? "");
}
