import { describe, expect, it } from '@jest/globals';

import { isSetByOthers } from '../../core/change';
import { partsOf } from './cycle/updating';

describe('A part was set by somebody else', () => {
  it.each([
    ['where it is neither as it was nor as it is wanted', 'old', 'theirs', 'new', true],
    ['not where it is as it was', 'old', 'old', 'new', false],
    ['not where it is as it is wanted', 'old', 'new', 'new', false],
    ['where it was removed', 'old', null, 'new', true],
    ['not where it was removed as it is wanted', 'old', null, null, false],
    ['not where nothing takes the place of an empty text', '', null, 'new', false],
    ['not where it is empty, and to be removed', 'old', '', null, false],
    ['where it was not there', null, 'theirs', 'new', true],
  ])('%s', (_, before, now, wanted, expected) => {
    const view = { first: partsOf({ a: before }), read: partsOf({ a: now }) };
    expect(isSetByOthers(view, 'a', wanted)).toBe(expected);
  });
});
