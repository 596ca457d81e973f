import { describe, expect, it } from '@jest/globals';

import { Gate } from '../../../genesys/limits/gate';
import { ManualClock } from './manual-clock';

describe('a gate', () => {
  it('is open at first', () => {
    expect(new Gate(new ManualClock()).closedForMs()).toBe(0);
    expect(new Gate().closedForMs()).toBe(0);
  });

  it('stays closed for as long as it was told, and then opens', () => {
    const clock = new ManualClock();
    const gate = new Gate(clock);
    gate.close(2000);
    expect(gate.closedForMs()).toBe(2000);
    clock.advance(1999);
    expect(gate.closedForMs()).toBe(1);
    clock.advance(1);
    expect(gate.closedForMs()).toBe(0);
    clock.advance(10_000);
    expect(gate.closedForMs()).toBe(0);
  });

  it('is never opened earlier by a shorter closure', () => {
    const clock = new ManualClock();
    const gate = new Gate(clock);
    gate.close(5000);
    clock.advance(1000);
    gate.close(100);
    gate.close(0);
    expect(gate.closedForMs()).toBe(4000);
  });

  it('is kept closed by a longer closure, and may close again', () => {
    const clock = new ManualClock();
    const gate = new Gate(clock);
    gate.close(1000);
    clock.advance(500);
    gate.close(1000);
    expect(gate.closedForMs()).toBe(1000);
    clock.advance(5000);
    gate.close(300);
    expect(gate.closedForMs()).toBe(300);
  });

  it('runs on the clock of the machine by default', () => {
    const gate = new Gate();
    gate.close(60_000);
    expect(gate.closedForMs()).toBeGreaterThan(59_000);
    expect(gate.closedForMs()).toBeLessThanOrEqual(60_000);
  });
});

describe('A closure beyond all reason', () => {
  it('ends after an hour', () => {
    const clock = new ManualClock();
    const gate = new Gate(clock);
    gate.close(Number.MAX_SAFE_INTEGER);
    expect(gate.closedForMs()).toBe(3_600_000);
  });
});
