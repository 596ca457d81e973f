/** @import { AttributeMessage, CallMessage, ParticipantMessage, Span } from '../messages' */
import { breakable, element, Listing, setText } from './elements.js';

const PRESENCE = { connected: 'connected', ringing: 'rings', left: 'has left' };

const FLASH_MS = 1200;

/** The calls, with who is on them and the attributes as they truly are. */
export class Calls {
  /** @type {Map<string, CallMessage>} */
  #messages = new Map();
  /** @type {Span} */
  #visibleAfterMs = { from: 0, to: 0 };
  /** @type {Map<string, Call>} */
  #calls = new Map();
  /** @type {Listing<CallMessage, HTMLElement>} */
  #listing;
  #timer = 0;

  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.#listing = new Listing(parent, ({ conversationId }) => {
      const call = new Call(conversationId);
      this.#calls.set(conversationId, call);
      return call.element;
    });
  }

  /** @param {CallMessage} message */
  note(message) {
    this.#messages.set(message.conversationId, message);
  }

  /**
   * Which calls there are, the newest first.
   *
   * @param {readonly string[]} ids
   * @param {Span} visibleAfterMs
   */
  keep(ids, visibleAfterMs) {
    this.#visibleAfterMs = visibleAfterMs;
    const known = ids.flatMap((id) => this.#messages.get(id) ?? []);
    this.#messages = new Map(known.map((message) => [message.conversationId, message]));
  }

  /** @param {readonly string[]} ids */
  show(ids) {
    const things = ids.flatMap((id) => {
      const message = this.#messages.get(id);
      return message ? [/** @type {const} */ ([id, message])] : [];
    });
    let nextChange = Infinity;
    this.#listing.show(things, (_, message) => {
      const change = this.#calls.get(message.conversationId)?.show(message, this.#visibleAfterMs);
      nextChange = Math.min(nextChange, change ?? Infinity);
    });
    clearTimeout(this.#timer);
    if (nextChange === Infinity) return;
    this.#timer = setTimeout(() => {
      this.show(ids);
    }, nextChange);
  }
}

class Call {
  #state = element('span', { className: 'state' });
  /** @type {Map<string, Participant>} */
  #participants = new Map();
  /** @type {Listing<ParticipantMessage, HTMLElement>} */
  #listing;

  /** @param {string} conversationId */
  constructor(conversationId) {
    const title = element('h3', {}, element('code', {}, conversationId), ' ', this.#state);
    const copy = element('button', { type: 'button' }, 'Copy ID');
    copy.addEventListener('click', () => {
      void navigator.clipboard.writeText(conversationId).then(() => {
        copy.textContent = 'Copied';
        setTimeout(() => (copy.textContent = 'Copy ID'), 2000);
      });
    });
    const participants = element('div', {});
    this.element = element(
      'article',
      { className: 'call' },
      element('div', { className: 'title' }, title, copy),
      participants,
    );
    this.#listing = new Listing(participants, (message) => {
      const participant = new Participant(message);
      this.#participants.set(message.id, participant);
      return participant.element;
    });
  }

  /**
   * Gives the time in ms after which it will look different although nothing has happened.
   *
   * @param {CallMessage} message
   * @param {Span} visibleAfterMs
   */
  show({ connected, participants }, visibleAfterMs) {
    setText(this.#state, connected ? 'live' : 'not connected');
    this.#state.dataset['state'] = connected ? 'live' : 'over';
    const things = participants.map((one) => /** @type {const} */ ([one.id, one]));
    let nextChange = Infinity;
    this.#listing.show(things, (_, one) => {
      const change = this.#participants.get(one.id)?.show(one, visibleAfterMs);
      nextChange = Math.min(nextChange, change ?? Infinity);
    });
    return nextChange;
  }
}

class Participant {
  #presence = element('span', {});
  #version = element('span', {});
  #rows = element('tbody', {});
  #more = element('p', { hidden: true });
  #table;
  /** @type {Listing<AttributeMessage, HTMLTableRowElement>} */
  #listing;

  /** @param {ParticipantMessage} message */
  constructor({ purpose }) {
    const head = ['Attribute', 'Value', 'Written by', 'Reads show it'].map((title) =>
      element('th', { scope: 'col' }, title),
    );
    const caption = element('caption', { className: 'unseen' }, `Attributes of ${purpose}`);
    this.#table = element(
      'table',
      {},
      caption,
      element('thead', {}, element('tr', {}, ...head)),
      this.#rows,
    );
    this.element = element(
      'div',
      { className: 'participant' },
      element('h4', {}, purpose, ' ', this.#presence, ' ', this.#version),
      this.#table,
      this.#more,
    );
    this.#listing = new Listing(this.#rows, makeRow);
  }

  /**
   * @param {ParticipantMessage} message
   * @param {Span} visibleAfterMs
   */
  show({ presence, version, movedBy, attributes, moreAttributes }, visibleAfterMs) {
    setText(this.#presence, `· ${PRESENCE[presence]}`);
    const by = movedBy === undefined ? '' : `, moved by: ${movedBy}`;
    setText(this.#version, `· version ${version}${by}`);
    this.#table.hidden = attributes.length === 0;
    const now = Date.now();
    let nextChange = Infinity;
    this.#listing.show(
      attributes.map((one) => /** @type {const} */ ([one.name, one])),
      (row, one) => {
        const visibility = visibilityOf(one, now, visibleAfterMs);
        updateRow(row, one, visibility.text);
        nextChange = Math.min(nextChange, visibility.changesInMs);
      },
    );
    this.#more.hidden = moreAttributes === 0;
    setText(this.#more, `and ${moreAttributes} more`);
    return nextChange;
  }
}

/** @param {AttributeMessage} attribute */
function makeRow({ name }) {
  return element(
    'tr',
    {},
    element('th', { scope: 'row' }, ...breakable(name)),
    element('td', {}),
    element('td', {}),
    element('td', {}),
  );
}

/**
 * @param {HTMLTableRowElement} row
 * @param {AttributeMessage} attribute
 * @param {string} visibility
 */
function updateRow(row, { value, written }, visibility) {
  const [, valueCell, writerCell, visibilityCell] = row.cells;
  if (!valueCell || !writerCell || !visibilityCell) return;
  const stamp = String(written?.version ?? '');
  const isNews = written !== undefined && Date.now() - written.at < FLASH_MS;
  if (row.dataset['version'] !== stamp && isNews) flash(row);
  row.dataset['version'] = stamp;
  setText(valueCell, value);
  setText(writerCell, written ? `${written.by}, version ${written.version}` : 'as it began');
  setText(visibilityCell, visibility);
  row.classList.toggle('pending', visibility.startsWith('not yet'));
}

/** @param {HTMLElement} row */
function flash(row) {
  row.classList.remove('changed');
  // Reading a measure makes the browser notice that the class was away: the animation begins anew.
  row.getBoundingClientRect();
  row.classList.add('changed');
}

/**
 * @param {AttributeMessage} attribute
 * @param {number} now
 * @param {Span} span
 * @returns {{ text: string, changesInMs: number }}
 */
function visibilityOf({ written }, now, span) {
  if (written === undefined) return { text: 'yes', changesInMs: Infinity };
  const age = now - written.at;
  const after = spanText(span);
  if (age < span.from) return { text: `not yet: ${after}`, changesInMs: span.from - age };
  if (age < span.to) return { text: `some reads: ${after}`, changesInMs: span.to - age };
  return { text: span.to === 0 ? 'at once' : `yes, ${after}`, changesInMs: Infinity };
}

/**
 * @param {Span} span
 * @returns {string}
 */
function spanText({ from, to }) {
  const seconds = (/** @type {number} */ ms) => String(Math.round(ms / 10) / 100);
  return from === to ? `after ${seconds(to)} s` : `after ${seconds(from)} to ${seconds(to)} s`;
}
