import { createLogger } from '@delivery/telemetry/logger';
import { releaseTraceId } from '@delivery/telemetry/release';
import { describe, expect, it } from 'vitest';
import {
  declare,
  environment,
  known,
  lineageOf,
  observed,
  release,
  sha,
  SOURCE_URL,
  sourceCommit,
} from '../../test/fixtures.ts';
import { TerminalError, TransientError } from '../errors.ts';
import type { Arrival, DeploymentReport } from '../ports.ts';
import type { Observed } from '../trace/describe-observed.ts';
import type { FirstRequestFact } from '../trace/facts.ts';
import { tracedPromotion } from '../trace/traced-promotion.ts';
import { createDuplicates } from './duplicates.ts';
import { createRolloutReports } from './report-rollouts.ts';

const B = release('b');
const COMMITTED = Date.UTC(2026, 10, 23, 10);
const traceId = releaseTraceId(SOURCE_URL, sha('b'));
const pipeline = declare();
const read = observed(pipeline, [environment(pipeline, 'dev', B), environment(pipeline, 'prod', B)], {
  lineage: lineageOf(sourceCommit('b')),
});

function outcome(
  state: 'healthy' | 'degraded',
  more: Partial<NonNullable<Observed['outcome']>> = {},
  of = read,
): Observed {
  const promotion = tracedPromotion(
    of,
    'prod',
    B,
    of.lineage ? undefined : { kind: 'by hand', configUrl: SOURCE_URL, commit: 'c' },
  );
  if (!promotion) throw new Error('the promotion has no trace');
  const ended = { state, atMs: COMMITTED + 42_000, reason: undefined, ...more };
  return { promotion, configCommit: 'config-1', committedMs: COMMITTED, hops: [], isKnown: false, outcome: ended };
}

const fact: FirstRequestFact = {
  kind: 'first request',
  repositoryUrl: SOURCE_URL,
  commit: sha('b'),
  environment: 'prod',
  digest: B.digest,
  startedMs: 0,
  endedMs: Date.parse('2026-11-23T09:00:00Z') + 60_000,
  trace: undefined,
};

/** @param failures of what is written, in turn. */
function start(...failures: Error[]) {
  const done: string[] = [];
  const reports: DeploymentReport[] = [];
  const arrivals: Arrival[] = [];
  const measured: unknown[] = [];
  const writeTo =
    <What>(written: What[], name: string) =>
    (what: What): Promise<number> => {
      const failure = failures.shift();
      if (failure) return Promise.reject(failure);
      done.push(name);
      return Promise.resolve(written.push(what));
    };
  const made = createRolloutReports({
    report: async (report) => void (await writeTo(reports, 'report')(report)),
    comment: writeTo(arrivals, 'comment'),
    flush: () => Promise.resolve(void done.push('flush')),
    releaseUrl: (trace) => `https://promoter.example/releases/${trace}`,
    measures: { rolledOut: (found) => void measured.push(found) },
    duplicates: createDuplicates(),
    logger: createLogger({ service: 'promoter', level: 'silent' }),
  });
  const rolledOut = (found: Observed, of = read): Promise<void> => {
    made.rolledOut(found, known(of));
    return made.close();
  };
  const firstRequest = (target = environment(pipeline, 'prod', B), of = read): Promise<void> => {
    made.firstRequest(fact, of, target);
    return made.close();
  };
  return { close: made.close, rolledOut, firstRequest, done, reports, arrivals, measured };
}

describe('an ended rollout', () => {
  it('is written on its source commit, after its spans are sent', async () => {
    const { rolledOut, reports, done } = start();
    await rolledOut(outcome('healthy'));

    expect(done).toEqual(['flush', 'report']);
    expect(reports).toEqual([
      {
        repository: { owner: 'acme', name: 'todo' },
        commit: sha('b'),
        environment: 'todo/prod',
        configCommit: 'config-1',
        state: 'success',
        description: `${B.tag} healthy 42 s after its commit`,
        logUrl: `https://promoter.example/releases/${traceId}`,
      },
    ]);
  });

  it.each<[string, Observed, Partial<DeploymentReport>]>([
    [
      'degraded, with its reason',
      outcome('degraded', { reason: 'crash loop' }),
      { state: 'failure', description: `${B.tag} degraded: crash loop` },
    ],
    ['degraded, without a reason', outcome('degraded'), { state: 'failure', description: `${B.tag} degraded` }],
    [
      'healthy at once, where the clock of Kubernetes is behind',
      outcome('healthy', { atMs: COMMITTED - 400 }),
      { description: `${B.tag} healthy 0 s after its commit` },
    ],
  ])('is written as %s', async (_case, found, expected) => {
    const { rolledOut, reports } = start();
    await rolledOut(found);

    expect(reports).toMatchObject([expected]);
  });

  it('is written and measured once, however often it is seen', async () => {
    const { rolledOut, reports, measured } = start();
    for (let times = 0; times < 3; times += 1) await rolledOut(outcome('healthy'));

    expect([reports.length, measured.length]).toEqual([1, 1]);
  });

  it('is written again, and measured, when it recovers', async () => {
    const { rolledOut, reports, measured } = start();
    await rolledOut(outcome('degraded'));
    expect(measured).toEqual([]);
    await rolledOut(outcome('healthy'));

    expect(reports.map(({ state }) => state)).toEqual(['failure', 'success']);
    expect(measured).toEqual([outcome('healthy')]);
  });

  it.each<[string, Error, number]>([
    ['this time is written at the next observation', new TransientError('502'), 1],
    ['at all is not tried again', new TerminalError('403'), 0],
  ])('that could not be written %s; it is measured once', async (_case, failure, times) => {
    const { rolledOut, reports, measured } = start(failure);
    await rolledOut(outcome('healthy'));
    expect(reports).toEqual([]);
    await rolledOut(outcome('healthy'));

    expect([reports.length, measured.length]).toEqual([times, 1]);
  });

  it.each<[string, Observed, typeof read]>([
    ['it has not ended', { ...outcome('healthy'), outcome: undefined }, read],
    ['its commit is not known', outcome('healthy', {}, { ...read, lineage: undefined }), read],
    [
      'its pipeline has no source repository',
      outcome('healthy'),
      { ...read, declared: declare({ source: undefined }) },
    ],
  ])('is neither written nor measured where %s', async (_case, found, of) => {
    const { rolledOut, reports, measured } = start();
    await rolledOut(found, of);

    expect([reports, measured]).toEqual([[], []]);
  });

  it('is written after those before it, and closing waits for all', async () => {
    const { rolledOut, firstRequest, close, done } = start(new TransientError('502'));
    void rolledOut(outcome('degraded'));
    void rolledOut(outcome('healthy'));
    void firstRequest();
    expect(done).toEqual([]);
    await close();

    expect(done).toEqual(['flush', 'flush', 'report', 'comment']);
  });
});

describe('a first request', () => {
  it('in the last environment is written to the pull request of its commit', async () => {
    const { firstRequest, arrivals } = start();
    await firstRequest();

    expect(arrivals).toEqual([
      {
        repository: { owner: 'acme', name: 'todo' },
        commit: sha('b'),
        pipeline: 'todo',
        environment: 'prod',
        tag: B.tag,
        afterMs: 60_000,
        url: `https://promoter.example/releases/${traceId}`,
      },
    ]);
  });

  it('is written for each last environment, where there are several', async () => {
    const both = declare({
      environments: [
        { name: 'dev', manifest: 'd.yaml' },
        { name: 'eu', after: ['dev'], manifest: 'e.yaml' },
        { name: 'us', after: ['dev'], manifest: 'u.yaml' },
      ],
    });
    const environments = ['dev', 'eu', 'us'].map((name) => environment(both, name, B));
    const { firstRequest, arrivals } = start();
    for (const target of environments)
      await firstRequest(target, observed(both, environments, { lineage: read.lineage }));

    expect(arrivals.map((arrival) => arrival.environment)).toEqual(['eu', 'us']);
  });

  it.each([
    ['its commit was not read', { ...read, lineage: undefined }, environment(pipeline, 'prod', B)],
    [
      'its pipeline has no source',
      { ...read, declared: declare({ source: undefined }) },
      environment(pipeline, 'prod', B),
    ],
    ['its manifest cannot be read', read, environment(pipeline, 'prod', B, { image: { problem: '', line: 1 } })],
  ])('is not written where %s', async (_case, of, target) => {
    const { firstRequest, arrivals } = start();
    await firstRequest(target, of);

    expect(arrivals).toEqual([]);
  });

  it('that cannot be written stops nothing', async () => {
    const { firstRequest, arrivals } = start(new TerminalError('403'));
    for (let times = 0; times < 2; times += 1) await firstRequest();

    expect(arrivals).toHaveLength(1);
  });
});
