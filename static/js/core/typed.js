// What a person has typed into the controls of a part of the page: whether, what, and putting it back.

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control */

const NOT_TYPED = new Set(["hidden", "submit", "button", "reset", "image"]);

/**
 * @param {Element | null} element
 * @returns {element is Control}
 */
export function isControl(element) {
  if (element instanceof HTMLInputElement) return !NOT_TYPED.has(element.type);
  return element instanceof HTMLSelectElement || element instanceof HTMLTextAreaElement;
}

/**
 * @param {Element} root
 * @returns {Control[]}
 */
export function controls(root) {
  return [...root.querySelectorAll("input, select, textarea")].filter(isControl);
}

/**
 * Whether a control holds something other than what the server wrote into it.
 * @param {Control} control
 */
export function isEdited(control) {
  if (control instanceof HTMLSelectElement) {
    const written = [...control.options].filter((option) => option.defaultSelected);
    const chosen = [...control.selectedOptions];
    if (!written.length && chosen.length === 1) return chosen[0] !== control.options[0];
    return chosen.length !== written.length || chosen.some((option) => !option.defaultSelected);
  }
  if (isBox(control)) return control.checked !== control.defaultChecked;
  if (control instanceof HTMLInputElement && control.type === "file") return Boolean(control.files?.length);
  return control.value !== control.defaultValue;
}

/**
 * The values of a form by name; a repeated name gives its values on lines of their own.
 * Passwords, files and hidden fields stay out.
 * @param {Element} root
 * @param {{written?: boolean}} [options] written: what the server wrote, not what stands there now
 * @returns {Record<string, string>}
 */
export function readValues(root, { written = false } = {}) {
  /** @type {Record<string, string[]>} */
  const values = {};
  for (const control of controls(root)) {
    if (!control.name || control.type === "password" || control.type === "file") continue;
    const value = written ? writtenValue(control) : currentValue(control);
    const chosen = values[control.name] ?? (values[control.name] = []);
    if (value !== null) chosen.push(value);
  }
  return Object.fromEntries(Object.entries(values).map(([name, chosen]) => [name, chosen.join("\n")]));
}

/** @param {Control} control @returns {string | null} null for a box that is not ticked */
function currentValue(control) {
  return isBox(control) && !control.checked ? null : control.value;
}

/** @param {Control} control @returns {string | null} */
function writtenValue(control) {
  if (isBox(control)) return control.defaultChecked ? control.value : null;
  if (!(control instanceof HTMLSelectElement)) return control.defaultValue;
  const options = [...control.options];
  return (options.find((option) => option.defaultSelected) ?? options[0])?.value ?? "";
}

/**
 * @param {Control} control
 * @returns {control is HTMLInputElement}
 */
function isBox(control) {
  return control.type === "checkbox" || control.type === "radio";
}

/**
 * Put values (as readValues gives them) into the controls of those names; the event "procon:written" on
 * root then tells scripts that show a control's value in another way.
 * @param {Element} root
 * @param {Record<string, string>} values
 */
export function writeValues(root, values) {
  for (const control of controls(root)) {
    const value = values[control.name];
    if (value === undefined || control.type === "password" || control.type === "file") continue;
    if (isBox(control)) control.checked = value.split("\n").includes(control.value);
    else control.value = value;
  }
  root.dispatchEvent(new CustomEvent("procon:written"));
}
