// Values that break programs: at the edges of numbers, texts, encodings and prototypes.
import * as fc from 'fast-check';

const LONG = 20_000;
const DEEP = 2_000;

const nested = (depth: number): unknown => {
  let value: unknown = 0;
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
};

export const nastyTexts: readonly string[] = [
  '',
  ' ',
  '\u0000',
  '\r\n',
  '\u0085\u2028',
  '\ufeff',
  '\ud800',
  '\u202eexe.yaml',
  'é'.normalize('NFD'),
  '🥛'.repeat(70),
  'x'.repeat(LONG),
  `sha256:${'f'.repeat(63)}`,
  `sha256:${'F'.repeat(64)}`,
  `${'a'.repeat(28)}!`,
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'toString',
  '../../etc/passwd',
  'refs/heads/promote/a/b/c',
  'promote/',
  'promote//prod',
  '*',
  '${x}',
  '1e309',
  '-0',
  '9'.repeat(400),
  '0x10',
  '2027-01-04',
  '0000-00-00T00:00:00Z',
];

/** Made again each time: mutations change what they are given, and must not put a value into itself. */
const makeNasty: readonly (() => unknown)[] = [
  () => null,
  () => true,
  () => false,
  () => 0,
  () => -1,
  () => 1.5,
  () => Number.MAX_SAFE_INTEGER + 1,
  () => Number.MAX_VALUE,
  () => [],
  () => ({}),
  () => [[]],
  () => [null],
  () => ({ length: 1e9 }),
  () => nested(DEEP),
];

export const nastyValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(...makeNasty).map((make) => make()),
  fc.constantFrom(...nastyTexts),
  // Any code unit, halves of surrogate pairs among them.
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 }).map((units) => String.fromCharCode(...units)),
  fc.jsonValue({ maxDepth: 3 }),
);
