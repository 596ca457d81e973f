import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const root = join(__dirname, '../..');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'workflows-'));
  await mkdir(join(folder, '.github/workflows'), { recursive: true });
  await mkdir(join(folder, 'scripts'));
  await cp(join(root, 'scripts/lint-workflows.mjs'), join(folder, 'scripts/lint-workflows.mjs'));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** What is said of the workflow of our own that checks every change, with something changed in it. */
async function complaints(change: (text: string) => string): Promise<string> {
  const text = change(await readFile(join(root, '.github/workflows/ci.yml'), 'utf8'));
  await writeFile(join(folder, '.github/workflows/ci.yml'), text);
  return await new Promise((resolve) => {
    const options = { cwd: folder };
    execFile(process.execPath, ['scripts/lint-workflows.mjs'], options, (_, __, stderr) => {
      resolve(stderr);
    });
  });
}

describe('Workflows', () => {
  it('are as they should be', async () => {
    expect(await complaints((text) => text)).toBe('');
  });

  it.each<[string, (text: string) => string, string]>([
    [
      'an action is not pinned by digest',
      (text) => text.replace(/checkout@\w{40}/, 'checkout@v5'),
      'actions/checkout@v5 is not pinned by digest',
    ],
    [
      'a key is none that there is',
      (text) => text.replace('timeout-minutes', 'timeout-minute'),
      'timeout-minute',
    ],
    [
      'an expression names what there is not',
      (text) => text.replace('matrix.os }}', 'matrix.oss }}'),
      'oss',
    ],
  ])('are refused where %s', async (_, change, words) => {
    expect(await complaints(change)).toContain(words);
  });

  it.each(['ci', 'release'])('leave no credentials behind, and may read only: %s', async (name) => {
    const text = await readFile(join(root, `.github/workflows/${name}.yml`), 'utf8');
    const checkouts = text.match(/actions\/checkout@/g) ?? [];
    expect(checkouts.length).toBeGreaterThan(0);
    expect(text.match(/persist-credentials: false/g)).toHaveLength(checkouts.length);
    expect(text).toMatch(/^permissions:\n {2}contents: read$/m);
  });
});
