import { parseDocument, type Scalar, type YAMLMap } from 'yaml';
import { describe, expect, it } from 'vitest';
import { type Holds, parseReference, readPlace, textFor, textOf } from './image-place.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;
const scalar = (text: string): Scalar => parseDocument(text).contents as Scalar;

describe('what a place of an image holds', () => {
  it.each<[Holds, string]>([
    ['tag', 'v2'],
    ['digest', DIGEST],
    ['tag@digest', `v2@${DIGEST}`],
    ['reference', `ghcr.io/acme/todo:v2@${DIGEST}`],
  ])('%s: what is written is what is read', (holds, text) => {
    const fields = { tag: 'v2', digest: DIGEST };
    expect(textFor(holds, 'ghcr.io/acme/todo', fields)).toBe(text);
    expect(fields).toMatchObject(readPlace({ holds, label: '', at: scalar(text), through: [] }));
  });

  it.each([
    ['tag@digest', { tag: 'v1', digest: '' }, 'v1'],
    ['reference', { tag: 'v1', digest: '' }, 'i:v1'],
    ['reference', { tag: '', digest: DIGEST }, `i@${DIGEST}`],
    ['reference', { tag: '', digest: '' }, 'i'],
  ] as const)('%s leaves out what is not there', (holds, fields, text) => {
    expect(textFor(holds, 'i', fields)).toBe(text);
  });

  it.each([
    ['localhost:5000/todo', { name: 'localhost:5000/todo', tag: '', digest: '' }],
    ['localhost:5000/todo:v1', { name: 'localhost:5000/todo', tag: 'v1', digest: '' }],
    [`todo@${DIGEST}`, { name: 'todo', tag: '', digest: DIGEST }],
    ['', { name: '', tag: '', digest: '' }],
  ])('%j has a name, a tag and a digest', (text, parts) => {
    expect(parseReference(text)).toEqual(parts);
  });

  it.each([
    ['1.10', '1.10'],
    ['"1.10"', '1.10'],
    ['~', ''],
    ['null', ''],
    ['!!str', ''],
  ])('%s is the text %j', (source, text) => {
    expect(textOf(scalar(source))).toBe(text);
  });

  it('is empty where the key is missing', () => {
    const map = parseDocument('{ a: b }').contents as YAMLMap;
    expect(readPlace({ holds: 'digest', label: '', at: { map, key: 'digest' }, through: [] })).toEqual({ digest: '' });
  });
});
