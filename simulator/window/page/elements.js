/**
 * The element of the page with this ID.
 *
 * @template {HTMLElement} Type
 * @param {string} id
 * @param {new () => Type} type
 * @returns {Type}
 */
export function byId(id, type) {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`The page has no such element: ${id}`);
  return found;
}

/**
 * A new element. What it holds is taken as text, never as HTML: much of it was written by others.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Partial<HTMLElementTagNameMap[Tag]>} properties
 * @param {...(string | Node)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/**
 * A name or path, which may be broken after its separators.
 *
 * @param {string} text
 * @returns {(string | Node)[]}
 */
export function breakable(text) {
  return text
    .split(/(?<=[/_])/)
    .flatMap((part, index) => (index === 0 ? [part] : [element('wbr', {}), part]));
}

/**
 * Leaves an element alone that shows the text already.
 *
 * @param {Element} shown
 * @param {string} text
 */
export function setText(shown, text) {
  if (shown.textContent !== text) shown.textContent = text;
}

/**
 * Children that stand for a list of things: one for each, in their order. Those that are there
 * already stay, with the focus in them.
 *
 * @template Thing
 * @template {HTMLElement} Child
 */
export class Listing {
  /** @type {Map<string, Child>} */
  #children = new Map();

  /**
   * @param {HTMLElement} parent
   * @param {(thing: Thing) => Child} make
   */
  constructor(parent, make) {
    this.parent = parent;
    this.make = make;
  }

  /**
   * @param {readonly (readonly [key: string, thing: Thing])[]} things
   * @param {(child: Child, thing: Thing) => void} update
   */
  show(things, update) {
    const keys = new Set(things.map(([key]) => key));
    for (const [key, child] of this.#children) {
      if (keys.has(key)) continue;
      child.remove();
      this.#children.delete(key);
    }
    things.forEach(([key, thing], index) => {
      const child = this.#children.get(key) ?? this.make(thing);
      this.#children.set(key, child);
      const there = this.parent.children[index] ?? null;
      if (there !== child) this.parent.insertBefore(child, there);
      update(child, thing);
    });
  }
}
