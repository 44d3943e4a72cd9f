import { describe, expect, it } from 'vitest';
import { digestOf, sha, SOURCE_URL, TRACE_ID } from '../../test/fixtures.ts';
import { createReleaseMemory } from './release-memory.ts';

const todo = { owner: 'acme', name: 'todo' };
const pushed = { url: SOURCE_URL, commit: sha('b') };

describe('what is remembered of releases under way', () => {
  it('is nothing at the start', () => {
    const memory = createReleaseMemory();

    expect([memory.publishedMs(digestOf('b')), memory.committedMs(sha('c'))]).toEqual([undefined, undefined]);
    expect([memory.sourceOf(todo, sha('b')), memory.builderOf(TRACE_ID)]).toEqual([undefined, undefined]);
  });

  it('is when a digest was published, and when a config commit was on its branch', () => {
    const memory = createReleaseMemory();
    memory.published(digestOf('b'), 1_001);
    memory.committed(sha('c'), 2_002);

    expect([memory.publishedMs(digestOf('b')), memory.committedMs(sha('c'))]).toEqual([1_001, 2_002]);
    expect([memory.publishedMs(sha('c')), memory.committedMs(digestOf('b'))]).toEqual([undefined, undefined]);
  });

  it('is when a pull request began to propose a digest for an environment', () => {
    const memory = createReleaseMemory();
    const prod = { pipeline: 'todo', environment: 'prod' };
    memory.proposed(prod, digestOf('b'), 3_003);
    memory.proposed(prod, digestOf('b'), 9_009);

    expect(memory.proposedMs(prod, digestOf('b'))).toBe(3_003);
    expect(memory.proposedMs(prod, digestOf('c'))).toBeUndefined();
    expect(memory.proposedMs({ ...prod, environment: 'staging' }, digestOf('b'))).toBeUndefined();
  });

  it('is what builds a trace: the last of its runs and jobs', () => {
    const memory = createReleaseMemory();
    memory.builds(TRACE_ID, 'the run');
    memory.builds(TRACE_ID, 'the job');

    expect(memory.builderOf(TRACE_ID)).toBe('the job');
  });

  it.each([
    ['the commit itself', todo, sha('b')],
    ['its first digits, as a tag has them', todo, 'bbbbbbb'],
    ['more of its digits', todo, 'bbbbbbbbbbbb'],
    ['another spelling of the repository', { owner: 'Acme', name: 'Todo' }, 'bbbbbbb'],
  ])('is a pushed commit, found by %s', (_case, repository, commit) => {
    const memory = createReleaseMemory();
    memory.pushed(todo, pushed);

    expect(memory.sourceOf(repository, commit)).toEqual(pushed);
  });

  it.each([
    ['another repository', { owner: 'acme', name: 'other' }, sha('b')],
    ['another sha', todo, sha('c')],
  ])('is no pushed commit for %s', (_case, repository, commit) => {
    const memory = createReleaseMemory();
    memory.pushed(todo, pushed);

    expect(memory.sourceOf(repository, commit)).toBeUndefined();
  });
});
