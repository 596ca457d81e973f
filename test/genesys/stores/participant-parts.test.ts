import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  attributeName,
  attributePart,
  byAttribute,
  CONTACT_PART,
  partsOf,
} from '../../../genesys/stores/participant-parts';

describe('The part that holds an attribute', () => {
  const name = fc.oneof(
    fc.string(),
    fc.constantFrom('__proto__', CONTACT_PART, '\u0000', `\u0000${CONTACT_PART}`),
  );

  it('is never that of the external contact, whatever the name of the attribute', () => {
    fc.assert(
      fc.property(name, (given) => {
        expect(attributePart(given)).not.toBe(CONTACT_PART);
        expect(attributeName(attributePart(given))).toBe(given);
      }),
    );
  });

  it('is another one for each name', () => {
    fc.assert(
      fc.property(fc.uniqueArray(name), (names) => {
        expect(new Set(names.map(attributePart)).size).toBe(names.length);
      }),
    );
  });
});

describe('What a participant holds', () => {
  it('has its attributes and its external contact apart', () => {
    const attributes = { a: '1', [CONTACT_PART]: 'an attribute' };
    const parts = partsOf(attributes, 'contact');
    expect(Object.fromEntries(byAttribute(parts))).toEqual(attributes);
    expect(parts.get(CONTACT_PART)).toBe('contact');
    expect(partsOf(attributes).has(CONTACT_PART)).toBe(false);
  });
});
