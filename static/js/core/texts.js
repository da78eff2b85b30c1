// Sentences that scripts show; the page carries them translated (components/texts.html).

const element = document.getElementById("texts");
/** @type {Record<string, string>} */
const texts = element ? JSON.parse(element.textContent ?? "{}") : {};

/**
 * The sentence with that name, its {places} filled.
 * @param {string} name
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function text(name, values = {}) {
  return (texts[name] ?? name).replace(/\{(\w+)\}/g, (_, place) => String(values[place] ?? ""));
}
