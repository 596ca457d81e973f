import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Reply } from '../replies';

/** Where the window is, and below it all that it is made of. */
export const WINDOW_PATH = '/_simulator/';

const FOLDER = join(__dirname, 'page');

const HTML = 'text/html; charset=utf-8';
const CSS = 'text/css; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';

/** Nothing else is served from the folder. */
const FILES = new Map([
  ['', { file: 'index.html', contentType: HTML }],
  ['window.css', { file: 'window.css', contentType: CSS }],
  ...['window.js', 'calls.js', 'controls.js', 'elements.js', 'requests.js'].map(
    (file) => [file, { file, contentType: SCRIPT }] as const,
  ),
]);

/** The page loads nothing from elsewhere, and nobody puts it into a frame. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

/** One of the page's files; undefined where the path names none. */
export async function pageFile(method: string, path: string): Promise<Reply | undefined> {
  const found = method === 'GET' ? FILES.get(path.slice(WINDOW_PATH.length)) : undefined;
  if (found === undefined) return undefined;
  return {
    status: 200,
    headers: { ...HEADERS, 'content-type': found.contentType },
    body: await readFile(join(FOLDER, found.file), 'utf8'),
    applied: false,
  };
}
