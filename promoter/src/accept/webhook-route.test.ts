import { createHmac } from 'node:crypto';
import { Writable } from 'node:stream';
import { createLogger } from '@delivery/telemetry/logger';
import { releaseTraceId } from '@delivery/telemetry/release';
import { describe, expect, it } from 'vitest';
import { secret } from '../config.ts';
import type { SourceFact } from '../trace/facts.ts';
import type { PromotionEvent } from './parse-delivery.ts';
import type { Taken } from './take-event.ts';
import { webhookRoute } from './webhook-route.ts';

const digest = `sha256:${'ab'.repeat(32)}`;
const published = {
  action: 'published',
  registry_package: {
    name: 'todo',
    namespace: 'acme',
    package_type: 'CONTAINER',
    package_version: { version: digest, container_metadata: { tag: { name: 'main-1' } } },
  },
};

const silent = createLogger({ service: 'promoter', level: 'silent' });

function start(taken: Taken = { kind: 'queued' }, logger = silent) {
  const events: PromotionEvent[] = [];
  const facts: SourceFact[] = [];
  const outcomes: string[] = [];
  const route = webhookRoute({
    secrets: [secret('the current one'), secret('the previous one')],
    context: { owner: 'acme', name: 'gitops-config', branch: 'main' },
    take(event) {
      events.push(event);
      return taken;
    },
    onOutcome: (event, outcome) => void outcomes.push(`${event} ${outcome}`),
    onFact: (fact) => void facts.push(fact),
    clock: () => new Date(7),
    logger,
  });
  const sign = (body: string, key: string): string => `sha256=${createHmac('sha256', key).update(body).digest('hex')}`;
  const deliver = (
    body: string,
    { key = 'the current one', event = 'registry_package', ...headers }: Record<string, string> = {},
  ) =>
    route.request('/webhooks/github', {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        'x-github-event': event,
        'x-github-delivery': '0b9d',
        'x-hub-signature-256': sign(body, key),
        ...headers,
      },
    });
  return { deliver, events, facts, outcomes };
}

describe('a delivery of GitHub', () => {
  it.each(['the current one', 'the previous one'])('is queued when it is signed with %s', async (key) => {
    const { deliver, events, facts, outcomes } = start();

    const answer = await deliver(JSON.stringify(published), { key });

    expect([answer.status, await answer.json()]).toEqual([202, { outcome: 'queued' }]);
    expect(events).toMatchObject([{ kind: 'released', release: { tag: 'main-1', digest } }]);
    expect(facts).toMatchObject([{ kind: 'published', digest, receivedMs: 7 }]);
    expect(outcomes).toEqual(['registry_package queued']);
  });

  it.each([
    ['with another secret', { key: 'a third one' }],
    ['with half a signature', { 'x-hub-signature-256': 'sha256=ab' }],
    ['with the old algorithm', { 'x-hub-signature-256': `sha1=${'a'.repeat(40)}` }],
    ['with nothing', { 'x-hub-signature-256': '' }],
  ])('is refused, unread and without a label of its own, when it is signed %s', async (_how, headers) => {
    const { deliver, events, facts, outcomes } = start();

    const answer = await deliver(JSON.stringify(published), headers);

    expect(answer.status).toBe(401);
    expect([events, facts, outcomes]).toEqual([[], [], ['unknown rejected']]);
  });

  it('is refused when it is signed, and not JSON', async () => {
    const { deliver, outcomes } = start();

    const answer = await deliver('payload=%7B%7D');

    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ reason: expect.stringContaining('application/json') as string });
    expect(outcomes).toEqual(['registry_package rejected']);
  });

  it('is refused when it is empty, whoever signed it', async () => {
    const { deliver, outcomes } = start();

    expect((await deliver('')).status).toBe(401);
    expect(outcomes).toEqual(['unknown rejected']);
  });

  it('is refused beyond 25 MiB by its declared length, before anything is read', async () => {
    const { deliver } = start();

    expect((await deliver('{}', { 'content-length': String(26 * 1024 * 1024) })).status).toBe(413);
  });

  it.each([
    ['of an event that rings for nothing', 'star', {}, 'event star decides nothing'],
    ['of another shape', 'push', [], 'the payload is not a push event'],
  ])('%s is ignored, with the reason', async (_what, event, payload, reason) => {
    const { deliver, events, outcomes } = start();

    const answer = await deliver(JSON.stringify(payload), { event });

    expect(await answer.json()).toMatchObject({
      outcome: 'ignored',
      reason: expect.stringContaining(reason) as string,
    });
    expect([events, outcomes]).toEqual([[], [`${event} ignored`]]);
  });

  it('is ignored where nothing takes it, and refused for a later attempt where the inbox is full', async () => {
    const ignored = await start({ kind: 'ignored', reason: 'no pipeline promotes it' }).deliver(
      JSON.stringify(published),
    );
    const full = await start({ kind: 'full' }).deliver(JSON.stringify(published));

    expect(await ignored.json()).toEqual({ outcome: 'ignored', reason: 'no pipeline promotes it' });
    expect(full.status).toBe(503);
  });

  it('has a line of its own at info, until there are more than ten in a second', async () => {
    const levels: string[] = [];
    const destination = new Writable({
      write(chunk, _encoding, done) {
        levels.push((JSON.parse(String(chunk)) as { level: string }).level);
        done();
      },
    });
    const { deliver, outcomes } = start(
      { kind: 'queued' },
      createLogger({ service: 'promoter', level: 'debug', destination }),
    );

    for (let index = 0; index < 12; index += 1) await deliver(JSON.stringify(published));

    expect(outcomes).toHaveLength(12);
    expect(levels).toEqual([...Array.from({ length: 10 }, () => 'info'), 'debug', 'debug']);
  });

  it('has a line that leads to the trace of the release that its commit is about', async () => {
    const lines: Record<string, unknown>[] = [];
    const destination = new Writable({
      write(chunk, _encoding, done) {
        lines.push(JSON.parse(String(chunk)) as Record<string, unknown>);
        done();
      },
    });
    const { deliver } = start({ kind: 'queued' }, createLogger({ service: 'promoter', level: 'debug', destination }));
    const url = 'https://github.com/acme/todo';
    const run = {
      action: 'completed',
      repository: { full_name: 'acme/todo', html_url: url, default_branch: 'main' },
      workflow_run: {
        id: 7,
        name: 'release',
        path: '.github/workflows/release.yml',
        head_sha: 'b'.repeat(40),
        head_branch: 'main',
        run_number: 3,
        run_attempt: 1,
        event: 'push',
        conclusion: 'success',
        html_url: `${url}/actions/runs/7`,
        created_at: '2026-11-23T10:00:00Z',
        run_started_at: '2026-11-23T10:10:00Z',
        updated_at: '2026-11-23T10:20:00Z',
        triggering_actor: { login: 'dana' },
      },
    };

    await deliver(JSON.stringify(run), { event: 'workflow_run' });
    await deliver(JSON.stringify(published));

    const traceId = releaseTraceId(url, 'b'.repeat(40));
    expect(lines.map(({ trace_id: id }) => id)).toEqual([traceId, undefined]);
  });

  it('has labels in the form that GitHub gives them alone', async () => {
    const { deliver, outcomes } = start();

    await deliver('{}', { event: 'a {label} of somebody' });

    expect(outcomes).toEqual(['unknown ignored']);
  });
});
