import { assert, constantFrom, jsonValue, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSourceFact } from './parse-source-fact.ts';

const NOW = Date.UTC(2026, 10, 23, 10, 30);
const sha = (letter: string): string => letter.repeat(40);
const repository = { full_name: 'acme/todo', html_url: 'https://github.com/acme/todo', default_branch: 'main' };

const push = {
  ref: 'refs/heads/main',
  after: sha('b'),
  deleted: false,
  compare: 'https://github.com/acme/todo/compare/a...b',
  pusher: { name: 'dana' },
  commits: [
    { id: sha('a'), message: 'feat: one\n\nwhy', author: { name: 'Dana', username: 'dana' } },
    {
      id: sha('b'),
      message: 'promote(todo): dev to x\n\nPromotion: todo/dev\nImage: a/b:c@sha256:' + 'd'.repeat(64),
      author: { name: 'Bot' },
    },
  ],
  repository: { ...repository, pushed_at: NOW / 1000 - 60 },
};
const run = {
  action: 'completed',
  repository,
  workflow_run: {
    id: 7,
    name: 'release',
    path: '.github/workflows/release.yml',
    head_sha: sha('b'),
    head_branch: 'main',
    run_number: 3,
    run_attempt: 2,
    event: 'push',
    conclusion: 'failure',
    html_url: 'https://github.com/acme/todo/actions/runs/7',
    created_at: '2026-11-23T10:00:00Z',
    run_started_at: '2026-11-23T10:10:00Z',
    updated_at: '2026-11-23T10:20:00Z',
    triggering_actor: { login: 'dana' },
  },
};
const job = {
  action: 'completed',
  repository,
  workflow_job: {
    id: 70,
    run_id: 7,
    run_attempt: 2,
    head_sha: sha('b'),
    head_branch: 'main',
    name: 'image',
    html_url: 'https://github.com/acme/todo/actions/runs/7/job/70',
    runner_name: '',
    created_at: '2026-11-23T10:10:00Z',
    started_at: '2026-11-23T10:11:00Z',
    completed_at: '2026-11-23T10:19:00Z',
    conclusion: 'success',
    steps: [
      {
        name: 'Build',
        number: 1,
        conclusion: 'success',
        started_at: '2026-11-23T10:11:00Z',
        completed_at: '2026-11-23T10:12:00Z',
      },
      { name: 'Skipped', number: 2, conclusion: 'skipped', started_at: null, completed_at: null },
    ],
  },
};
const changed = <Value extends object>(value: Value, key: keyof Value, change: object): Value => ({
  ...value,
  [key]: { ...value[key], ...change },
});

describe("a source repository's webhook is a fact", () => {
  it('a push: who, what, when, and which of it was ours', () => {
    expect(parseSourceFact('push', push, NOW)).toMatchObject({
      kind: 'pushed',
      repositoryUrl: 'https://github.com/acme/todo',
      repository: { owner: 'acme', name: 'todo' },
      commit: sha('b'),
      pusher: 'dana',
      pushedMs: NOW - 60_000,
      receivedMs: NOW,
      commits: [
        { sha: sha('a'), headline: 'feat: one', isPromotion: false },
        { sha: sha('b'), isPromotion: true },
      ],
    });
  });

  it('a run and its attempt', () => {
    expect(parseSourceFact('workflow_run', run, NOW)).toMatchObject({
      kind: 'run completed',
      runId: 7,
      attempt: 2,
      workflow: 'release',
      conclusion: 'failure',
      startedMs: Date.UTC(2026, 10, 23, 10, 10),
      completedMs: Date.UTC(2026, 10, 23, 10, 20),
    });
  });

  it('a job, its wait and the steps that ran', () => {
    expect(parseSourceFact('workflow_job', job, NOW)).toMatchObject({
      kind: 'job completed',
      jobId: 70,
      worker: undefined,
      queuedMs: Date.UTC(2026, 10, 23, 10, 10),
      steps: [{ name: 'Build', number: 1 }],
    });
  });

  it.each([
    ['a push to another branch', 'push', { ...push, ref: 'refs/heads/topic' }],
    ['a deleted branch', 'push', { ...push, deleted: true }],
    ['a run that goes on', 'workflow_run', { ...run, action: 'in_progress' }],
    ["a pull request's run", 'workflow_run', changed(run, 'workflow_run', { event: 'pull_request' })],
    ['a run of another branch', 'workflow_run', changed(run, 'workflow_run', { head_branch: 'topic' })],
    ['a job that waits', 'workflow_job', { ...job, action: 'queued' }],
    ['a short commit', 'workflow_run', changed(run, 'workflow_run', { head_sha: 'abc' })],
    ['an event of another kind', 'star', {}],
  ])('nothing of %s', (_what, name, payload) => {
    expect(parseSourceFact(name, payload, NOW)).toBeUndefined();
  });

  it('nothing, and no error, of any garbage', () => {
    assert(
      property(
        constantFrom('push', 'workflow_run', 'workflow_job', 'registry_package'),
        jsonValue(),
        (name, payload) => {
          parseSourceFact(name, payload, NOW);
        },
      ),
    );
  });
});
