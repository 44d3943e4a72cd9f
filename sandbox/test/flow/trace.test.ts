// One trace from the push to the first request in prod, as a collector receives it, and the graph that Tempo draws of it.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Harness } from './harness.ts';
import { type ReleaseTrace, startTraced, type Traced } from './traced.ts';

const REAL_SERVICE = path.join(import.meta.dirname, '../../../todo');

/** Makes a change as people do: with a branch, a pull request and a merge. */
async function mergeChange({ api }: Harness): Promise<{ commit: string }> {
  const route = '/repos/acme/todo';
  const json = async <Answer>(method: string, where: string, body?: object): Promise<Answer> => {
    const answer = await api(method, route + where, 'dana', body);
    if (!answer.ok) throw new Error(`${method} ${where}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Answer;
  };
  const { object } = await json<{ object: { sha: string } }>('GET', '/git/ref/heads/main');
  await json('POST', '/git/refs', { ref: 'refs/heads/a-change', sha: object.sha });
  await json('PUT', '/contents/CHANGE.md', {
    message: 'docs: a change',
    content: Buffer.from('a change\n').toString('base64'),
    branch: 'a-change',
  });
  const pull = await json<{ number: number }>('POST', '/pulls', {
    title: 'docs: a change',
    head: 'a-change',
    base: 'main',
  });
  const { sha } = await json<{ sha: string }>('PUT', `/pulls/${pull.number}/merge`, { merge_method: 'squash' });
  return { commit: sha };
}

describe('a straight release of the real service', () => {
  let traced: Traced;
  let trace: ReleaseTrace;
  let commit: string;
  beforeAll(async () => {
    traced = await startTraced({ sourceFolder: REAL_SERVICE });
    const { harness } = traced;
    const merged = await mergeChange(harness);
    ({ commit } = merged);
    const pushed = await harness.imageOf(commit);
    await harness.runsEverywhere(pushed.tag, ['dev', 'staging']);
    const pull = await harness.eventually('the pull request for prod', () => harness.openPullRequest('prod'));
    await harness.review(pull.number, 'rene');
    await harness.runsEverywhere(pushed.tag);
    for (const url of Object.values(harness.sandbox.urls.todo)) await fetch(`${url}/todos`);
    await traced.traceWith(commit, 'rollout prod', 'RUN release', 'first request served');
    await harness.eventually(
      'three first requests',
      () => traced.traceOf(commit).spans.filter(({ name }) => name === 'first request served').length === 3,
    );
    trace = traced.traceOf(commit);
  }, 90_000);
  afterAll(() => traced.close());

  it('has every arrow of the service graph, and loses no span', () => {
    expect(trace.edges, trace.picture).toEqual([
      'argocd -> todo (3)',
      'developer -> github (1)',
      'ghcr -> promoter (1)',
      'github -> github-actions (1)',
      'github-actions -> ghcr (1)',
      'gitops-config -> argocd (3)',
      'promoter -> gitops-config (5)', // three commits and two pull requests opened
      expect.stringMatching(/^todo -> todo-db \(\d+\)$/) as string,
    ]);
    expect(trace.graph.losses).toEqual([]);
    expect(trace.missingParents).toEqual([]);
  });

  it('has one root, the push, and every span begins with or after its parent', () => {
    const byId = new Map(trace.spans.map((span) => [span.spanId, span]));
    const roots = trace.spans.filter(({ parentSpanId }) => parentSpanId === undefined);
    const early = trace.spans.filter(({ parentSpanId, startMs }) => {
      const parent = parentSpanId === undefined ? undefined : byId.get(parentSpanId);
      return parent !== undefined && startMs < parent.startMs;
    });

    expect(roots.map(({ service, name }) => `${service}: ${name}`)).toEqual(['github: push']);
    expect(
      early.map(({ name }) => name),
      trace.picture,
    ).toEqual([]);
    expect(trace.spans.filter(({ startMs, endMs }) => endMs < startMs)).toEqual([]);
  });

  it('exports waits and pods as INTERNAL spans: queue, soak, approval, detection', () => {
    for (const name of ['queue', 'await soak', 'await approval', 'detect', 'pod']) {
      expect(trace.named(name).kind, name).toBe('INTERNAL');
    }
    expect(trace.named('await approval').attributes['promoter.approved_by']).toEqual(['rene']);
    expect(trace.named('pod').attributes['k8s.pod.name']).toMatch(/^todo-/);
    expect(trace.spans.filter(({ name }) => name === 'pod')).toHaveLength(3);
  });

  it('can be searched by what people know: every span of a phase has commit, environment and digest', () => {
    const inEnvironments = trace.spans.filter(({ name }) => /^(promote|rollout|sync|boot)/.test(name));

    expect(inEnvironments.length).toBeGreaterThan(9);
    for (const span of inEnvironments) {
      expect(span.attributes, span.name).toMatchObject({
        'vcs.ref.head.revision': commit,
        'deployment.environment.name': expect.stringMatching(/^(dev|staging|prod)$/) as string,
        'oci.manifest.digest': expect.stringMatching(/^sha256:/) as string,
      });
    }
    expect(trace.named('RUN release').attributes).toMatchObject({
      'cicd.pipeline.name': 'release',
      'cicd.pipeline.result': 'success',
      'cicd.pipeline.action.name': 'RUN',
    });
  });

  it('has span names of low cardinality: none contains a commit, number or digest', () => {
    const names = [...new Set(trace.spans.map(({ name }) => name))];

    expect(names.filter((name) => /[0-9a-f]{7}|#\d/.test(name))).toEqual([]);
  });

  it('links the first request to its own, separate trace', async () => {
    const [link] = trace.named('first request served').links;
    const request = await traced.harness.eventually('the span of that request', () =>
      traced.receiver.exports
        .flatMap(({ spans }) => spans)
        .find(({ traceId, spanId }) => traceId === link?.traceId && spanId === link.spanId),
    );

    expect(request.kind).toBe('SERVER');
    expect(request.traceId).not.toBe(trace.traceId);
  });

  it('is measured: stages with the trace as their exemplar, lead time per commit, and the last 30 days as Git shows them', async () => {
    const metrics = await (await fetch(`${traced.harness.sandbox.urls.board}/metrics`)).text();
    const stages = [
      // Those that are there and at zero have begun, and measured nothing.
      ...metrics.matchAll(
        /promoter_release_stage_duration_seconds_count\{[^}]*environment="([^"]*)",stage="([^"]*)"\} [1-9]/g,
      ),
    ].map(([, environment = '', stage = '']) => `${environment} ${stage}`.trim());

    expect(stages.sort()).toEqual(
      [
        'ci',
        'publish',
        ...['dev', 'staging', 'prod'].flatMap((name) =>
          ['promote', 'sync', 'rollout', 'first_request'].map((stage) => `${name} ${stage}`),
        ),
        'prod approve',
      ].sort(),
    );
    expect(metrics).toMatch(
      new RegExp(`promoter_release_stage_duration_seconds_bucket.* # \\{trace_id="${trace.traceId}"`),
    );
    expect(metrics).toMatch(/promoter_lead_time_seconds_count\{[^}]*environment="prod"\} 1/);
    expect(metrics).toMatch(/promoter_dora_deployments\{[^}]*environment="prod"[^}]*\} 1/);
    expect(metrics).toMatch(/promoter_dora_change_fail_ratio\{[^}]*environment="prod"[^}]*\} 0/);
  });

  it('is reported in the pull request that the commit came from: in one line, however often the report arrives', async () => {
    const { world } = traced.harness.sandbox.github.hub.store;
    const ofSource = (): string[] =>
      world.comments.filter(({ repository }) => repository === 'acme/todo').map(({ body }) => body);
    await traced.harness.eventually('the line', () => ofSource().length > 0);

    expect(ofSource()).toEqual([
      expect.stringMatching(
        /is live in \*\*prod\*\*: first request served .* after the commit · \[timeline\].*\/releases\//s,
      ),
    ]);
    const promotion = world.pullRequests.find(({ headRef }) => headRef === 'promote/todo/prod');
    expect(promotion?.body).toContain(`/releases/${trace.traceId}`);
  });

  it('is recorded on the source commit: a deployment for each environment, with a link', () => {
    const { deployments } = traced.harness.sandbox.github.hub.store.world;
    const recorded = deployments.filter(({ sha }) => sha === commit);

    expect(recorded.map(({ environment }) => environment).sort()).toEqual(['todo/dev', 'todo/prod', 'todo/staging']);
    for (const { statuses } of recorded) {
      expect(statuses.map(({ state }) => state)).toEqual(['success']);
      expect(statuses[0]?.targetUrl).toBe(`${traced.harness.sandbox.urls.board}/releases/${trace.traceId}`);
    }
  });

  it('exposes every metric that a rule or an alert asks for', async () => {
    const folder = path.join(import.meta.dirname, '../../../observability/prometheus/rules');
    const rules = await Promise.all((await readdir(folder)).map((file) => readFile(path.join(folder, file), 'utf8')));
    const expressions = rules.flatMap((text) =>
      (parse(text) as { groups: { rules: { expr: string }[] }[] }).groups.flatMap((group) =>
        group.rules.map(({ expr }) => expr),
      ),
    );
    const withoutLabels = (expr: string): string => expr.replaceAll(/\{[^}]*\}|\bby \([^)]*\)/g, '');
    const asked = new Set(
      expressions.flatMap((expr) => withoutLabels(expr).match(/\b(promoter|http|db)_[a-z_]+/g) ?? []),
    );
    const { board, todo } = traced.harness.sandbox.urls;
    const exposed = await Promise.all([board, todo.prod].map(async (url) => (await fetch(`${url}/metrics`)).text()));
    const known = new Set(
      exposed
        .flatMap((text) => [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)])
        .flatMap(([, name = '', type]) =>
          type === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name, `${name}_total`],
        ),
    );

    expect(asked.size).toBeGreaterThan(8);
    expect([...asked].filter((name) => !known.has(name))).toEqual([]);
  });

  it('is exported once: a restarted promoter reads that it was exported, and still shows the timeline', async () => {
    const { harness } = traced;
    const { board } = harness.sandbox.urls;
    const before = traced.traceOf(commit).spans.length;
    await harness.sandbox.promoter.kill();
    await harness.sandbox.promoter.start();
    const page = await harness.eventually('the page', async () => {
      const answer = await fetch(`${board}/releases/${trace.traceId}`);
      return answer.ok && answer.text();
    });
    const next = await harness.push('To see that what was read was exported');
    await harness.runsEverywhere(next.tag, ['dev']);
    await traced.traceWith(next.commit, 'rollout dev');

    for (const environment of ['dev', 'staging', 'prod']) expect(page).toContain(`Rollout in ${environment}`);
    expect(
      traced
        .traceOf(commit)
        .spans.slice(before)
        .map(({ service, name }) => `${service}: ${name}`),
    ).toEqual([]);
    const metrics = await (await fetch(`${board}/metrics`)).text();
    expect(metrics).not.toMatch(/stage_duration_seconds_count\{[^}]*environment="prod"[^}]*\} [1-9]/);
    expect(metrics).toMatch(/promoter_dora_deployments\{[^}]*environment="prod"[^}]*\} 1/);
  });
});
