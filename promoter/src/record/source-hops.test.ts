import { releaseSpanId, releaseTraceId, runKey } from '@delivery/telemetry/release';
import { describe, expect, it } from 'vitest';
import { CONFIG_URL, declare, digestOf, sha, SOURCE_URL } from '../../test/fixtures.ts';
import type { Pipeline } from '../decide/pipeline.ts';
import type { JobFact, PublishedFact, PushFact, RunFact, SourceFact } from '../trace/facts.ts';
import { createReleaseMemory } from './release-memory.ts';
import { createSourceHops } from './source-hops.ts';

const NOW = Date.UTC(2026, 10, 23, 10);
const todo = { owner: 'acme', name: 'todo' };
const config = { owner: 'acme', name: 'config' };
const traceId = releaseTraceId(SOURCE_URL, sha('b'));
const about = { repositoryUrl: SOURCE_URL, repository: todo, commit: sha('b'), receivedMs: NOW, branch: 'main' };

const commit = { sha: sha('b'), headline: 'feat: b', isPromotion: false };
const push: PushFact = { kind: 'pushed', ...about, commits: [commit], pusher: 'dana', pushedMs: NOW - 1, url: '' };
const times = { createdMs: NOW - 9, startedMs: NOW - 8, completedMs: NOW - 1, conclusion: 'success', url: '' };
const run: RunFact = {
  kind: 'run completed',
  ...about,
  ...times,
  runId: 7,
  attempt: 1,
  workflow: 'release',
  actor: 'dana',
};
const job: JobFact = {
  kind: 'job completed',
  ...about,
  ...times,
  runId: 7,
  attempt: 1,
  jobId: 70,
  name: 'image',
  worker: undefined,
  queuedMs: NOW - 9,
  steps: [],
};
const published: PublishedFact = {
  kind: 'published',
  image: 'ghcr.io/acme/todo',
  tag: 'main-11-bbbbbbb',
  digest: digestOf('b'),
  receivedMs: NOW,
};

function start(pipelines: readonly Pipeline[] = [declare()]) {
  const memory = createReleaseMemory();
  const hops = createSourceHops({ memory, pipelines: () => pipelines, configRepository: config });
  const rolesOf = (fact: SourceFact): string[][] =>
    hops.hopsOf(fact).flatMap((hop) => (hop.length === 0 ? [] : [hop.map(({ role }) => role)]));
  return { memory, hops, rolesOf };
}

describe('a fact of a source repository', () => {
  it.each<[SourceFact['kind'], SourceFact, string[][]]>([
    ['pushed', push, [['push']]],
    ['run completed', run, [['trigger workflow', 'run']]],
    ['job completed', job, [['queue', 'job']]],
    ['job started', { ...job, kind: 'job started', completedMs: undefined }, []],
  ])('of the kind "%s" becomes the spans that have ended', (_kind, fact, roles) => {
    const { hops, rolesOf } = start();

    expect(rolesOf(fact)).toEqual(roles);
    expect(
      hops
        .hopsOf(fact)
        .flat()
        .every((span) => span.traceId === traceId),
    ).toBe(true);
  });

  it.each<[string, SourceFact]>([
    ['push', push],
    ['run', run],
    ['job', job],
  ])('that is a %s is left out where no pipeline names the repository', (_kind, fact) => {
    const { memory, rolesOf } = start([
      declare({ source: 'acme/other' }),
      declare({ name: 'none', source: undefined }),
    ]);

    expect(rolesOf(fact)).toEqual([]);
    expect([memory.builderOf(traceId), memory.sourceOf(todo, sha('b'))]).toEqual([undefined, undefined]);
  });

  it('is taken while nothing is known of pipelines, and however its repository is spelled', () => {
    expect(start([]).rolesOf(push)).toEqual([['push']]);
    expect(start().rolesOf({ ...push, repository: { owner: 'Acme', name: 'Todo' } })).toEqual([['push']]);
  });
});

describe('a publication', () => {
  it('belongs to the commit that was pushed, and hangs under the last that built it', () => {
    const { hops } = start();
    for (const fact of [push, run, job]) hops.hopsOf(fact);
    const [client, server] = hops.hopsOf(published).flat();

    expect([client?.role, server?.role]).toEqual(['push image', 'publish']);
    expect(client).toMatchObject({ traceId, parentSpanId: releaseSpanId(traceId, 'job', '70') });
    expect(server).toMatchObject({ endMs: NOW, attributes: { 'vcs.ref.head.revision': sha('b') } });
  });

  it.each<[string, SourceFact[], string]>([
    ['the run where its jobs are not known', [push, run], releaseSpanId(traceId, 'run', runKey(7, 1))],
    ['the job while it runs', [push, { ...job, kind: 'job started' }], releaseSpanId(traceId, 'job', '70')],
    ['the push where nothing else is known', [push], releaseSpanId(traceId, 'push', '')],
  ])('hangs under %s', (_case, before, parentSpanId) => {
    const { hops } = start();
    for (const fact of before) hops.hopsOf(fact);

    expect(hops.hopsOf(published).flat()[0]?.parentSpanId).toBe(parentSpanId);
  });

  it.each<[string, PublishedFact, Pipeline[]]>([
    ['no pipeline promotes the image', { ...published, image: 'ghcr.io/acme/other' }, [declare()]],
    ['the pipeline has no source', published, [declare({ source: undefined })]],
    ['the tag names no commit', { ...published, tag: 'latest' }, [declare()]],
    ['the commit was not pushed here', { ...published, tag: 'main-12-ccccccc' }, [declare()]],
  ])('makes no hop where %s; its time is remembered', (_case, fact, pipelines) => {
    const { memory, hops, rolesOf } = start(pipelines);
    hops.hopsOf(push);

    expect(rolesOf(fact)).toEqual([]);
    expect(memory.publishedMs(digestOf('b'))).toBe(NOW);
  });
});

describe('a push to the config repository', () => {
  const toConfig: PushFact = { ...push, repository: config, repositoryUrl: CONFIG_URL };

  it('by a person begins a trace of its own, at the node of the config repository', () => {
    const [[hop] = []] = start().hops.hopsOf(toConfig);

    expect(hop).toMatchObject({
      traceId: releaseTraceId(CONFIG_URL, sha('b')),
      service: 'gitops-config',
      parentSpanId: undefined,
    });
  });

  it.each([
    ['the promoter', [{ ...commit, isPromotion: true }]],
    [
      'the promoter, with commits of people below',
      [
        { ...commit, sha: sha('a') },
        { ...commit, isPromotion: true },
      ],
    ],
    ['nobody, where no commit is listed', []],
  ])('by %s begins none', (_case, commits) => {
    const { memory, rolesOf } = start();

    expect(rolesOf({ ...toConfig, commits })).toEqual([]);
    expect(memory.sourceOf(config, sha('b'))).toBeUndefined();
  });
});
