import { context, trace, TraceFlags } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { describe, expect, it } from 'vitest';
import { type FirstRequest, joinRelease } from './join-release.ts';
import { environmentKey, releaseSpanId, releaseTraceId } from './release-ids.ts';
import type { SpanRecord } from './span-record.ts';

const identity = {
  service: 'todo',
  repositoryUrl: 'https://github.com/Acme/Todo.git',
  commit: 'c'.repeat(40),
  environment: 'prod',
  digest: `sha256:${'d'.repeat(64)}`,
};
const traceId = releaseTraceId(identity.repositoryUrl, identity.commit);
const rolledOut = releaseSpanId(traceId, 'rolled out', environmentKey('prod', identity.digest));
const request = { traceId: 'e'.repeat(32), spanId: 'f'.repeat(16), traceFlags: TraceFlags.SAMPLED };

function join() {
  const recorded: SpanRecord[] = [];
  const reported: FirstRequest[] = [];
  const release = joinRelease(identity, {
    record: (spans) => recorded.push(...spans),
    onFirstRequest: (one) => reported.push(one),
    processStartMs: 1_000,
    clock: () => new Date(5_000),
  });
  return { release, recorded, reported };
}

describe('a delivered service', () => {
  it('adds its boot below the rollout that the promoter records, without talking to the promoter', () => {
    const { release, recorded } = join();
    release.ready();

    expect(recorded).toMatchObject([
      { traceId, parentSpanId: rolledOut, name: 'boot', kind: 'INTERNAL', startMs: 1_000, endMs: 5_000 },
    ]);
  });

  it('records the first request once, linked to its own trace', () => {
    const { release, recorded, reported } = join();
    release.ready();
    release.served(6_000, 6_010, request);
    release.served(7_000, 7_010, undefined);

    expect(recorded.filter(({ name }) => name === 'first request served')).toMatchObject([
      {
        parentSpanId: rolledOut,
        startMs: 6_000,
        endMs: 6_010,
        links: [{ traceId: request.traceId, spanId: request.spanId }],
      },
    ]);
    expect(reported).toEqual([
      {
        repository: 'https://github.com/acme/todo',
        commit: identity.commit,
        environment: 'prod',
        digest: identity.digest,
        startedAt: '1970-01-01T00:00:06.000Z',
        endedAt: '1970-01-01T00:00:06.010Z',
        trace: { traceId: request.traceId, spanId: request.spanId },
      },
    ]);
  });

  it('ignores requests from before it was ready', () => {
    const { release, reported } = join();
    release.served(1_500, 1_510, request);
    release.ready();
    release.served(6_000, 6_010, request);

    expect(reported.map(({ startedAt }) => startedAt)).toEqual(['1970-01-01T00:00:06.000Z']);
  });

  it('makes the boot the parent of the work at its start', async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const { release, recorded } = join();
    const active = await release.during(() => Promise.resolve(trace.getSpanContext(context.active())));
    release.ready();

    expect(active).toMatchObject({ traceId, spanId: recorded[0]?.spanId });
    context.disable();
  });
});
