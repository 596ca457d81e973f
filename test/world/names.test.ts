import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { rows, simulatorForEachTest } from '../engine/set-up';
import { attributesAfter, complaints } from './refused';

const simulator = simulatorForEachTest();

const json = (attributesJson: string): IDataObject => ({ inputMode: 'json', attributesJson });
const expecting = (expectedAttributes: string): IDataObject => ({
  attributes: rows({ a: '1' }),
  options: { condition: 'onlyIfEquals', expectedAttributes },
});

describe('The same name twice in a JSON text', () => {
  it.each<[string, IDataObject, RegExp]>([
    [
      'with two values',
      json('{ "a": "1", "b": "2", "a": "3" }'),
      /"Attributes to Set \(JSON\)" of item 0: Attribute "a" is there twice/,
    ],
    ['with the same value', json('{"a":"1","a":"1"}'), /"a" is there twice/],
    ['in another spelling', json('{ "a": "1", "\\u0061": "2" }'), /"a" is there twice/],
    ['that an object has of itself', json('{"__proto__":"1","__proto__":"2"}'), /"__proto__" is/],
    [
      'in what is expected',
      expecting('{ "status": "x", "status": "y" }'),
      /"Expected Attributes" of item 0: Attribute "status" is there twice/,
    ],
  ])('is refused before any request: %s', async (_, parameters, message) => {
    expect((await complaints(simulator.current, parameters))[0]).toMatch(message);
  });

  it('is none where it is the name in another case, or a value', async () => {
    const names = '{ "a": "a", "A": "\\"a\\": 1", "b": "{\\"a\\":1,\\"a\\":2}", "": "a" }';
    const after = await attributesAfter(simulator.current, json(names.replace(', "": "a"', '')));
    expect(after).toEqual({ a: 'a', A: '"a": 1', b: '{"a":1,"a":2}' });
  });
});

describe('A blank at an end of a name', () => {
  it.each<[string, IDataObject, RegExp]>([
    ['before, in a row', { attributes: rows({ ' a': '1' }) }, /"Attributes to Set".*" a"/],
    ['after, in a row', { attributes: rows({ 'a ': '1' }) }, /"Attributes to Set".*"a "/],
    ['a line break', { attributes: rows({ 'a\n': '1' }) }, /"Attributes to Set".*"a\n"/],
    ['a blank that does not break', { attributes: rows({ 'a\u00a0': '1' }) }, /"a\u00a0"/],
    ['in JSON', json('{ " a": "1" }'), /"Attributes to Set \(JSON\)" of item 0: .*" a"/],
    ['by an expression', json('={{ ({ "a ": 1 }) }}'), /"Attributes to Set \(JSON\)".*"a "/],
  ])('of an attribute to set is refused: %s', async (_, parameters, message) => {
    const [said] = await complaints(simulator.current, parameters);
    expect(said).toMatch(message);
    expect(said).toContain('begins or ends with a blank');
  });

  it('is part of the name within', async () => {
    const after = await attributesAfter(simulator.current, { attributes: rows({ 'a b': '1' }) });
    expect(after).toEqual({ 'a b': '1' });
  });

  it.each<[string, unknown]>([
    ['rows', [' a', 'b ']],
    ['an array that an expression gives', '={{ [" a", "b "] }}'],
  ])('of an attribute to remove is part of it, in %s', async (_, attributesToRemove) => {
    const after = await attributesAfter(
      simulator.current,
      { attributes: {}, options: { attributesToRemove } },
      {},
      { ' a': '1', 'b ': '2', a: '3', b: '4' },
    );
    expect(after).toEqual({ a: '3', b: '4' });
  });

  it('is none of an attribute to remove where commas are in between', async () => {
    const after = await attributesAfter(
      simulator.current,
      { attributes: {}, options: { attributesToRemove: ' a , b ' } },
      {},
      { ' a': '1', a: '3', b: '4' },
    );
    expect(after).toEqual({ ' a': '1' });
  });

  it('is part of the name of what is expected', async () => {
    const after = await attributesAfter(
      simulator.current,
      expecting('{ " status": "x" }'),
      {},
      { ' status': 'x', status: 'y' },
    );
    expect(after).toEqual({ ' status': 'x', status: 'y', a: '1' });
  });
});
