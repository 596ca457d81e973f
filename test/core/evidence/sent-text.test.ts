import { describe, expect, it } from '@jest/globals';

import { isSentBefore, sentAfter } from '../../../core/evidence/sent-text';
import { sent } from './acceptances';

/** Three texts that were sent one after the other. */
function inOrder() {
  const [first, second, third] = [sent('1', null), sent('2', '1'), sent('3', '2')];
  first.next = second;
  second.next = third;
  return { first, second, third };
}

describe('A text that this process has sent', () => {
  it('was sent before all that came after it, and before no other one', () => {
    const { first, second, third } = inOrder();
    expect([second, third].map((one) => isSentBefore(first, one))).toEqual([true, true]);
    expect([first, second].map((one) => isSentBefore(second, one))).toEqual([false, false]);
    expect(isSentBefore(first, sent('2', '1'))).toBe(false);
  });

  it('comes before all that was sent after it and not refused', () => {
    const { first, second, third } = inOrder();
    expect([...sentAfter(first)]).toEqual([second, third]);
    second.isRefused = true;
    expect([...sentAfter(first)]).toEqual([third]);
  });
});
