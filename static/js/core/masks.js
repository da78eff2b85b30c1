// Light masks: punctuation appears while typing or after pasting, nothing is ever refused.

/** @type {Record<string, (typed: string) => string>} */
const shapes = {
  cpf: (typed) => shape(digits(typed, 11), "###.###.###-##"),
  cnpj: (typed) => shape(typed.toUpperCase().replace(/[^0-9A-Z]/g, "").slice(0, 14), "##.###.###/####-##"),
  cep: (typed) => shape(digits(typed, 8), "#####-###"),
  phone: (typed) => {
    const number = digits(typed.replace(/^\s*\+55/, ""), 11);
    return shape(number, number.length > 10 ? "(##) #####-####" : "(##) ####-####");
  },
};

/** @param {string} typed @param {number} most */
function digits(typed, most) {
  return typed.replace(/\D/g, "").slice(0, most);
}

/** @param {string} characters @param {string} pattern */
function shape(characters, pattern) {
  let written = "";
  let next = 0;
  for (const place of pattern) {
    if (next >= characters.length) break;
    written += place === "#" ? characters[next++] : place;
  }
  return written;
}

/**
 * "1234,5" and "1.234,50" and "1234.50" → "1.234,50"; what is no amount stays as it is.
 * @param {string} typed
 * @returns {string}
 */
export function money(typed) {
  const bare = typed.replace(/[^\d.,]/g, "");
  const decimal = /[.,](\d{1,2})$/.exec(bare);
  const whole = (decimal ? bare.slice(0, decimal.index) : bare).replace(/\D/g, "").replace(/^0+(?=\d)/, "");
  if (!whole && !decimal) return typed;
  const cents = (decimal?.[1] ?? "").padEnd(2, "0");
  return `${(whole || "0").replace(/\B(?=(\d{3})+$)/g, ".")},${cents}`;
}

/**
 * Write the punctuation of a control's mask; the caret stays beside the character it stood beside.
 * @param {HTMLInputElement} input
 */
function apply(input) {
  const format = shapes[input.dataset.mask ?? ""];
  if (!format) return;
  const typed = input.value;
  const shaped = format(typed);
  if (shaped === typed) return;
  const caret = input.selectionStart ?? typed.length;
  const before = typed.slice(0, caret).replace(/[^0-9A-Za-z]/g, "").length;
  input.value = shaped;
  if (document.activeElement !== input) return;
  let place = caret >= typed.length ? shaped.length : 0;
  for (let seen = 0; place < shaped.length && seen < before; place++) {
    if (/[0-9A-Za-z]/.test(shaped[place])) seen++;
  }
  input.setSelectionRange(place, place);
}

document.addEventListener("input", (event) => {
  const { target } = event;
  // A correction that deletes must not be undone by putting the same point back.
  const deleting = event instanceof InputEvent && event.inputType.startsWith("delete");
  if (target instanceof HTMLInputElement && target.dataset.mask && !deleting) apply(target);
});

document.addEventListener("change", (event) => {
  const { target } = event;
  if (!(target instanceof HTMLInputElement) || !target.dataset.mask) return;
  if (target.dataset.mask === "money") target.value = money(target.value);
  else apply(target);
});
