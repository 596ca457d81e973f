// Checks what the package ships, after a build: the files that n8n and npm's page need, no others, and
// how large it is.
import { execFileSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';

const LARGEST_BYTES = 300_000;
const ALLOWED = [
  /^dist\/(core|credentials|genesys|nodes)\/.+\.js$/,
  /^dist\/nodes\/.+\.node\.json$/,
  /^dist\/genesys\/stores\/json\/versioned-kinds\.json$/,
  /^dist\/icons\/[^/]+\.svg$/,
  /^docs\/([^/]+\.md|output\.png)$/,
  /^examples\/[^/]+\.json$/,
  /^(LICENSE|README\.md|package\.json)$/,
];

const [{ files, size }] = JSON.parse(
  execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }),
);
const packed = files.map(({ path }) => path);
const built = globSync('{core,credentials,genesys,nodes}/**/*.ts').map(
  (file) => `dist/${file.replace(/\.ts$/, '.js')}`,
);
const needed = [
  ...built,
  ...globSync('nodes/**/*.node.json').map((file) => `dist/${file}`),
  ...globSync('icons/*.svg').map((file) => `dist/${file}`),
  ...globSync(['docs/*.md', 'examples/*']),
];
const complaints = [
  ...needed.filter((file) => !packed.includes(file)).map((file) => `${file} is not packed`),
  ...packed
    .filter((file) => !ALLOWED.some((pattern) => pattern.test(file)))
    .map((file) => `${file} is packed`),
  ...(size > LARGEST_BYTES
    ? [`It has ${size} bytes, and is to have ${LARGEST_BYTES} at most`]
    : []),
];
if (!existsSync('dist')) complaints.push('Nothing was built');

console.log(`${packed.length} files, ${size} bytes`);
for (const complaint of complaints) console.error(complaint);
process.exitCode = complaints.length > 0 ? 1 : 0;
