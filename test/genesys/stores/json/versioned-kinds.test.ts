import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { kindWrittenBy, versionedKinds } from '../../../../genesys/stores/json/versioned-kinds';

const sdk = dirname(require.resolve('purecloud-platform-client-v2/package.json'));
const declared = readFileSync(join(sdk, 'index.d.ts'), 'utf8');
const apis = join(sdk, 'src/purecloud-platform-client-v2/api');

/** What the SDK declares between braces, by its name. */
function declaredAs(name: RegExp): ReadonlyMap<string, string> {
  const all = declared.matchAll(new RegExp(`interface ${name.source} \\{([^]*?)\\n\\t\\}`, 'g'));
  return new Map([...all].map(([, key = '', body = '']) => [key, body]));
}

const models = declaredAs(/(\w+)/);
const options = declaredAs(/(\w+)Options/);
const bodies = new Map(
  [...declared.matchAll(/\b(\w+)\([^)\n]*\bbody: (?:Array<)?Models\.(\w+)/g)].map(
    ([, method = '', model = '']) => [method, model],
  ),
);

/** The model of the body that a method of the SDK takes, by its name. */
function bodyOf(method: string): string | undefined {
  const optional = /"body"\?: (?:Array<)?Models\.(\w+)/.exec(options.get(method) ?? '');
  return bodies.get(method) ?? optional?.[1];
}

/** All writes of the SDK whose body has a version. */
function versionedWrites(): string[] {
  return readdirSync(apis).flatMap((file) =>
    readFileSync(join(apis, file), 'utf8')
      // A method of the class begins here, with all that is in it behind.
      .split(/\n\t(?=\w+\(.*\{)/)
      .flatMap((method) => {
        const [, name = ''] = /^(\w+)\(/.exec(method) ?? [];
        const call = /callApi\(\s*'(\/api\/v2\/[^']*)',\s*'(PUT|PATCH)'/.exec(method);
        const model = models.get(bodyOf(name) ?? '') ?? '';
        return call && /"version"\??: number/.test(model) ? [`${call[2]} ${call[1]}`] : [];
      }),
  );
}

describe('The list of what has a version', () => {
  it('is what the official SDK declares', () => {
    const listed = versionedKinds.map(({ method, path }) => `${method} ${path}`);
    const all = new Set(versionedWrites());
    // Not in the list so far: it goes by its path.
    all.delete('PUT /api/v2/outbound/schedules/whatsappcampaigns/{whatsAppCampaignId}');
    expect(listed.toSorted()).toEqual([...all].toSorted());
    expect(listed).toHaveLength(71);
  });

  it('has a name for each, and is in their order', () => {
    const names = versionedKinds.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.map((name) => name.toLowerCase())).toEqual(
      names.map((name) => name.toLowerCase()).toSorted(),
    );
  });

  it('says of IDs only what is in the path', () => {
    for (const { otherIds = [], path } of versionedKinds) {
      for (const id of otherIds) expect(path).toContain(`{${id}}`);
    }
  });

  const id = '2f9e3c1a-5b7d-4e8f-9a0b-1c2d3e4f5a6b';

  it.each<[string, string, boolean]>([
    ['PUT', '/api/v2/groups/{groupId}', true],
    ['PUT', `/api/v2/groups/${id}`, true],
    ['PUT', '/api/v2/groups/search', false],
    ['PATCH', `/api/v2/groups/${id}`, false],
    ['PUT', `/api/v2/groups/${id}/x`, false],
    ['PATCH', '/api/v2/integrations/actions/static_1', true],
    ['PUT', `/api/v2/conversations/${id}/secureattributes`, true],
    ['PATCH', '/api/v2/conversations/calls/secureattributes', false],
    ['PUT', `/api/v2/conversations/${id}/participants/${id}`, false],
  ])('knows %s %s: %s', (method, path, isKnown) => {
    expect(kindWrittenBy(method, path) !== undefined).toBe(isKnown);
  });
});
