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
  if (control instanceof HTMLInputElement) {
    if (control.type === "file") return Boolean(control.files?.length);
    if (control.type === "checkbox" || control.type === "radio") return control.checked !== control.defaultChecked;
  }
  return control.value !== control.defaultValue;
}

/**
 * The values of a form by name; a repeated name gives its values on lines of their own.
 * Passwords, files and hidden fields stay out.
 * @param {Element} root
 * @returns {Record<string, string>}
 */
export function readValues(root) {
  /** @type {Record<string, string[]>} */
  const values = {};
  for (const control of controls(root)) {
    if (!control.name || control.type === "password" || control.type === "file") continue;
    const chosen = values[control.name] ?? (values[control.name] = []);
    const box = control.type === "checkbox" || control.type === "radio";
    if (!box || /** @type {HTMLInputElement} */ (control).checked) chosen.push(control.value);
  }
  return Object.fromEntries(Object.entries(values).map(([name, chosen]) => [name, chosen.join("\n")]));
}

/**
 * Put values (as readValues gives them) into the controls of those names.
 * @param {Element} root
 * @param {Record<string, string>} values
 */
export function writeValues(root, values) {
  for (const control of controls(root)) {
    const value = values[control.name];
    if (value === undefined || control.type === "password" || control.type === "file") continue;
    if (control instanceof HTMLInputElement && (control.type === "checkbox" || control.type === "radio")) {
      control.checked = value.split("\n").includes(control.value);
    } else {
      control.value = value;
    }
  }
}
