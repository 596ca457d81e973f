// Compiles what the package ships into dist/ and puts beside it what n8n reads from there: icons, and
// for each node the file that says where it is found.
import { execFileSync } from 'node:child_process';
import { cpSync, globSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const { n8n } = JSON.parse(readFileSync('package.json', 'utf8'));

rmSync('dist', { recursive: true, force: true });
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
cpSync('icons', 'dist/icons', { recursive: true });
for (const codex of globSync('nodes/**/*.node.json')) cpSync(codex, `dist/${codex}`);

// n8n loads what package.json lists, and nothing else.
for (const [kind, listed] of Object.entries({ node: n8n.nodes, credentials: n8n.credentials })) {
  for (const file of globSync(`dist/**/*.${kind}.js`)) {
    if (!listed.includes(file)) throw new Error(`package.json does not list ${file}.`);
  }
}
