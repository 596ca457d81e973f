import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const folder = join(__dirname, '../../examples');
const files = readdirSync(folder);

interface Example {
  readonly nodes: readonly {
    readonly name: string;
    readonly type: string;
    readonly parameters: Readonly<Record<string, unknown>>;
    readonly credentials?: Readonly<Record<string, { readonly id: string | null }>>;
  }[];
  readonly pinData: object;
  readonly connections: Readonly<
    Record<string, { readonly main: readonly (readonly { readonly node: string }[])[] }>
  >;
}

describe('The examples', () => {
  it('are twelve, and README names each of them', () => {
    expect(files).toHaveLength(12);
    const readme = readFileSync(join(folder, '../README.md'), 'utf8');
    for (const file of files) expect(readme).toContain(`examples/${file}`);
  });

  it.each(files)('%s explains itself and holds nothing of whoever made it', (file) => {
    const example = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Example;
    const notes = example.nodes.filter(({ type }) => type === 'n8n-nodes-base.stickyNote');
    expect(notes.map(({ parameters }) => parameters['content'])).toEqual([
      expect.stringContaining('**To use it'),
    ]);
    const ours = example.nodes.filter(({ type }) => type.startsWith('n8n-nodes-genesys-cloud.'));
    expect(ours.length).toBeGreaterThan(0);
    const ids = example.nodes.flatMap(({ credentials = {} }) =>
      Object.values(credentials).map(({ id }) => id),
    );
    expect(ids.length).toBeGreaterThan(0);
    expect(ids.every((id) => id === null)).toBe(true);
    expect(example.pinData).toEqual({});
  });
});

describe('The example of a CRM', () => {
  it('answers that it was not taken over where what somebody else wrote stands, and else that it was', () => {
    const file = readFileSync(join(folder, 'crm-trigger-policy-fail.json'), 'utf8');
    const { connections, nodes } = JSON.parse(file) as Example;
    const parametersOf = (name = '') => nodes.find((node) => node.name === name)?.parameters;
    const after = (name = '') => connections[name]?.main.map(([next]) => next?.node) ?? [];
    const [branch] = after('Set Participant Attributes');
    expect(parametersOf(branch)).toMatchObject({
      conditions: {
        conditions: [
          {
            leftValue: '={{ $json.outcome }}',
            rightValue: 'superseded',
            operator: { type: 'string', operation: 'equals' },
          },
        ],
      },
    });
    const [theirs, ours] = after(branch).map((name) => parametersOf(name));
    expect(theirs).toMatchObject({
      responseBody: expect.stringContaining('$json.superseded'),
      options: { responseCode: 409 },
    });
    expect(ours).toMatchObject({ options: {} });
    expect(ours?.['options']).not.toHaveProperty('responseCode');
  });
});
