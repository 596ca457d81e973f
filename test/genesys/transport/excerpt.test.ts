import { describe, expect, it } from '@jest/globals';

import { excerpt, quoted } from '../../../genesys/transport/excerpt';

describe('A foreign text in a message', () => {
  it.each(['', 'x', 'x'.repeat(200)])('is there as a whole up to 200 characters', (text) => {
    expect(excerpt(text)).toBe(text);
    expect(quoted(text)).toBe(`"${text}"`);
  });

  it('is cut there, and what is left out is said outside the quotes', () => {
    expect(excerpt('x'.repeat(201))).toBe(`${'x'.repeat(200)}… (1 characters more)`);
    expect(quoted('x'.repeat(200_000))).toBe(`"${'x'.repeat(200)}…" (199,800 characters more)`);
  });

  it('is not cut within a character', () => {
    expect(excerpt(`${'x'.repeat(199)}📞x`)).toBe(`${'x'.repeat(199)}… (3 characters more)`);
    expect(excerpt(`${'x'.repeat(198)}📞x`)).toBe(`${'x'.repeat(198)}📞… (1 characters more)`);
  });
});
