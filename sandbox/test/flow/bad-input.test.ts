import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Harness, startHarness } from './harness.ts';

describe('bad input', () => {
  let harness: Harness;
  let secret: string;
  beforeAll(async () => {
    harness = await startHarness({
      promoterEnv: { CONFIG_PATH: 'promotion.yaml,other.yaml', GITHUB_WEBHOOK_SECRET_PREVIOUS: 'the-previous-secret' },
    });
    const keys = await readFile(path.join(harness.sandbox.logDirectory, '../keys.json'), 'utf8');
    secret = (JSON.parse(keys) as { webhookSecret: string }).webhookSecret;
  });
  afterAll(() => harness.close());

  const deliver = (body: string | Buffer, headers: Record<string, string> = {}, key = secret): Promise<Response> =>
    fetch(`${harness.sandbox.urls.board}/webhooks/github`, {
      method: 'POST',
      body: typeof body === 'string' ? body : new Uint8Array(body),
      headers: {
        'content-type': 'application/json',
        'x-github-event': 'registry_package',
        'x-github-delivery': '6d3a3f6e-0000-4000-8000-000000000000',
        'x-hub-signature-256': `sha256=${createHmac('sha256', key).update(body).digest('hex')}`,
        ...headers,
      },
    });
  const reasonOf = async (response: Response): Promise<string> =>
    ((await response.json()) as { reason: string }).reason;

  it('a missing or wrong signature is 401, and nothing of the delivery is logged', async () => {
    const wrong = await deliver('{"marker":"do-not-log-me"}', {}, 'another secret');
    const missing = await deliver('{"marker":"do-not-log-me"}', { 'x-hub-signature-256': '' });

    expect([wrong.status, missing.status]).toEqual([401, 401]);
    const lines = harness.sandbox.promoter.lastLines(50).filter((line) => line.includes('signature'));
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.join('\n')).not.toMatch(/do-not-log-me|6d3a3f6e|registry_package/);
  });

  it('the previous secret is accepted while secrets rotate', async () => {
    expect((await deliver('{"zen":"x"}', { 'x-github-event': 'ping' }, 'the-previous-secret')).status).toBe(202);
  });

  /** Answers come before the body is complete, so nothing waits for it to be sent. */
  const statusBefore = async (headers: Record<string, string | number>, body?: Buffer): Promise<number | undefined> => {
    const sent = request(`${harness.sandbox.urls.board}/webhooks/github`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
    });
    sent.flushHeaders();
    if (body) sent.write(body);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    sent.on('error', () => undefined).destroy(); // the server has closed the connection
    return response.statusCode;
  };

  it('a body over 25 MB is 413, declared or not, and one that is not signed is 401 unread', async () => {
    const signature = { 'x-hub-signature-256': `sha256=${'a'.repeat(64)}` };
    const size = 25 * 1024 * 1024 + 1;

    expect(await statusBefore({ ...signature, 'content-length': size })).toBe(413);
    expect(await statusBefore(signature, Buffer.alloc(size, 32))).toBe(413);
    expect(await statusBefore({ 'content-length': size })).toBe(401);
    expect(await statusBefore({}, Buffer.alloc(1_000, 32))).toBe(401);
  });

  it('a signed body that is not JSON is 400', async () => {
    const response = await deliver('payload=%7B%7D');

    expect(response.status).toBe(400);
    expect(await reasonOf(response)).toContain('content type');
  });

  it.each([
    ['an unknown event', 'star', '{}', 'event star decides nothing'],
    [
      'a payload of another shape',
      'registry_package',
      '{"action":"published","registry_package":[]}',
      'not a registry_package event',
    ],
    [
      'a package of another kind',
      'registry_package',
      JSON.stringify({ action: 'published', registry_package: { name: 'x', package_type: 'npm' } }),
      'not a container',
    ],
  ])('%s is 202 with a recorded reason', async (_case, event, body, reason) => {
    const response = await deliver(body, { 'x-github-event': event });

    expect(response.status).toBe(202);
    expect(await reasonOf(response)).toContain(reason);
    expect(await (await fetch(`${harness.sandbox.urls.board}/metrics`)).text()).toMatch(
      new RegExp(`event="${event}",outcome="ignored"`),
    );
  });

  it('a broken promotion file is on the board with file, line and reason, and pipelines of other files go on', async () => {
    await harness.eventually('the missing file on the board', async () =>
      (await harness.board()).problems.some(({ file }) => file === 'other.yaml'),
    );
    await harness.editConfig(
      'other.yaml',
      () =>
        'pipelines:\n  - name: other\n    image: ghcr.io/acme/other\n    tags: "^v(?<number>\\\\d+$"\n    environments: []\n',
    );
    const problem = await harness.eventually('the problem', async () =>
      (await harness.board()).problems.find(({ line }) => line === 4),
    );

    expect(problem).toMatchObject({ file: 'other.yaml', pipeline: 'other' });
    expect(problem.reason).toContain('is not a regular expression');
    const { tag } = await harness.push();
    await harness.runsEverywhere(tag, ['dev']);
    const page = await (await fetch(harness.sandbox.urls.board)).text();
    expect(page).toContain('other.yaml:4');

    await harness.editConfig('other.yaml', () => 'pipelines: []\n');
    expect((await harness.board()).pipelines.map(({ name }) => name)).toEqual(['todo']);
    await harness.eventually('the problem to go', async () => (await harness.board()).problems.length === 0);
  });

  it('an image that no pipeline promotes is 202 with a recorded reason', async () => {
    const version = {
      version: `sha256:${'a'.repeat(64)}`,
      package_url: 'ghcr.io/acme/unknown:main-1-abcdef0',
      container_metadata: { tag: { name: 'main-1-abcdef0' } },
    };
    const response = await deliver(
      JSON.stringify({
        action: 'published',
        registry_package: { name: 'unknown', package_type: 'CONTAINER', package_version: version },
      }),
    );

    expect(await reasonOf(response)).toBe('no pipeline promotes ghcr.io/acme/unknown');
  });

  it('a manifest that does not parse stops its pipeline, with file and line', async () => {
    const manifest = 'apps/todo/overlays/staging/kustomization.yaml';
    let good = '';
    await harness.editConfig(manifest, (text) => {
      good = text;
      return text.replace('images:', 'images: [');
    });
    const problem = await harness.eventually('the problem', async () =>
      (await harness.board()).problems.find(({ file }) => file === manifest),
    );

    expect(problem.line).toBeGreaterThan(1);
    await harness.editConfig(manifest, () => good);
    await harness.eventually('the problem to go', async () => (await harness.board()).problems.length === 0);
  });
});
