// A text with the words marked that another text does not have at that place.

/**
 * @param {string} before
 * @param {string} after
 * @returns {(string | HTMLElement)[]} `after`, what is new in it within <mark>
 */
export function differing(before, after) {
  const old = before.split(/(\s+)/);
  const now = after.split(/(\s+)/);
  let head = 0;
  while (head < Math.min(old.length, now.length) && old[head] === now[head]) head += 1;
  let tail = 0;
  const most = Math.min(old.length, now.length) - head;
  while (tail < most && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail += 1;
  const middle = now.slice(head, now.length - tail).join("");
  if (!middle) return [after];
  const mark = document.createElement("mark");
  mark.textContent = middle;
  return [now.slice(0, head).join(""), mark, now.slice(now.length - tail).join("")];
}
