import { describe, expect, it } from 'vitest';
import { lineageOf, release, sha, sourceCommit } from '../../test/fixtures.ts';
import {
  branchName,
  type PullRequestText,
  pullRequestBody,
  rollbackSubject,
  subject,
  refusedBody,
  withdrawnBody,
} from './describe-change.ts';
import type { Lineage } from './lineage.ts';

const [A, B] = [release('a'), release('b')];
const about: PullRequestText = {
  pipeline: 'todo',
  environment: 'prod',
  release: B,
  from: A,
  gates: [],
  lineage: undefined,
};
const linesOf = (more: Partial<PullRequestText>): string[] => pullRequestBody({ ...about, ...more }).split('\n');
const commitRow = (more: Partial<PullRequestText>) => linesOf(more).find((line) => line.startsWith('| Commit'));
const itemsOf = (lineage: Lineage, more: Partial<PullRequestText> = {}): string[] =>
  linesOf({ lineage, ...more }).filter((line) => line.startsWith('- '));

describe('names and subjects', () => {
  it('follow from pipeline, environment and release alone', () => {
    expect(branchName('todo', 'prod')).toBe('promote/todo/prod');
    expect(subject('todo', 'prod', B)).toBe('promote(todo): prod to main-11-bbbbbbb');
    expect(rollbackSubject('todo', 'prod', A)).toBe('rollback(todo): prod to main-10-aaaaaaa');
  });
});

describe('the text of a pull request', () => {
  it('says what it promotes, what ships, and how the gates stand', () => {
    const commit = { ...sourceCommit('b', '7', 'a'), releaseUrl: 'https://promoter.example/releases/1' };
    const lineage = lineageOf({ ...commit, history: commit.history.map((one) => ({ ...one, author: undefined })) });

    expect(
      pullRequestBody({
        ...about,
        lineage,
        gates: [
          { name: 'health', isMet: true, text: 'dev runs it healthily', until: undefined },
          { name: 'approval', isMet: false, text: 'waits for a review by team managers', until: undefined },
          { name: 'checks', isMet: false, text: 'running: validate', until: undefined },
        ],
      }),
    ).toBe(`Promotes **todo** to **prod**.

| Release | \`main-11-bbbbbbb\` |
| --- | --- |
| Digest | \`sha256:${'b'.repeat(64)}\` |
| Commit | [\`bbbbbbb\`](https://github.com/acme/todo/commit/${sha('b')}) |
| Replaces | \`main-10-aaaaaaa\` |
| Timeline | [since 2026-11-23T09:00:00Z](https://promoter.example/releases/1) |

## What ships

- [\`bbbbbbb\`](https://github.com/acme/todo/commit/${sha('b')}) commit b
- [\`7777777\`](https://github.com/acme/todo/commit/${sha('7')}) commit 7

## Gates

- ✓ **health**: dev runs it healthily
- … **approval**: waits for a review by team managers

It merges by itself once every gate is open. Close it to decline this release here.
`);
  });

  it('says that a first release replaces nothing', () => {
    expect(linesOf({ from: undefined })).toContain('| Replaces | nothing: this is the first release here |');
  });

  it.each([
    ['that no lineage knows, in full', { lineage: undefined }, `\`${sha('b')}\``],
    [
      'that was not read, with a link all the same',
      { lineage: lineageOf() },
      `[\`bbbbbbb\`](https://github.com/acme/todo/commit/${sha('b')})`,
    ],
    ['that nothing names', { lineage: lineageOf(), release: { ...B, commit: undefined } }, 'not known'],
  ])('names the commit %s, and lists nothing that ships', (_case, more, text) => {
    expect(commitRow(more)).toBe(`| Commit | ${text} |`);
    expect(linesOf(more)).not.toContain('## What ships');
    expect(linesOf(more).some((line) => line.includes('Timeline'))).toBe(false);
  });
});

describe('what ships', () => {
  const commitsUntilA = (count: number): Lineage => {
    const shipped = Array.from({ length: count }, (_, index) => ({
      sha: index.toString(16).padStart(40, '1'),
      committedAt: '',
      headline: `commit ${index}`,
      author: 'dana',
    }));
    return lineageOf({ ...sourceCommit('b'), history: [...shipped, ...sourceCommit('a').history] });
  };

  it.each([
    [1, 1, undefined],
    [30, 30, undefined],
    [31, 30, '- and 1 more'],
    [99, 30, '- and 69 more'],
  ])('out of %i commits lists the newest %i and counts the rest', (count, shown, rest) => {
    const items = itemsOf(commitsUntilA(count));

    expect(items.filter((item) => item.endsWith('(dana)'))).toHaveLength(shown);
    expect(items[0]).toContain('commit 0');
    expect(items[shown]).toBe(rest);
  });

  it.each([
    ['a link', '[x](http://evil)', String.raw`\[x\]\(http://evil\)`],
    ['an image', '![x](y)', String.raw`\!\[x\]\(y\)`],
    ['HTML', '<img src=x onerror=y>', String.raw`\<img src=x onerror=y\>`],
    ['the end of code', '`` ` ``', '\\`\\` \\` \\`\\`'],
    ['emphasis', '**a** _b_', String.raw`\*\*a\*\* \_b\_`],
    ['a table', '| a |', String.raw`\| a \|`],
    ['an escape', String.raw`\[x]`, String.raw`\\\[x\]`],
    ['a heading or a list', '# a - b + c', String.raw`\# a \- b \+ c`],
  ])('keeps %s in a headline from becoming markup', (_case, headline, escaped) => {
    const commit = sourceCommit('b');
    const hostile = lineageOf({
      ...commit,
      history: [{ sha: sha('b'), committedAt: '', headline, author: undefined }],
    });

    expect(itemsOf(hostile)).toEqual([`- [\`bbbbbbb\`](https://github.com/acme/todo/commit/${sha('b')}) ${escaped}`]);
  });
});

describe('a headline without an end', () => {
  it('is cut: GitHub takes 65,536 characters of text', () => {
    const commit = sourceCommit('b');
    const long = { sha: sha('b'), committedAt: '', headline: 'x'.repeat(70_000), author: undefined };

    expect(itemsOf(lineageOf({ ...commit, history: [long] }))[0]).toMatch(/ x{99}…$/);
  });
});

describe('a pull request that GitHub refuses to merge', () => {
  it('says why below its text, once, and the last reason alone', () => {
    const once = refusedBody('text\n', 'could not merge #7: a check is expected');

    expect(once).toBe(`text\n\n## Refused\n\n${String.raw`could not merge \#7: a check is expected`}\n`);
    expect(refusedBody(once, 'another')).toBe('text\n\n## Refused\n\nanother\n');
    expect(refusedBody(once.replaceAll('\n', '\r\n'), 'another')).toBe('text\n\n## Refused\n\nanother\n');
  });
});

describe('a pull request that the promoter closed', () => {
  it('says so, below what its text said before', () => {
    const body = withdrawnBody('text\n\n', 'prod already runs main-11');

    expect(body).toBe('text\n\nWithdrawn by the promoter: prod already runs main-11.\n');
  });
});
