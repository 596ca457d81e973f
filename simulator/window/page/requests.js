/** @import { RequestMessage, RequestsMessage, Verdict } from '../messages' */
import { breakable, element, Listing, setText } from './elements.js';

const MAX_ROWS = 200;
/** A screen reader is told of conflicts and refusals no more often. */
const ANNOUNCE_EVERY_MS = 5000;

/** @type {Readonly<Record<Verdict, { sign: string, text: string, trouble: boolean }>>} */
const VERDICTS = {
  inFlight: { sign: '…', text: 'under way', trouble: false },
  ok: { sign: '✓', text: 'OK', trouble: false },
  conflict: { sign: '⚡', text: 'conflict', trouble: true },
  refused: { sign: '✗', text: 'refused', trouble: true },
  falseSuccess: { sign: '!', text: 'says success, but nothing was applied', trouble: true },
  noReply: { sign: '⌁', text: 'no reply', trouble: true },
};

/** What is counted, in the order in which it is shown. */
const COUNTED = /** @type {const} */ ([
  ['requests', 'Requests'],
  ['conflict', 'Conflicts'],
  ['refused', 'Refusals'],
  ['noReply', 'No reply'],
  ['falseSuccess', 'False successes'],
]);

const UUID = /([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

const CLOCK = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 1,
});

/** The journal, the newest request first. */
export class Requests {
  /** @type {Map<number, RequestMessage>} */
  #requests = new Map();
  /** @type {Map<string, number>} */
  #counts = new Map(COUNTED.map(([key]) => [key, 0]));
  /** @type {Listing<RequestMessage, HTMLTableRowElement>} */
  #listing;
  /** @type {Map<string, HTMLElement>} */
  #countCells = new Map();
  #unannounced = { conflict: 0, refused: 0 };
  #timer = 0;

  /**
   * @param {object} places
   * @param {HTMLElement} places.rows
   * @param {HTMLElement} places.counts
   * @param {HTMLElement} places.news
   */
  constructor({ rows, counts, news }) {
    this.news = news;
    this.#listing = new Listing(rows, makeRow);
    for (const [key, title] of COUNTED) {
      const cell = element('dd', {}, '0');
      this.#countCells.set(key, cell);
      counts.append(element('div', { className: key }, element('dt', {}, title), cell));
    }
  }

  /** The stream begins anew. */
  clear() {
    this.#requests.clear();
    for (const key of this.#counts.keys()) this.#counts.set(key, 0);
  }

  /** @param {RequestsMessage} message */
  note({ requests, leftOut }) {
    this.#add('requests', leftOut);
    for (const request of requests) {
      const before = this.#requests.get(request.number);
      if (!before) this.#add('requests', 1);
      if (before?.verdict !== request.verdict) this.#count(request.verdict);
      this.#requests.set(request.number, request);
    }
    const kept = [...this.#requests.values()]
      .sort((one, other) => one.number - other.number)
      .slice(-MAX_ROWS);
    this.#requests = new Map(kept.map((request) => [request.number, request]));
  }

  show() {
    const newestFirst = [...this.#requests.values()].reverse();
    this.#listing.show(
      newestFirst.map((request) => /** @type {const} */ ([String(request.number), request])),
      updateRow,
    );
    for (const [key, cell] of this.#countCells) setText(cell, String(this.#counts.get(key)));
  }

  /** @param {Verdict} verdict */
  #count(verdict) {
    if (!VERDICTS[verdict].trouble) return;
    this.#add(verdict, 1);
    if (verdict !== 'conflict' && verdict !== 'refused') return;
    this.#unannounced[verdict] += 1;
    if (this.#timer !== 0) return;
    this.#timer = setTimeout(() => {
      const { conflict, refused } = this.#unannounced;
      this.#unannounced = { conflict: 0, refused: 0 };
      this.#timer = 0;
      setText(this.news, `Conflicts: ${conflict}, refusals: ${refused}, in the last 5 seconds`);
    }, ANNOUNCE_EVERY_MS);
  }

  /**
   * @param {string} key
   * @param {number} more
   */
  #add(key, more) {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + more);
  }
}

/** @param {RequestMessage} request */
function makeRow({ at, method, path }) {
  const time = new Date(at);
  const clock = CLOCK.format(time);
  return element(
    'tr',
    {},
    element('td', {}, element('time', { dateTime: time.toISOString() }, clock)),
    element('td', {}, element('b', {}, method), ' ', ...breakable(shortened(path))),
    element('td', {}),
  );
}

/**
 * @param {HTMLTableRowElement} row
 * @param {RequestMessage} request
 */
function updateRow(row, request) {
  const { verdict } = request;
  const cell = row.cells[2];
  const stamp = `${verdict} ${String(request.applied)}`;
  if (!cell || row.dataset['stamp'] === stamp) return;
  row.dataset['stamp'] = stamp;
  row.dataset['verdict'] = verdict;
  row.classList.toggle('trouble', VERDICTS[verdict].trouble);
  const sign = element('span', { className: 'sign', ariaHidden: 'true' }, VERDICTS[verdict].sign);
  const notes = notesOn(request);
  cell.replaceChildren(
    element('span', { className: 'verdict' }, sign, ' ', verdictText(request)),
    ...(notes === '' ? [] : [' ', element('span', { className: 'notes' }, notes)]),
  );
}

/** @param {RequestMessage} request */
function verdictText({ verdict, status, applied }) {
  const { text } = VERDICTS[verdict];
  if (verdict === 'noReply') return applied ? `${text}, but applied` : `${text}, not applied`;
  return status === null ? text : `${String(status)} ${text}`;
}

/** @param {RequestMessage} request */
function notesOn({ client, tookMs, fault, repeated }) {
  const notes = [
    ...(client === null ? [] : [`client ${String(client)}`]),
    ...(tookMs === null ? [] : [`${String(tookMs)} ms`]),
    ...(fault === null ? [] : [`fault: ${fault}`]),
    ...(repeated ? ['sent again by a gateway'] : []),
  ];
  return notes.join(' · ');
}

/**
 * The first part of an ID tells it from the others here, and the beginning is always the same.
 *
 * @param {string} path
 */
function shortened(path) {
  return path.replace(/^\/api\/v2\//, '').replaceAll(UUID, '$1…');
}
