/** @import { Messages, Overview } from '../messages' */
import { Calls } from './calls.js';
import { Controls } from './controls.js';
import { byId, setText } from './elements.js';
import { Requests } from './requests.js';

const FLAVOURS = new Map([
  ['versioned', 'Participants have a version (GET and PUT)'],
  ['public', 'As the public API is today (PATCH, no version)'],
]);

const journal = byId('journal', HTMLTableElement);
const [rows] = journal.tBodies;
if (!rows) throw new Error('The table of requests has no body');

const calls = new Calls(byId('calls', HTMLElement));
const controls = new Controls();
const requests = new Requests({
  rows,
  counts: byId('counts', HTMLElement),
  news: byId('news', HTMLElement),
});

/** @type {Overview | undefined} */
let overview;
let paused = false;
let frame = 0;

/** Shows what has come in, no more often than the screen is drawn. */
function showSoon() {
  if (!paused) frame ||= requestAnimationFrame(show);
}

function show() {
  frame = 0;
  if (!overview) return;
  controls.show(overview);
  calls.show(overview.calls);
  requests.show();
  setText(byId('flavour', HTMLElement), FLAVOURS.get(overview.flavour) ?? overview.flavour);
  const older = byId('older-calls', HTMLElement);
  older.hidden = overview.olderCalls === 0;
  setText(older, `Older calls that are not shown: ${String(overview.olderCalls)}`);
}

const stream = new EventSource('events');

/**
 * @template {keyof Messages} Name
 * @param {Name} name
 * @param {(message: Messages[Name]) => void} take
 */
function on(name, take) {
  stream.addEventListener(name, ({ data }) => {
    /** @type {unknown} */
    const message = JSON.parse(String(data));
    take(/** @type {Messages[Name]} */ (message));
    showSoon();
  });
}

on('overview', (message) => {
  overview = message;
  calls.keep(message.calls, message.visibleAfterMs);
});
on('call', (message) => {
  calls.note(message);
});
on('requests', (message) => {
  requests.note(message);
});

const connection = byId('connection', HTMLElement);
stream.addEventListener('open', () => {
  // It tells everything anew.
  requests.clear();
  setText(connection, 'Live');
  connection.dataset['state'] = 'live';
});
stream.addEventListener('error', () => {
  setText(connection, 'The simulator does not answer. Trying again …');
  connection.dataset['state'] = 'lost';
});

const pause = byId('pause', HTMLButtonElement);
pause.addEventListener('click', () => {
  paused = !paused;
  pause.ariaPressed = String(paused);
  showSoon();
});

byId('only-trouble', HTMLInputElement).addEventListener('change', ({ target }) => {
  journal.classList.toggle('only-trouble', target instanceof HTMLInputElement && target.checked);
});
