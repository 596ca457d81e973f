import { describe, expect, it } from '@jest/globals';

import type { ResourceKind } from '../../simulator';
import type { ResourceProcessSettings } from './resource-process';
import { stranger } from './resource-runs';
import { runProcess } from './run-process';
import { simulatorForEachTest } from './set-up';

const ten = Array.from({ length: 10 }, (_, index) => index);

describe('Two processes with ten updates each of one resource, beside a stranger', () => {
  const simulator = simulatorForEachTest({ latencyMs: 20 });

  it.each<[ResourceKind, 'PUT' | 'PATCH']>([
    ['groups', 'PUT'],
    ['users', 'PATCH'],
  ])('lose nothing of anybody: %s', async (kind, method) => {
    const resource = simulator.current.addResource(kind, { fields: { description: 'x' } });
    const { url, clientId, clientSecret } = simulator.current;
    const startAt = Date.now() + 4000;
    const namesOf = (number: number) => ten.map((index) => `p${number}.${index}`);
    const stop = stranger(resource, 90);
    const outcomes = await Promise.all(
      [1, 2].map(async (number) => {
        const { path } = resource;
        const target = { kind, method, path };
        const names = namesOf(number);
        const settings: ResourceProcessSettings = {
          ...{ url, clientId, clientSecret, target, names, startAt },
        };
        return (await runProcess('resource-process.ts', settings)) as string[];
      }),
    );
    const strangers = Array.from({ length: stop() }, (_, index) => `stranger${index}`);
    expect(outcomes.flat()).toEqual(Array.from({ length: 20 }, () => 'written'));
    const names = Object.keys(resource.fields);
    expect(names).toEqual(expect.arrayContaining([...namesOf(1), ...namesOf(2), ...strangers]));
    expect(strangers.length).toBeGreaterThan(0);
  });
});
