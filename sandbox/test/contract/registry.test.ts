// The registry, tested against the OCI distribution specification: https://github.com/opencontainers/distribution-spec
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONFIG_TYPE, digestOf, INDEX_TYPE, jsonBlob, LAYER_TYPE, MANIFEST_TYPE } from '../../src/oci/image.ts';
import { openBlobStore } from '../../src/registry/blob-store.ts';
import type { PublishedManifest } from '../../src/registry/published-manifest.ts';
import { createRegistry } from '../../src/registry/registry.ts';

const NAME = '/v2/acme/todo';

describe('the registry', () => {
  let directory: string;
  let registry: Hono;
  const published: PublishedManifest[] = [];
  const open = async (): Promise<Hono> =>
    createRegistry({
      store: await openBlobStore(directory),
      pushToken: 'push',
      onPublished: (manifest) => {
        published.push(manifest);
        return Promise.resolve();
      },
    });
  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'registry-'));
    registry = await open();
  });
  afterAll(() => rm(directory, { recursive: true }));

  const call = (
    method: string,
    route: string,
    body?: Buffer | string,
    headers: Record<string, string> = {},
  ): Promise<Response> =>
    Promise.resolve(
      registry.request(route, {
        method,
        headers: { authorization: 'Bearer push', ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
      }),
    );
  const codeOf = async (response: Response): Promise<string> =>
    ((await response.json()) as { errors: { code: string }[] }).errors[0]?.code ?? '';
  const pushBlob = async (content: Buffer): Promise<string> => {
    const started = await call('POST', `${NAME}/blobs/uploads/`);
    const digest = digestOf(content);
    const finished = await call('PUT', `${started.headers.get('location') ?? ''}?digest=${digest}`, content);
    expect([started.status, finished.status]).toEqual([202, 201]);
    return digest;
  };

  const layer = Buffer.from('a layer');
  const config = jsonBlob({
    architecture: 'amd64',
    os: 'linux',
    config: { Labels: { 'org.opencontainers.image.revision': 'abc' } },
  });
  const describeBlob = (content: Buffer, mediaType: string) => ({
    mediaType,
    digest: digestOf(content),
    size: content.length,
  });
  const manifest = jsonBlob({
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: describeBlob(config.content, CONFIG_TYPE),
    layers: [describeBlob(layer, LAYER_TYPE)],
  });
  const index = jsonBlob({
    schemaVersion: 2,
    mediaType: INDEX_TYPE,
    manifests: [{ ...describeBlob(manifest.content, MANIFEST_TYPE), platform: { architecture: 'amd64', os: 'linux' } }],
  });

  it('accepts blobs in the first request, in one piece or in chunks, and verifies their digest', async () => {
    await pushBlob(layer);
    const started = await call('POST', `${NAME}/blobs/uploads/`);
    const location = started.headers.get('location') ?? '';
    const half = Math.floor(config.content.length / 2);
    const first = await call('PATCH', location, config.content.subarray(0, half), { 'content-range': `0-${half - 1}` });
    const wrongOrder = await call('PATCH', location, config.content.subarray(half), {
      'content-range': `${half + 5}-999`,
    });
    const status = await call('GET', location);
    const last = await call('PUT', `${location}?digest=${config.digest}`, config.content.subarray(half));
    const lie = await call('POST', `${NAME}/blobs/uploads/?digest=${config.digest}`, 'something else');

    expect([first.status, wrongOrder.status, status.status, last.status, lie.status]).toEqual([
      202, 416, 204, 201, 400,
    ]);
    expect(status.headers.get('range')).toBe(`0-${half - 1}`);
    expect(await codeOf(lie)).toBe('DIGEST_INVALID');
    const read = await call('GET', `${NAME}/blobs/${config.digest}`);
    expect(Buffer.from(await read.arrayBuffer())).toEqual(config.content);
    expect((await call('HEAD', `${NAME}/blobs/${digestOf(layer)}`)).headers.get('content-length')).toBe(
      String(layer.length),
    );
  });

  it('accepts manifests whose parts are there, by digest and by tag, and reports each', async () => {
    const put = (reference: string, content: Buffer, type: string): Promise<Response> =>
      call('PUT', `${NAME}/manifests/${reference}`, content, { 'content-type': type });
    expect(await codeOf(await put('v1', index.content, INDEX_TYPE))).toBe('MANIFEST_BLOB_UNKNOWN');
    expect((await put(manifest.digest, manifest.content, MANIFEST_TYPE)).status).toBe(201);
    expect((await put('v1', index.content, INDEX_TYPE)).headers.get('docker-content-digest')).toBe(index.digest);
    expect(await codeOf(await put(index.digest, manifest.content, MANIFEST_TYPE))).toBe('DIGEST_INVALID');
    expect(await codeOf(await put('v2', Buffer.from('{}'), MANIFEST_TYPE))).toBe('MANIFEST_INVALID');
    expect(await codeOf(await put('v2', manifest.content, INDEX_TYPE))).toBe('MANIFEST_INVALID');

    expect(published.map(({ tag, digest, labels }) => ({ tag, digest, labels }))).toEqual([
      { tag: null, digest: manifest.digest, labels: { 'org.opencontainers.image.revision': 'abc' } },
      { tag: 'v1', digest: index.digest, labels: {} },
    ]);
  });

  it('serves manifests with their type and digest, the same after a restart', async () => {
    registry = await open();
    const byTag = await call('GET', `${NAME}/manifests/v1`);
    const byDigest = await call('HEAD', `${NAME}/manifests/${index.digest}`);

    expect(byTag.headers.get('content-type')).toBe(INDEX_TYPE);
    expect(digestOf(Buffer.from(await byTag.arrayBuffer()))).toBe(index.digest);
    expect(byDigest.headers.get('docker-content-digest')).toBe(index.digest);
    expect(await codeOf(await call('GET', `${NAME}/manifests/nothing`))).toBe('MANIFEST_UNKNOWN');
  });

  it('lists tags in pages', async () => {
    for (const tag of ['b', 'a'])
      await call('PUT', `${NAME}/manifests/${tag}`, index.content, { 'content-type': INDEX_TYPE });
    const page = await call('GET', `${NAME}/tags/list?n=2`);

    expect(await page.json()).toEqual({ name: 'acme/todo', tags: ['a', 'b'] });
    expect(page.headers.get('link')).toBe(`<${NAME}/tags/list?n=2&last=b>; rel="next"`);
    expect(await (await call('GET', `${NAME}/tags/list?n=2&last=b`)).json()).toEqual({
      name: 'acme/todo',
      tags: ['v1'],
    });
    expect(await codeOf(await call('GET', '/v2/acme/other/tags/list'))).toBe('NAME_UNKNOWN');
  });

  it('lets anybody pull and nobody push without the token', async () => {
    const anonymous = { authorization: '' };
    expect((await call('GET', `${NAME}/manifests/v1`, undefined, anonymous)).status).toBe(200);
    const push = await call('POST', `${NAME}/blobs/uploads/`, '', anonymous);
    expect(push.status).toBe(401);
    expect(push.headers.get('www-authenticate')).toContain('/token');
    const token = await call('GET', '/token?service=ghcr.io', undefined, {
      authorization: `Basic ${Buffer.from('ci:push').toString('base64')}`,
    });
    expect(await token.json()).toEqual({ token: 'push' });
  });

  it('has no referrers API, as GHCR has none, and refuses invalid names', async () => {
    expect((await call('GET', `${NAME}/referrers/${index.digest}`)).status).toBe(404);
    expect(await codeOf(await call('GET', '/v2/Acme/Todo/manifests/v1'))).toBe('NAME_INVALID');
    expect((await call('DELETE', `${NAME}/manifests/v1`)).status).toBe(405);
  });
});
