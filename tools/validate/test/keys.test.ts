import { describe, expect, it } from 'vitest';
import { keyProblems, nodesOf, parseKeys } from '../src/observability/keys.ts';
import { parseAlloy } from '../src/observability/parse-alloy.ts';

const keys = parseKeys(`# a comment
: server=server labels* jobs
=server: port tls wal!
=server/tls: cert
jobs: name
`);

describe('keys', () => {
  it.each([
    [
      'known ones',
      { server: { port: 1, tls: { cert: '' } }, labels: { any: { thing: 1 } }, jobs: [{ name: 'x' }] },
      [],
    ],
    ['one that is unknown', { servers: {} }, ['servers is no key of this version']],
    [
      'one that is unknown below another',
      { server: { tls: { key: '' } } },
      ['server.tls.key is no key of this version'],
    ],
    ['one that is unknown in a list', { jobs: [{ name: 'x' }, { id: 1 }] }, ['jobs.id is no key of this version']],
    ['one that is experimental', { server: { wal: {} } }, ['server.wal is experimental in this version']],
  ])('%s', (_case, value, problems) => {
    expect(keyProblems(keys, nodesOf(value))).toEqual(problems);
  });
});

describe("Alloy's syntax", () => {
  it('has blocks and arguments; expressions are skipped', () => {
    const text = `// a comment
a.b "c" {
	one   = [{x = 1, y = "}"}] // another
	two   = "a" + join([
		"b",
	], ".")

	inner {
		three = {
			four = 4,
		}
	}
	empty { }
}
`;

    expect(parseAlloy(text)).toEqual([
      {
        key: 'a.b',
        below: [
          { key: 'one', below: [] },
          { key: 'two', below: [] },
          { key: 'inner', below: [{ key: 'three', below: [] }] },
          { key: 'empty', below: [] },
        ],
      },
    ]);
  });

  it.each([
    ['a {', 'a block is not closed'],
    ['a "b" c', 'a is neither a block nor an argument'],
    ['{', '{ is neither a block nor an argument'],
  ])('%s: %s', (text, message) => {
    expect(() => parseAlloy(text)).toThrow(message);
  });
});
