import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = join(__dirname, '../..');

interface DataAction {
  readonly config: {
    readonly request: { readonly requestUrlTemplate: string; readonly requestType: string };
    readonly response: { readonly translationMap: Readonly<Record<string, string>> };
  };
  readonly contract: {
    readonly input: { readonly inputSchema: { readonly properties: object } };
    readonly output: { readonly successSchema: { readonly properties: object } };
  };
}

interface Workflow {
  readonly nodes: readonly {
    readonly name: string;
    readonly parameters: Readonly<Record<string, unknown>>;
  }[];
}

describe('The data action for Architect', () => {
  const readme = readFileSync(join(root, 'docs/conversation-id.md'), 'utf8');
  const [, written = ''] = /```json\n(\{\n {2}"name": "Enrich Call[^`]+)```/.exec(readme) ?? [];
  const action = JSON.parse(written) as DataAction;
  const source = readFileSync(join(root, 'examples/webhook-crm-lookup.json'), 'utf8');
  const { nodes } = JSON.parse(source) as Workflow;
  const parametersOf = (name: string) => nodes.find((node) => node.name === name)?.parameters ?? {};

  it('calls the webhook of the example, by its method', () => {
    const { path, httpMethod } = parametersOf('Call Comes In');
    const { requestUrlTemplate, requestType } = action.config.request;
    expect(new URL(requestUrlTemplate).pathname).toBe(`/webhook/${String(path)}`);
    expect(requestType).toBe(httpMethod);
  });

  it('sends what the example reads of the body, and no more', () => {
    const read = [...source.matchAll(/json\.body\.(\w+)/g)].map(([, name]) => name);
    expect(Object.keys(action.contract.input.inputSchema.properties).toSorted()).toEqual(
      [...new Set(read)].toSorted(),
    );
  });

  it('gives the flow something that the example answers', () => {
    const { responseBody } = parametersOf('Answer: Written');
    const { translationMap } = action.config.response;
    expect(Object.keys(action.contract.output.successSchema.properties)).toEqual(
      Object.keys(translationMap),
    );
    for (const path of Object.values(translationMap)) {
      expect(responseBody).toContain(`${path.replace('$.', '')}:`);
    }
  });
});
