/** @import { Overview } from '../messages' */
import { byId, element, setText } from './elements.js';

/** The steps of the slider, in writes a second. */
const CROWDS = [
  { perSecond: 0, name: 'Quiet: nobody else writes' },
  { perSecond: 1, name: 'A few: one write a second' },
  { perSecond: 5, name: 'Some: 5 writes a second' },
  { perSecond: 20, name: 'Many: 20 writes a second' },
  { perSecond: 60, name: 'A crowd: 60 writes a second' },
];

/** What can be ordered by a button; docs/simulator.md says all that a fault may be given. */
const FAULTS = [
  {
    title: 'Others write',
    faults: [
      { name: 'Conflict', fault: { on: 'write', kind: 'conflict' } },
      {
        name: 'priority = urgent just before',
        fault: { on: 'write', kind: 'foreignWrite', attributes: { priority: 'urgent' } },
      },
      {
        name: 'priority = urgent just after',
        fault: {
          on: 'write',
          kind: 'foreignWrite',
          attributes: { priority: 'urgent' },
          when: 'after',
        },
      },
    ],
  },
  {
    title: 'Refused',
    faults: [
      { name: '404 not there', fault: { on: 'any', kind: 'missing' } },
      {
        name: '429 wait 3 s',
        fault: { on: 'any', kind: 'reply', status: 429, retryAfter: '3' },
      },
      { name: '503 unavailable', fault: { on: 'any', kind: 'reply', status: 503 } },
      { name: 'Tokens end', fault: { on: 'any', kind: 'expireTokens' } },
    ],
  },
  {
    title: 'Lost or late',
    faults: [
      { name: 'Breaks before it is applied', fault: { on: 'write', kind: 'dropBefore' } },
      { name: 'Applied, then it breaks', fault: { on: 'write', kind: 'dropAfter' } },
      { name: 'Reply cut short', fault: { on: 'write', kind: 'truncate' } },
      { name: 'Applied 3 s late', fault: { on: 'write', kind: 'delayBefore', ms: 3000 } },
      { name: 'Answered 3 s late', fault: { on: 'write', kind: 'delayAfter', ms: 3000 } },
      { name: 'Sent twice by a gateway', fault: { on: 'write', kind: 'repeat', ms: 100 } },
    ],
  },
  {
    title: 'Misleading replies',
    faults: [
      {
        name: 'Success from a proxy',
        fault: { on: 'write', kind: 'falseAcceptance', body: 'page' },
      },
      { name: 'Reply shows the old record', fault: { on: 'write', kind: 'echo', echo: 'old' } },
      {
        name: 'Read without attributes',
        fault: { on: 'read', kind: 'hideAttributes', as: 'absent' },
      },
    ],
  },
  { title: 'The call', faults: [{ name: 'Call ends', fault: { on: 'any', kind: 'endCall' } }] },
];

/** The buttons and the slider. What they ask for goes to the control interface. */
export class Controls {
  #others = byId('others', HTMLInputElement);
  #othersNow = byId('others-now', HTMLElement);
  #ordered = byId('ordered', HTMLElement);
  #pending = byId('pending', HTMLElement);
  #times = byId('times', HTMLInputElement);

  constructor() {
    this.#others.addEventListener('input', () => {
      const { perSecond } = this.#chosenCrowd();
      this.#tellCrowd(perSecond);
      void this.#ask('PATCH', 'settings', { otherWritesPerSecond: perSecond });
    });
    byId('new-call', HTMLButtonElement).addEventListener('click', () => {
      const attributes = { priority: 'normal', language: 'en' };
      void this.#ask('POST', 'calls', { attributes }, 'A new call has begun.');
    });
    for (const { title, faults } of FAULTS) {
      const buttons = faults.map(({ name, fault }) => this.#faultButton(name, fault));
      const legend = element('legend', {}, title);
      byId('faults', HTMLElement).append(element('fieldset', {}, legend, ...buttons));
    }
  }

  /** @param {Overview} overview */
  show({ otherWritesPerSecond, faults }) {
    const level = CROWDS.findLastIndex(({ perSecond }) => perSecond <= otherWritesPerSecond);
    this.#others.value = String(level);
    this.#tellCrowd(otherWritesPerSecond);
    const pending = faults.map(({ kind, on, left }) => {
      const met = on === 'any' ? 'request' : on;
      return left === null
        ? `${kind}, for every ${met}`
        : `${kind}, for the next ${left === 1 ? met : `${String(left)} ${met}s`}`;
    });
    const items = pending.length === 0 ? ['Nothing'] : pending;
    if (items.join() === [...this.#pending.children].map((item) => item.textContent).join()) return;
    this.#pending.replaceChildren(...items.map((text) => element('li', {}, text)));
  }

  #chosenCrowd() {
    return CROWDS[Number(this.#others.value)] ?? { perSecond: 0, name: '' };
  }

  /** @param {number} perSecond */
  #tellCrowd(perSecond) {
    const known = CROWDS.find((crowd) => crowd.perSecond === perSecond);
    const text = known?.name ?? `${String(perSecond)} writes a second`;
    this.#others.ariaValueText = text;
    setText(this.#othersNow, text);
  }

  /**
   * @param {string} name
   * @param {object} fault
   */
  #faultButton(name, fault) {
    const button = element('button', { type: 'button' }, name);
    button.addEventListener('click', () => {
      if (!this.#times.reportValidity()) return;
      const times = Number(this.#times.value);
      const done = `Ordered: ${name}${times === 1 ? '' : `, ${String(times)} times`}.`;
      void this.#ask('POST', 'faults', { ...fault, times }, done);
    });
    return button;
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {object} body
   * @param {string} [done] what to say when it is done
   */
  async #ask(method, path, body, done = '') {
    try {
      const headers = { 'content-type': 'application/json' };
      const reply = await fetch(path, { method, headers, body: JSON.stringify(body) });
      setText(this.#ordered, reply.ok ? done : `Refused: ${await reply.text()}`);
    } catch {
      setText(this.#ordered, 'The simulator does not answer.');
    }
  }
}
