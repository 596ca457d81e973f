import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const PERMISSIVE = new Set(['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD']);

interface Manifest {
  readonly name: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** All packages that come with one, by name, with their licence. */
function shippedWith(folder: string, found = new Map<string, string>()): Map<string, string> {
  const read = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Manifest;
  const { dependencies = {} } = read(join(folder, 'package.json'));
  const places = createRequire(join(folder, 'package.json')).resolve.paths('x') ?? [];
  for (const name of Object.keys(dependencies)) {
    for (const place of places) {
      const inner = join(place, name);
      let manifest: Manifest;
      try {
        manifest = read(join(inner, 'package.json'));
      } catch {
        continue;
      }
      found.set(name, manifest.license ?? 'none');
      shippedWith(inner, found);
      break;
    }
  }
  return found;
}

describe("What ends up in people's n8n", () => {
  const licences = shippedWith(join(__dirname, '../..'));

  it('is five packages beside our own', () => {
    expect([...licences.keys()].toSorted()).toEqual([
      'is-network-error',
      'p-retry',
      'proxy-from-env',
      'undici',
      'zod',
    ]);
  });

  it.each([...licences])('may be shipped: %s is under %s', (_, licence) => {
    expect(PERMISSIVE).toContain(licence);
  });
});
