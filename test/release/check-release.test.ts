import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const script = join(__dirname, '../../scripts/check-release.mjs');
const READY = {
  version: '1.2.0',
  repository: { type: 'git', url: 'git+https://git.example.com/n8n-nodes-genesys-cloud.git' },
  homepage: 'https://git.example.com/n8n-nodes-genesys-cloud',
  bugs: 'https://git.example.com/n8n-nodes-genesys-cloud/issues',
};
const CHANGELOG = '# Changelog\n\n## 1.2.0 - 2026-11-27\n\n- New.\n';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'release-'));
  await mkdir(join(folder, 'scripts'));
  await cp(script, join(folder, 'scripts/check-release.mjs'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** What the check says of such a package, and whether it lets it go. */
async function check(tag: string, manifest: object, changelog: string) {
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(folder, 'CHANGELOG.md'), changelog);
  return await new Promise<{ failed: boolean; said: string }>((resolve) => {
    const file = join(folder, 'scripts/check-release.mjs');
    execFile(process.execPath, [file, tag], (error, _, stderr) => {
      resolve({ failed: error !== null, said: stderr });
    });
  });
}

describe('A release', () => {
  it('goes on where tag, version and changelog agree, and the package says where it comes from', async () => {
    expect(await check('v1.2.0', READY, CHANGELOG)).toEqual({ failed: false, said: '' });
  });

  it.each<[string, string, object, string, string]>([
    ['the tag is another version', 'v1.2.1', READY, CHANGELOG, 'The tag is v1.2.1'],
    ['there is no tag', '', READY, CHANGELOG, 'The tag is'],
    [
      'nobody has said where the source is',
      'v1.2.0',
      { ...READY, repository: undefined },
      CHANGELOG,
      '"repository" is missing',
    ],
    [
      'it has no homepage',
      'v1.2.0',
      { ...READY, homepage: '' },
      CHANGELOG,
      '"homepage" is missing',
    ],
    [
      'the changelog does not know the version',
      'v1.2.0',
      READY,
      CHANGELOG.replace('1.2.0', '1.1.0'),
      'no section "## 1.2.0"',
    ],
    [
      'the changelog has no date for it',
      'v1.2.0',
      READY,
      CHANGELOG.replace('- 2026-11-27', '(not released yet)'),
      'has no date at its end',
    ],
  ])('is refused where %s', async (_, tag, manifest, changelog, words) => {
    const { failed, said } = await check(tag, manifest, changelog);
    expect(failed).toBe(true);
    expect(said).toContain(words);
  });
});
