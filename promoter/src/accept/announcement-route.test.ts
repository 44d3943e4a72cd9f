// Real tokens, and a real server that has the keys.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLogger } from '@delivery/telemetry/logger';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { parsePromotionFile } from '../decide/promotion-config.ts';
import { announcementRoute } from './announcement-route.ts';
import type { PromotionEvent } from './parse-delivery.ts';
import type { Taken } from './take-event.ts';
import { createAnnouncerVerifier } from './verify-announcer.ts';

const AUDIENCE = 'https://promoter.example';
const NOW = new Date('2026-11-23T12:00:00Z');
const seconds = (date: Date): number => Math.floor(date.getTime() / 1_000);
const keys = await generateKeyPair('RS256');
const others = await generateKeyPair('RS256');

let fetches = 0;
const jwks = JSON.stringify({
  keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'key-1', alg: 'RS256', use: 'sig' }],
});
const server = createServer((_request, response) => {
  fetches += 1;
  response.setHeader('content-type', 'application/json');
  response.end(jwks);
});
let issuer = '';

const run = {
  repository: 'acme/todo',
  ref: 'refs/heads/main',
  sha: 'c'.repeat(40),
  event_name: 'push',
  sub: 'repo:acme/todo:ref:refs/heads/main',
};
const body = { image: 'ghcr.io/acme/todo', tag: 'main-1', digest: `sha256:${'d'.repeat(64)}` };
const { pipelines } = parsePromotionFile(
  'p.yaml',
  String.raw`pipelines:
  - { name: todo, image: ghcr.io/acme/todo, source: acme/todo, tags: '^main-(?<number>\d+)$', environments: [{ name: dev, manifest: dev.yaml }] }
  - { name: orphan, image: ghcr.io/acme/orphan, tags: '^main-(?<number>\d+)$', environments: [{ name: dev, manifest: dev.yaml }] }
`,
);

interface Signing {
  issuer?: string;
  audience?: string;
  expiresAt?: Date;
  kid?: string;
  key?: typeof keys.privateKey;
}
function sign(claims: JWTPayload = {}, signing: Signing = {}): Promise<string> {
  return new SignJWT({ ...run, ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: signing.kid ?? 'key-1' })
    .setIssuer(signing.issuer ?? issuer)
    .setAudience(signing.audience ?? AUDIENCE)
    .setIssuedAt(seconds(NOW) - 10)
    .setExpirationTime(seconds(signing.expiresAt ?? new Date(NOW.getTime() + 300_000)))
    .sign(signing.key ?? keys.privateKey);
}

interface World {
  isComplete?: boolean;
  verifies?: boolean;
  taken?: Taken;
}
function start({ isComplete = true, verifies = true, taken = { kind: 'queued' } }: World = {}) {
  const events: PromotionEvent[] = [];
  const outcomes: string[] = [];
  const clock = () => NOW;
  const logger = createLogger({ service: 'promoter', level: 'silent' });
  const warn = vi.spyOn(logger, 'warn');
  const route = announcementRoute({
    verify: verifies ? createAnnouncerVerifier({ issuer, audience: AUDIENCE, clock }) : undefined,
    declared: () => ({ pipelines: isComplete ? pipelines : [], isComplete }),
    take(event) {
      events.push(event);
      return taken;
    },
    onOutcome: (_event, outcome) => void outcomes.push(outcome),
    onFact: () => undefined,
    clock,
    logger,
  });
  const announce = async (authorization: string | undefined, sent: unknown = body) => {
    const response = await route.request('/releases', {
      method: 'POST',
      body: typeof sent === 'string' ? sent : JSON.stringify(sent),
      headers: { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) },
    });
    const answer = response.headers.get('content-type')?.includes('json')
      ? ((await response.json()) as { reason?: string })
      : {};
    return { status: response.status, reason: answer.reason ?? '' };
  };
  return { announce, events, outcomes, route, warn };
}

describe('an announcement', () => {
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.close();
    await once(server, 'close');
  });
  beforeEach(() => {
    fetches = 0;
  });

  it('of a run of the source repository is queued, with the commit of the run', async () => {
    const { announce, events, outcomes } = start();

    expect((await announce(`Bearer ${await sign()}`)).status).toBe(202);
    expect(events).toEqual([
      { kind: 'released', release: { ...body, commit: run.sha }, repository: { owner: 'acme', name: 'todo' } },
    ]);
    expect(outcomes).toEqual(['queued']);
  });

  it('of a tag counts as well', async () => {
    expect((await start().announce(`Bearer ${await sign({ ref: 'refs/tags/v1.2.3' })}`)).status).toBe(202);
  });

  it.each<[string, JWTPayload, Signing, string]>([
    ['an expired token', {}, { expiresAt: new Date(NOW.getTime() - 60_000) }, '"exp"'],
    ['a token for somebody else', {}, { audience: 'https://elsewhere.example' }, '"aud"'],
    ['a token of another issuer', {}, { issuer: 'https://issuer.example' }, '"iss"'],
    ['a forged signature', {}, { key: others.privateKey }, 'signature'],
    ['an unknown key', {}, { kid: 'key-2' }, 'no applicable key'],
    ['another repository', { repository: 'mallory/todo' }, {}, 'mallory/todo may not announce ghcr.io/acme/todo'],
    ['a pull request', { ref: 'refs/pull/7/merge', event_name: 'pull_request' }, {}, 'releases nothing'],
    ['another branch', { ref: 'refs/heads/main-2' }, {}, 'releases nothing'],
    ['pull_request_target', { event_name: 'pull_request_target' }, {}, 'anybody proposes'],
    ['something that is no run', { repository: 'nonsense' }, {}, 'not one of a GitHub Actions run'],
  ])('with %s is 401, with the reason', async (_case, claims, signing, reason) => {
    const { announce, events, outcomes } = start();

    const answer = await announce(`Bearer ${await sign(claims, signing)}`);

    expect(answer.status).toBe(401);
    expect(answer.reason).toContain(reason);
    expect(events).toEqual([]);
    expect(outcomes).toEqual(['rejected']);
  });

  it('with a token that nobody signed is 401', async () => {
    const unsigned = new UnsecuredJWT(run).setIssuer(issuer).setAudience(AUDIENCE).setIssuedAt().encode();
    const header = Buffer.from('{"alg":"none"}').toString('base64url');
    const { announce } = start();

    expect((await announce(`Bearer ${unsigned}`)).status).toBe(401);
    expect((await announce(`Bearer ${header}.${unsigned.split('.')[1]}.AA`)).status).toBe(401);
    expect(fetches).toBe(0);
  });

  it('without a well-formed token is 401 before its body is read', async () => {
    const { route } = start();
    for (const authorization of [undefined, 'Basic x', 'Bearer x', `Bearer ${'a'.repeat(9_000)}.b.c`]) {
      let pulls = 0;
      const endless = new ReadableStream({
        pull(controller) {
          pulls += 1;
          controller.enqueue(new Uint8Array(1_024));
        },
      });
      const request = new Request('http://promoter/releases', {
        method: 'POST',
        body: endless,
        duplex: 'half',
        ...(authorization === undefined ? {} : { headers: { authorization } }),
      });

      expect((await route.request(request)).status).toBe(401);
      // One chunk is what a stream holds ready before anybody reads it.
      expect(pulls).toBeLessThanOrEqual(1);
    }
  });

  it('that proves nothing does not fill the log; each refusal of a proven run has a line with its reason', async () => {
    const { announce, outcomes, warn } = start();
    for (let attempt = 0; attempt < 100; attempt += 1) {
      await announce(attempt % 2 === 0 ? undefined : 'Bearer a.b.c');
    }
    expect(warn.mock.calls).toEqual([
      [{ stage: 'accept', status: 401 }, 'the OIDC token is missing: Authorization: Bearer TOKEN'],
    ]);
    expect(outcomes).toHaveLength(100);

    const foreign = `Bearer ${await sign({ repository: 'acme/other' })}`;
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const { status, reason } = await announce(foreign);
      expect(warn).toHaveBeenLastCalledWith({ status, reason, stage: 'accept' }, 'announcement refused');
    }
    expect(warn).toHaveBeenCalledTimes(3);
  });

  it('with unknown keys makes us ask for the keys once, not once each', async () => {
    const { announce } = start();
    for (let attempt = 0; attempt < 20; attempt += 1)
      expect((await announce(`Bearer ${await sign({}, { kid: `key-${attempt + 2}` })}`)).status).toBe(401);

    expect(fetches).toBe(1);
  });

  it('is 503 while the keys cannot be read: the release is not refused', async () => {
    const gone = 'http://127.0.0.1:1';
    const verify = createAnnouncerVerifier({ issuer: gone, audience: AUDIENCE, clock: () => NOW });

    expect((await verify(await sign({}, { issuer: gone }))).kind).toBe('unknown');
  });

  it.each([
    ['no JSON', '{', 'the body'],
    ['no digest', { ...body, digest: 'latest' }, 'digest'],
    ['a tag that is none', { ...body, tag: '../x' }, 'tag'],
    ['an image without registry', { ...body, image: 'todo' }, 'image'],
  ])('with %s is 422', async (_case, sent, reason) => {
    const answer = await start().announce(`Bearer ${await sign()}`, sent);

    expect(answer.status).toBe(422);
    expect(answer.reason).toContain(reason);
  });

  it('with a large body is 413', async () => {
    expect((await start().announce(`Bearer ${await sign()}`, { ...body, more: 'x'.repeat(5_000) })).status).toBe(413);
  });

  it('of an image whose pipeline names no source is 401: nothing says whose it is', async () => {
    const answer = await start().announce(`Bearer ${await sign()}`, { ...body, image: 'ghcr.io/acme/orphan' });

    expect(answer).toMatchObject({ status: 401, reason: expect.stringContaining('no repository') as string });
  });

  it('before the promotion files are known is 503', async () => {
    expect((await start({ isComplete: false }).announce(`Bearer ${await sign()}`)).status).toBe(503);
  });

  it('that nobody wants is 202 with the reason', async () => {
    const { announce, outcomes } = start({ taken: { kind: 'ignored', reason: 'its tag does not match' } });

    expect(await announce(`Bearer ${await sign()}`)).toEqual({ status: 202, reason: 'its tag does not match' });
    expect(outcomes).toEqual(['ignored']);
  });

  it('is 503 where the inbox is full, and 404 where none can be taken', async () => {
    const authorization = `Bearer ${await sign()}`;

    expect((await start({ taken: { kind: 'full' } }).announce(authorization)).status).toBe(503);
    expect((await start({ verifies: false }).announce(authorization)).status).toBe(404);
  });
});
