import { describe, expect, it } from 'vitest';
import { formatTrailers, parseTrailers, type Trailers } from './commit-trailers.ts';
import type { Release } from './release.ts';

const release = (tag: string): Release => ({
  image: 'ghcr.io:443/acme/todo',
  tag,
  digest: `sha256:${'ab'.repeat(32)}`,
  commit: 'c'.repeat(40),
});
const trailers = (environment: string, more: Partial<Trailers> = {}): Trailers => ({
  pipeline: 'todo',
  environment,
  release: release('main-2'),
  source: { owner: 'acme', name: 'todo' },
  sourceDate: '2026-11-23T10:00:00Z',
  replaces: `sha256:${'0'.repeat(64)}`,
  rollsBack: undefined,
  failedAt: undefined,
  pullRequest: undefined,
  approvedBy: [],
  traceparent: undefined,
  ...more,
});

describe('trailers', () => {
  it('say again what was written, one record per image', () => {
    const message = `promote: 2 images\n\n- a: b\n\n${formatTrailers(trailers('dev'))}\n${formatTrailers(trailers('staging', { rollsBack: release('main-3'), approvedBy: ['rene', 'ria'] }))}\n`;
    const records = parseTrailers(message, 'oid', '2026-11-23T10:01:00Z');

    expect(records).toMatchObject([
      {
        pipeline: 'todo',
        environment: 'dev',
        release: release('main-2'),
        replaces: `sha256:${'0'.repeat(64)}`,
        rollsBack: undefined,
        commit: 'oid',
      },
      { environment: 'staging', rollsBack: { tag: 'main-3' } },
    ]);
  });

  it('survive a squash that GitHub made with Windows line ends', () => {
    const message = `title (#7)\n\n${formatTrailers(trailers('dev'))}`.replaceAll('\n', '\r\n');
    expect(parseTrailers(message, 'oid', '')).toHaveLength(1);
  });

  it.each([
    '',
    'Promotion: todo/dev',
    'Promotion: todo\nImage: x:y@sha256:00',
    'Revert "promote(todo): dev to main-2"\n\nThis reverts commit abc.',
  ])('are none in %j', (message) => {
    expect(parseTrailers(message, 'oid', '')).toEqual([]);
  });

  it('are read before what GitHub appends for co-authors', () => {
    const message = `title\n\n${formatTrailers(trailers('dev'))}\n\nCo-authored-by: Dana <dana@example.org>\n`;
    expect(parseTrailers(message, 'oid', '')).toHaveLength(1);
  });

  it('are read nowhere but in the last paragraph, where all of it is trailers', () => {
    const words = formatTrailers(trailers('dev'));
    expect(parseTrailers(`docs: x\n\n${words}\n\nAnd so on.`, 'oid', '')).toEqual([]);
    expect(parseTrailers(`docs: x\n\nAs in:\n${words}`, 'oid', '')).toEqual([]);
    expect(parseTrailers(words, 'oid', '')).toEqual([]);
  });

  it.each(['\n', '\r\n', '\r', '\u2028', '\u0085', '\n\n'])(
    'are one line each, whatever %j is in a value',
    (breaking) => {
      const login = `rene${breaking}Approved-by: mallory`;
      const text = formatTrailers(trailers('dev', { approvedBy: [login] }));

      expect(parseTrailers(`title\n\n${text}`, 'oid', '')[0]?.approvedBy).toEqual(['rene Approved-by: mallory']);
    },
  );
});
