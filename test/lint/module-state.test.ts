import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

import { moduleState } from './module-state';

const root = join(__dirname, '../..');
const files = ['core', 'genesys', 'nodes', 'credentials'].flatMap((room) =>
  readdirSync(join(root, room), { encoding: 'utf8', recursive: true })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(room, name)),
);

describe('What a process shares', () => {
  it('is one object, and no variable of any other module', () => {
    const found = files.flatMap((file) =>
      moduleState(readFileSync(join(root, file), 'utf8')).map((line) => `${file}: ${line}`),
    );
    expect(files.length).toBeGreaterThan(100);
    expect(found).toEqual(['genesys/shared.ts: export const shared = new Shared();']);
  });

  it.each([
    'let count = 0;',
    'export let current: string | undefined;',
    'const seen = new WeakSet();',
    'const tokens = new Map<string, string>();',
    'const tokens: Map<string, string> = new Map();',
    'const limits = new LimitsOfClients();',
    'const lanes = makeLanes();',
    'const lanes = make(); function make() { return new Lanes(); }',
    'const shared = { tokens: new Map() };',
    'const names: string[] = [];',
    'const names = ["a"]; export const add = () => { names.push("b"); };',
    'const names = new Set(["a"]); export const add = () => { names.add("b"); };',
    'const last = { at: 0 }; export const note = () => { last.at = 1; };',
    'subscribe("channel", () => undefined);',
    'class Counter { static count = 0; }',
    'class Counter { static readonly all = new Map(); }',
  ])('is found where a module keeps it: %s', (text) => {
    expect(moduleState(text)).toHaveLength(1);
  });

  it.each([
    'const NAMES = new Set(["a", "b"]);',
    'const LIMIT_MS = 60 * 1000;',
    'const reply = z.looseObject({ id: z.string().nullish() });',
    'const STATES = { a: "A" }; export const keys = Object.keys(STATES).map((key) => key);',
    'export const later = () => new Map();',
    'export class Tokens { private readonly tokens = new Map(); }',
    'const clock = { now: () => performance.now() };',
    'const NO_CHANGES: ReadonlyMap<string, string> = new Map();',
    'const RULE = rule("a"); function rule(name: string) { return { name }; }',
    'const NO_NAMES: readonly string[] = [];',
    'const ENOUGH = new (class Enough extends Error {})();',
  ])('is nothing that stays as it is: %s', (text) => {
    expect(moduleState(text)).toEqual([]);
  });
});
