import { describe, expect, it } from 'vitest';
import { CONFIG_URL, declare, environment, known, observed, release } from '../../test/fixtures.ts';
import { environmentsOf, rolloutQuestion } from './rollout-question.ts';

const [A, B] = [release('a'), release('b')];
const todo = declare();
const other = declare({
  name: 'other',
  environments: [{ name: 'dev', manifest: 'other.yaml', application: 'todo-dev' }],
});

describe('the question about a rollout', () => {
  it('names the digest that the manifest asks for, and the commits that may have brought it', () => {
    const dev = environment(todo, 'dev', B);

    expect(rolloutQuestion(dev, { url: CONFIG_URL, recentCommits: ['c2', 'c1'] })).toEqual({
      environment: dev.declared,
      repository: CONFIG_URL,
      digest: B.digest,
      record: dev.record,
      recentCommits: ['c2', 'c1'],
    });
  });

  it.each([
    ['nothing is released yet', { image: { tag: '', digest: '' } }],
    ['the manifest cannot be read', { image: { problem: 'is empty', line: undefined } }],
  ])('is not asked where %s', (_case, more) => {
    expect(rolloutQuestion(environment(todo, 'dev', B, more), { url: CONFIG_URL, recentCommits: [] })).toBeUndefined();
  });
});

describe('the environments of an Application', () => {
  const pipelines = [
    known(observed(todo, [environment(todo, 'dev', A), environment(todo, 'prod', A)]), { recentCommits: ['c1'] }),
    known(observed(other, [environment(other, 'dev', B)]), { recentCommits: ['d1'] }),
  ];

  it('are all that it deploys, of every pipeline, each with the history of its own', () => {
    expect(
      environmentsOf('todo-dev', pipelines).map(({ known: { pipeline }, environment: { declared }, question }) => [
        pipeline.declared.name,
        declared.name,
        question.digest,
        question.recentCommits,
      ]),
    ).toEqual([
      ['todo', 'dev', A.digest, ['c1']],
      ['other', 'dev', B.digest, ['d1']],
    ]);
  });

  it.each([
    ['an Application that no environment names', 'argocd-itself', pipelines],
    ['one whose environment has no release yet', 'todo-dev', [known(observed(todo, [environment(todo, 'dev')]))]],
  ])('are none for %s', (_case, application, read) => {
    expect(environmentsOf(application, read)).toEqual([]);
  });
});
