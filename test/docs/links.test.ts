import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = join(__dirname, '../..');
const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', 'bench/results.md'],
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const withoutCode = (text: string) => text.replace(/```.*?```/gs, '').replace(/`[^`\n]*`/g, 'code');

/** What GitHub makes of headings for links to them. */
function anchorsOf(text: string): Set<string> {
  const headings = [...text.replace(/```.*?```/gs, '').matchAll(/^#{1,6} (.+)$/gm)];
  return new Set(
    headings.map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replace(/\s/g, '-'),
    ),
  );
}

/** Why a link of a page leads nowhere; `undefined` where it leads somewhere, or out of the project. */
function complaint(page: string, link: string): string | undefined {
  if (/^(https?|mailto):/.test(link)) return undefined;
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(root, target))) return `${link}: there is no such file`;
  if (anchor === undefined || anchorsOf(read(target)).has(anchor)) return undefined;
  return `${link}: there is no such heading`;
}

describe('A page', () => {
  it.each(pages)('has no link that leads nowhere: %s', (page) => {
    const links = [...withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)];
    const complaints = links.map(([, link = '']) => complaint(page, link));
    expect(complaints.filter(Boolean)).toEqual([]);
  });

  it('would be told of one that does', () => {
    expect(complaint('README.md', 'docs/nowhere.md')).toContain('no such file');
    expect(complaint('README.md', 'docs/tuning.md#nowhere')).toContain('no such heading');
    expect(complaint('docs/tuning.md', '#many-updates-at-once')).toBeUndefined();
  });

  it.each(pages)('names no script that there is not: %s', (page) => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...read(page).matchAll(/\bnpm run ([\w:]+)/g)].map(([, name]) => name);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
  });

  it('shows no image on the page at npm that npm could not find', () => {
    const images = [...read('README.md').matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(([, url]) => url);
    const { files } = JSON.parse(read('package.json')) as { files: string[] };
    expect(images.length).toBeGreaterThan(0);
    for (const url of images) {
      const [, file = ''] =
        /^https:\/\/unpkg\.com\/n8n-nodes-genesys-cloud\/(.+)$/.exec(url ?? '') ?? [];
      expect(existsSync(join(root, file))).toBe(true);
      expect(files).toContain(file);
    }
    expect(read('README.md')).not.toContain('```mermaid');
  });
});
