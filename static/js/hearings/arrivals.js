// What the mediator is told by name: who has just come to the door, and who has just raised a hand.

import { word } from "./words.js";

/** @typedef {import("./tiles.js").Person} Person */

/**
 * @param {Person[]} before @param {Person[]} now everybody of the hearing
 * @returns {[string, string][]} sentence and title of each
 */
export function arrivals(before, now) {
  const news = (/** @type {(person: Person) => boolean} */ holds) => {
    const known = new Set(before.filter(holds).map((person) => person.seat));
    return now.filter((person) => holds(person) && !known.has(person.seat));
  };
  const waits = (/** @type {Person} */ person) => person.state === "available";
  const raises = (/** @type {Person} */ person) => person.hand > 0;
  return [
    ...news(waits).map(({ name }) => /** @type {[string, string]} */ ([word("knock", { name }), word("knock_title")])),
    ...news(raises).map(({ name }) => /** @type {[string, string]} */ ([word("hand_raised", { name }), word("hand_raised_title")])),
  ];
}
