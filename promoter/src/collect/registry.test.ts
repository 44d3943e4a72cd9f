// A real server that answers as registries do: with challenges, pages, ETags, and refusals.
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parsePromotionFile } from '../decide/promotion-config.ts';
import { createRegistryClient, type RegistryClient } from './registry-client.ts';
import { createRegistry } from './registry.ts';

const IMAGE = 'registry.example/acme/todo';
const digest = (character: string): string => `sha256:${character.repeat(64)}`;
const { pipelines } = parsePromotionFile(
  'p.yaml',
  String.raw`pipelines: [{ name: todo, image: registry.example/acme/todo, tags: '^main-(?<number>\d+)$', environments: [{ name: dev, manifest: dev.yaml }] }]`,
);
const release = (tag: string, of: string) => ({ image: IMAGE, tag, digest: of, commit: undefined });

let respond: (request: IncomingMessage, response: ServerResponse) => void = () => undefined;
const asked: string[] = [];
const server = createServer((request, response) => {
  asked.push(`${request.method} ${request.url}`);
  respond(request, response);
});
let origin = '';
let directory = '';
let bounds: string[] = [];

function start({ configFile }: { configFile?: string } = {}) {
  const onBound = (bound: string): void => void bounds.push(bound);
  const client = createRegistryClient({ configFile, hosts: { 'registry.example': origin }, onBound });
  return { client, registry: createRegistry(client, onBound) };
}

/** Tags with their digests, for anybody. */
const open =
  (tags: Record<string, string>) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(request.url ?? '', origin);
    if (url.pathname.endsWith('/tags/list')) return void response.end(JSON.stringify({ tags: Object.keys(tags) }));
    const found = tags[url.pathname.split('/').at(-1) ?? ''];
    response.writeHead(found ? 200 : 404, found ? { 'docker-content-digest': found } : {});
    return void response.end();
  };
const status =
  (code: number) =>
  (_request: IncomingMessage, response: ServerResponse): void =>
    void response.writeHead(code).end();

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  directory = await mkdtemp(path.join(tmpdir(), 'registry-'));
});
afterAll(async () => {
  server.close();
  await once(server, 'close');
  await rm(directory, { recursive: true });
});
beforeEach(() => {
  asked.length = 0;
  bounds = [];
});

describe('a registry', () => {
  it('has the newest releases of a pipeline, with their digests', async () => {
    respond = open({ 'main-9': digest('9'), 'main-10': digest('a'), latest: digest('f') });

    expect(await start().registry.releases(pipelines)).toEqual([
      release('main-10', digest('a')),
      release('main-9', digest('9')),
    ]);
    expect(asked.filter((line) => line.includes('tags/list'))).toHaveLength(1);
  });

  it('that confirms a digest is asked once', async () => {
    respond = open({ 'main-1': digest('1') });
    const { registry } = start();

    expect(await registry.denied([release('main-1', digest('1'))])).toEqual([]);
    expect(await registry.denied([release('main-1', digest('1'))])).toEqual([]);
    expect(asked).toEqual(['HEAD /v2/acme/todo/manifests/main-1']);
  });

  it('that has another build of a tag by now no longer confirms the one before', async () => {
    const { registry } = start();
    const [before, later] = [release('main-1', digest('1')), release('main-1', digest('2'))];
    respond = open({ 'main-1': digest('1') });
    await registry.denied([before]);
    respond = open({ 'main-1': digest('2') });

    expect(await registry.denied([later])).toEqual([]);
    expect([registry.isConfirmed(before), registry.isConfirmed(later)]).toEqual([false, true]);
    expect((await registry.denied([before])).map(({ reason }) => reason)).toEqual([
      `its registry has ${digest('2')} as main-1, not ${digest('1')}`,
    ]);
  });

  it('denies another digest, and a tag that is not there', async () => {
    respond = open({ 'main-1': digest('1') });

    const denied = await start().registry.denied([release('main-1', digest('2')), release('main-2', digest('2'))]);

    expect(denied.map(({ reason }) => reason)).toEqual([
      `its registry has ${digest('1')} as main-1, not ${digest('2')}`,
      'its registry has no tag main-2',
    ]);
  });

  it('is asked about ten images at once, and about one release of each', async () => {
    const asking: string[] = [];
    let mostImages = 0;
    const client: RegistryClient = {
      tags: () => Promise.resolve({ kind: 'read', value: [] }),
      async digest(image) {
        expect(asking).not.toContain(image);
        asking.push(image);
        mostImages = Math.max(mostImages, asking.length);
        await turn();
        asking.splice(asking.indexOf(image), 1);
        return { kind: 'read', value: digest('1') };
      },
    };
    const candidates = ['main-1', 'main-2', 'main-3'].flatMap((tag, index) =>
      Array.from({ length: 25 }, (_, image) => ({
        ...release(tag, digest(`${(index + image) % 2}`)),
        image: `${IMAGE}-${image}`,
      })),
    );

    const denied = await createRegistry(client, () => undefined).denied(candidates);

    expect(mostImages).toBe(10);
    expect(denied.map((one) => one.release)).toEqual(candidates.filter((one) => one.digest === digest('0')));
  });

  it('that does not list its tags is asked about one missing tag of an image, not about all', async () => {
    respond = (request, response) => status(request.method === 'HEAD' ? 404 : 403)(request, response);

    expect(await start().registry.denied(['main-1', 'main-2'].map((tag) => release(tag, digest('1'))))).toEqual([]);
    expect(asked).toHaveLength(2);
  });

  it.each([401, 403, 404, 500])('that answers %i to everything denies nothing, and is on the board', async (code) => {
    respond = status(code);
    const { registry } = start();

    expect(await registry.denied([release('main-1', digest('1'))])).toEqual([]);
    expect(await registry.releases(pipelines)).toEqual([]);
    expect(bounds).toEqual(['unreadable_registries']);
  });

  it('that nobody answers for denies nothing', async () => {
    const onBound = (): void => undefined;
    const client = createRegistryClient({
      configFile: undefined,
      hosts: { 'registry.example': 'http://127.0.0.1:1' },
      onBound,
    });

    expect(await createRegistry(client, onBound).denied([release('main-1', digest('1'))])).toEqual([]);
  });

  it('gives a token for credentials, and is given nothing it did not ask for', async () => {
    const configFile = path.join(directory, 'config.json');
    const auth = Buffer.from('robot:password').toString('base64');
    await writeFile(configFile, JSON.stringify({ auths: { 'registry.example': { auth } } }));
    const authorizations: (string | undefined)[] = [];
    respond = (request, response) => {
      const { authorization } = request.headers;
      authorizations.push(authorization);
      if (request.url?.startsWith('/token')) return void response.end('{"token":"the-token"}');
      if (authorization === 'Bearer the-token') return open({ 'main-1': digest('1') })(request, response);
      const challenge = `Bearer realm="${origin}/token",service="registry.example",scope="repository:acme/todo:pull"`;
      return void response.writeHead(401, { 'www-authenticate': challenge }).end();
    };

    expect(await start({ configFile }).client.digest(IMAGE, 'main-1')).toEqual({ kind: 'read', value: digest('1') });
    expect(authorizations).toEqual([undefined, `Basic ${auth}`, 'Bearer the-token']);
    expect(asked[1]).toBe('GET /token?service=registry.example&scope=repository%3Aacme%2Ftodo%3Apull');
  });

  it('that names a token service elsewhere without TLS gets no credentials', async () => {
    respond = (_request, response) =>
      void response.writeHead(401, { 'www-authenticate': 'Bearer realm="http://evil.example/token"' }).end();

    expect(await start().client.tags(IMAGE)).toMatchObject({ kind: 'unreadable' });
  });

  it.each([
    ['its registry', 200],
    ['its token service', 401],
  ])('is not read where %s answers without an end', async (who, code) => {
    const cut = Promise.withResolvers<unknown>();
    respond = (request, response) => {
      if (code === 401 && !request.url?.startsWith('/token'))
        return void response.writeHead(401, { 'www-authenticate': `Bearer realm="${origin}/token"` }).end();
      response.on('close', cut.resolve);
      return void response.write(`{"tags":["${'x'.repeat(2 * 1024 * 1024)}`);
    };

    const reason = `${who} answers with more than 1048576 bytes`;
    expect(await start().client.tags(IMAGE)).toEqual({ kind: 'unreadable', reason });
    await cut.promise;
  });

  it('of many large images is remembered within a bound', async () => {
    const tags = ['x'.repeat(1_000_000)];
    const known: string[] = [];
    respond = (request, response) => {
      if (request.headers['if-none-match'] === undefined)
        return void response.writeHead(200, { etag: '"same"' }).end(JSON.stringify({ tags }));
      known.push(request.url?.split('/')[3] ?? '');
      return void response.writeHead(304).end();
    };
    const { client } = start();
    const images = Array.from({ length: 17 }, (_, index) => `todo-${index}`);
    for (const image of [...images, 'todo-16', 'todo-0'])
      expect(await client.tags(`registry.example/acme/${image}`)).toEqual({ kind: 'read', value: tags });

    expect(known).toEqual(['todo-16']);
  });

  it('is read page by page, up to a bound, and not again where nothing changed', async () => {
    let isEndless = false;
    respond = (request, response) => {
      if (request.headers['if-none-match'] === '"same"') return void response.writeHead(304).end();
      const last = Number(new URL(request.url ?? '', origin).searchParams.get('last') ?? 0);
      const link = last < 2 || isEndless ? { link: `</v2/acme/todo/tags/list?last=${last + 1}>; rel="next"` } : {};
      response.writeHead(200, isEndless ? link : { ...link, etag: '"same"' });
      return void response.end(JSON.stringify({ tags: [`main-${last}`] }));
    };
    const { client } = start();
    const all = { kind: 'read', value: ['main-0', 'main-1', 'main-2'] };

    expect(await client.tags(IMAGE)).toEqual(all);
    expect(await client.tags(IMAGE)).toEqual(all);
    expect(bounds).toEqual([]);
    isEndless = true;
    expect(await start().client.tags(IMAGE)).toMatchObject({ kind: 'read' });
    expect(bounds).toEqual(['registry_pages']);
    expect(asked).toHaveLength(3 + 3 + 20);
  });
});
