import { describe, expect, it } from '@jest/globals';

import { Queue } from '../../../genesys/limits/queue';

describe('a queue', () => {
  it('is first in, first out', () => {
    const queue = new Queue<string>();
    for (const item of ['one', 'two', 'three']) queue.push(item);
    expect([queue.size, queue.first()]).toEqual([3, 'one']);
    queue.shift();
    expect([queue.size, queue.first()]).toEqual([2, 'two']);
    queue.shift();
    queue.shift();
    queue.shift();
    expect([queue.size, queue.first()]).toEqual([0, undefined]);
    queue.push('four');
    expect(queue.first()).toBe('four');
  });

  it('lets anybody leave from anywhere, once', () => {
    const queue = new Queue<string>();
    const [one, two] = ['one', 'two', 'three', 'four'].map((item) => queue.push(item));
    queue.remove(two ?? NaN);
    queue.remove(one ?? NaN);
    queue.remove(one ?? NaN);
    expect(queue.size).toBe(2);
    queue.shift();
    expect([queue.size, queue.first()]).toEqual([1, 'four']);
  });
});
