import { describe, expect, it } from '@jest/globals';

import { Slots } from '../../../nodes/GenesysCloud/running/slots';

describe('A slot that is given back', () => {
  it('goes to those who had one before, then to the others, each in turn', async () => {
    const slots = new Slots(1);
    const log: string[] = [];
    await slots.take();
    const takers = [
      slots.take().then(() => log.push('first')),
      slots.take().then(() => log.push('second')),
      slots.takeAgain().then(() => log.push('back')),
      slots.takeAgain().then(() => log.push('back, too')),
    ];
    while (log.length < takers.length) {
      slots.giveBack();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(takers);
    expect(log).toEqual(['back', 'back, too', 'first', 'second']);
  });

  it('is there for whoever comes next, where nobody waits', async () => {
    const slots = new Slots(1);
    await slots.take();
    slots.giveBack();
    await slots.take();
    let isTaken = false;
    void slots.take().then(() => (isTaken = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(isTaken).toBe(false);
  });
});
