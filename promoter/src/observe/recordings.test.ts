// Every recorded stream of a real Argo CD goes through the real watcher, and after each event of the Application the environment must be
// what expected.json says. That file was written by hand, from what was done to the cluster: test/recordings/README.md.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createLogger } from '@delivery/telemetry/logger';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { declare, environment, known, observed, record, release } from '../../test/fixtures.ts';
import { readRecording, type Recording, RECORDINGS, recordingNames } from '../../test/recording.ts';
import { type ReplayedCluster, startReplayedCluster } from '../../test/replayed-cluster.ts';
import type { Pipeline } from '../decide/pipeline.ts';
import type { Rollout } from '../decide/promotion.ts';
import type { AskedEnvironment } from '../ports.ts';
import { createCluster } from './cluster.ts';

const Answer = z.strictObject({
  state: z.enum(['unknown', 'progressing', 'healthy', 'degraded']),
  /** Time of day. */
  since: z.string().optional(),
  /** A part of it. */
  reason: z.string().optional(),
  because: z.string(),
});
/** Events are counted from 1, those of the Application alone. `later`: long after the last one. */
const Expected = z.strictObject({
  about: z.string(),
  application: z.string(),
  ranges: z.array(Answer.extend({ from: z.number(), to: z.number() })),
  later: Answer.extend({ at: z.string() }).optional(),
});
type Expected = z.infer<typeof Expected>;

const REPOSITORY = 'https://github.com/acme/gitops-config';
const logger = createLogger({ service: 'promoter', level: 'silent' });
const expectedOf = (name: string): Expected =>
  Expected.parse(JSON.parse(readFileSync(path.join(RECORDINGS, name, 'expected.json'), 'utf8')));

/** What the promoter knows at a moment: the commits so far, and the last one that asks for a digest. */
function askedAt(recording: Recording, at: string, pipeline: Pipeline): AskedEnvironment | undefined {
  const commits = recording.commits.filter((commit) => commit.at <= at);
  const asking = commits.findLast(({ digest }) => digest !== null);
  if (!asking?.digest) return undefined;
  const { commit, digest } = asking;
  const brought = release('a', { image: 'ghcr.io/acme/web', digest });
  const dev = environment(pipeline, 'dev', brought, {
    record: record('dev', brought, { commit, committedAt: `${asking.at.slice(0, 19)}Z` }),
  });
  const history = { url: REPOSITORY, recentCommits: commits.map((one) => one.commit).toReversed() };
  const { url: repository, recentCommits } = history;
  const question = { environment: dev.declared, repository, digest, record: dev.record, recentCommits };
  return { known: known(observed(pipeline, [dev]), history), environment: dev, question };
}

async function replay(
  recording: Recording,
  { application, later }: Expected,
  server: ReplayedCluster,
): Promise<Rollout[]> {
  const pipeline = declare({ environments: [{ name: 'dev', manifest: 'dev.yaml', application }] });
  let asked: AskedEnvironment | undefined;
  let now = '';
  let answered: ((rollout: Rollout) => void) | undefined;
  const cluster = createCluster({
    settings: { kubeconfig: server.kubeconfig, namespace: 'argocd' },
    asked: (name) => (name === application && asked ? [asked] : []),
    keepAnswer(_pipeline, _environment, { rollout }) {
      answered?.(rollout);
      return false;
    },
    onObserved: () => undefined,
    onAnswerChanged: () => undefined,
    onChange: () => undefined,
    clock: () => new Date(now),
    logger,
  });
  cluster.start();
  await server.watched();
  const states: Rollout[] = [];
  for (const event of recording.events) {
    now = event.receivedAt;
    asked = askedAt(recording, now, pipeline);
    const { promise, resolve } = Promise.withResolvers<Rollout>();
    answered = resolve;
    server.apply(event);
    if (event.object.kind === 'Application') states.push(await promise);
  }
  if (later && asked) {
    now = later.at;
    states.push(cluster.rollout(asked.question).rollout);
  }
  cluster.stop();
  return states;
}

const inShort = (rollout: Rollout) => ({
  state: rollout.state,
  since: 'since' in rollout ? rollout.since.slice(11, 19) : undefined,
});

describe('a real Argo CD, replayed event by event', () => {
  it.each(recordingNames())('%s', async (name) => {
    const right = expectedOf(name);
    const after = right.ranges.at(-1)?.to ?? 0;
    const ranges = [...right.ranges, ...(right.later ? [{ ...right.later, from: after + 1, to: after + 1 }] : [])];
    const recording = readRecording(name);
    const server = await startReplayedCluster();
    try {
      const states = await replay(recording, right, server);

      const expected = ranges.flatMap(({ from, to, state, since }) =>
        Array.from({ length: to - from + 1 }, (_, at) => ({ event: from + at, state, since })),
      );
      expect(states.map((rollout, at) => ({ event: at + 1, ...inShort(rollout) }))).toEqual(expected);
      for (const { from, to, reason } of ranges)
        for (const rollout of reason === undefined ? [] : states.slice(from - 1, to))
          expect('reason' in rollout ? rollout.reason : '').toContain(reason);
    } finally {
      await server.close();
    }
  });
});
