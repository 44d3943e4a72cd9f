import { describe, expect, it } from 'vitest';
import { sha } from '../../test/fixtures.ts';
import type { Arrival } from '../ports.ts';
import { firstRequestComment } from './comment-first-request.ts';

const arrival: Arrival = {
  repository: { owner: 'acme', name: 'todo' },
  commit: sha('b'),
  pipeline: 'todo',
  environment: 'prod',
  tag: 'main-11-bbbbbbb',
  afterMs: 192_000,
  url: 'https://promoter.example/releases/1',
};

describe('the comment on a first request', () => {
  it('says what is live where, how long it took, and where the rest is; its first line is how it is found again', () => {
    expect(firstRequestComment(arrival)).toBe(
      '<!-- promoter: todo/prod -->\n' +
        '**todo** `main-11-bbbbbbb` is live in **prod**: first request served 3 min 12 s after the commit · [timeline](https://promoter.example/releases/1)',
    );
  });

  it('has no link where the promoter has no address', () => {
    expect(firstRequestComment({ ...arrival, url: undefined })).toBe(
      '<!-- promoter: todo/prod -->\n' +
        '**todo** `main-11-bbbbbbb` is live in **prod**: first request served 3 min 12 s after the commit',
    );
  });

  it.each<[string, Partial<Arrival>, boolean]>([
    ['is found again for a later release of the same pull request', { tag: 'main-12-ccccccc', afterMs: 1 }, true],
    ['is another one for another environment', { environment: 'eu' }, false],
    ['is another one for another pipeline', { pipeline: 'other' }, false],
  ])('%s', (_case, more, isSame) => {
    const [found] = firstRequestComment({ ...arrival, ...more }).split('\n');

    expect(firstRequestComment(arrival).startsWith(String(found))).toBe(isSame);
  });
});
