// Compiles what the package ships into dist/ and puts beside it what n8n reads from there.
import { execFileSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

rmSync('dist', { recursive: true, force: true });
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
cpSync('icons', 'dist/icons', { recursive: true });
cpSync(
  'nodes/GenesysCloud/GenesysCloud.node.json',
  'dist/nodes/GenesysCloud/GenesysCloud.node.json',
);
