import { releaseSpanId, releaseTraceId, runKey } from '@delivery/telemetry/release';
import { describe, expect, it } from 'vitest';
import type { JobFact, PushFact, RunFact } from './facts.ts';
import { describeJob, describePush, describeRun } from './describe-source.ts';

const NOW = Date.UTC(2026, 10, 23, 10);
const URL = 'https://github.com/acme/todo';
const sha = (letter: string): string => letter.repeat(40);
const traceId = releaseTraceId(URL, sha('b'));
const about = {
  repositoryUrl: URL,
  repository: { owner: 'acme', name: 'todo' },
  commit: sha('b'),
  receivedMs: NOW,
  branch: 'main',
};

const push: PushFact = {
  kind: 'pushed',
  ...about,
  commits: ['a', 'b'].map((letter) => ({ sha: sha(letter), headline: letter, isPromotion: false })),
  pusher: 'dana',
  pushedMs: NOW - 1_000,
  url: '',
};
const run: RunFact = {
  kind: 'run completed',
  ...about,
  runId: 7,
  attempt: 1,
  workflow: 'release',
  actor: 'dana',
  url: '',
  createdMs: NOW - 60_000,
  startedMs: NOW - 50_000,
  completedMs: NOW - 1_000,
  conclusion: 'success',
};
const job: JobFact = {
  kind: 'job completed',
  ...about,
  runId: 7,
  attempt: 1,
  jobId: 70,
  name: 'image',
  worker: 'runner-1',
  url: '',
  queuedMs: NOW - 60_000,
  startedMs: NOW - 50_000,
  completedMs: NOW - 1_000,
  conclusion: 'failure',
  steps: [{ number: 1, name: 'Build', startedMs: NOW - 40_000, completedMs: NOW - 45_000, conclusion: 'failure' }],
};

describe('a push', () => {
  it('is the root that names the developer, linked to the commits that came with it', () => {
    expect(describePush(push)).toMatchObject([
      {
        traceId,
        parentSpanId: undefined,
        service: 'github',
        kind: 'SERVER',
        attributes: { 'peer.service': 'developer' },
        links: [{ traceId: releaseTraceId(URL, sha('a')) }],
      },
    ]);
  });
});

describe('a run', () => {
  it('is an arrow from github to github-actions under the push', () => {
    const [client, server] = describeRun(run);

    expect(client).toMatchObject({
      service: 'github',
      kind: 'CLIENT',
      parentSpanId: releaseSpanId(traceId, 'push', ''),
    });
    expect(server).toMatchObject({
      service: 'github-actions',
      kind: 'SERVER',
      parentSpanId: client?.spanId,
      name: 'RUN release',
    });
    expect([client?.endMs, server?.endMs]).toEqual([NOW - 1_000, NOW - 1_000]);
  });

  it('that is run again is another, linked to the one before', () => {
    const [, first] = describeRun(run);
    const [, second] = describeRun({ ...run, attempt: 2 });

    expect(second?.spanId).toBe(releaseSpanId(traceId, 'run', runKey(7, 2)));
    expect(second?.links).toEqual([{ traceId, spanId: first?.spanId }]);
  });

  it.each([
    ['success', 'success', false],
    ['failure', 'failure', true],
    ['cancelled', 'cancellation', false],
    ['skipped', 'skip', false],
    ['timed_out', 'timeout', true],
    ['startup_failure', 'error', true],
    ['something new', 'error', true],
  ])('that ended with %s has the result %s', (conclusion, result, isError) => {
    const [, server] = describeRun({ ...run, conclusion });

    expect(server?.attributes['cicd.pipeline.result']).toBe(result);
    expect(server?.error !== undefined).toBe(isError);
  });
});

describe('a job', () => {
  it('is INTERNAL, with its wait and its steps, and no step ends before it began', () => {
    const spans = describeJob(job);

    expect(spans.map(({ name, kind }) => [name, kind])).toEqual([
      ['queue', 'INTERNAL'],
      ['image', 'INTERNAL'],
      ['Build', 'INTERNAL'],
    ]);
    expect(spans.every(({ startMs, endMs }) => endMs >= startMs)).toBe(true);
    expect(spans[1]?.error).toBe('image: failure');
    expect(spans[2]?.parentSpanId).toBe(spans[1]?.spanId);
  });

  it('is not recorded while it runs', () => {
    expect(describeJob({ ...job, completedMs: undefined })).toEqual([]);
  });
});
