// A small OCI distribution client: the tags of an image, and what digest a tag has.
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md, https://distribution.github.io/distribution/spec/auth/token/
import { readFile } from 'node:fs/promises';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { OnBound } from '../ports.ts';

const TIMEOUT_MS = 5_000;
const PAGE_SIZE = 1_000;
const MAX_PAGES = 20;
/** Registries give tokens for five minutes and more; a younger one is never refused for its age. */
const TOKEN_TTL_MS = 60_000;
const MAX_CACHED = 500;
/** A page of a thousand tags of the longest kind is 131 kB. */
const MAX_ANSWER_BYTES = 1024 * 1024;
const MAX_CACHED_BYTES = 16 * MAX_ANSWER_BYTES;
/** What a string takes beside its characters. */
const STRING_BYTES = 32;
const MANIFEST_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

const TagList = z.object({ tags: z.array(z.string()).nullable() });
const Token = z.object({ token: z.string().optional(), access_token: z.string().optional() });
const DockerConfig = z.object({ auths: z.record(z.string(), z.object({ auth: z.string().optional() })).default({}) });
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** Unreadable: without the right, or without an answer. It says nothing about what is there. */
export type RegistryAnswer<Value> = { kind: 'read'; value: Value } | { kind: 'unreadable'; reason: string };

export interface RegistryClient {
  tags(image: string): Promise<RegistryAnswer<readonly string[]>>;
  /** Undefined where there is no such tag. */
  digest(image: string, tag: string): Promise<RegistryAnswer<string | undefined>>;
}

export interface RegistryClientDeps {
  /** A docker config.json, read whenever a token is asked for; undefined: anonymous. */
  configFile: string | undefined;
  /** Where a registry is reached, by host; https://HOST for all others. */
  hosts: Readonly<Record<string, string>>;
  onBound: OnBound;
}

interface Place {
  host: string;
  /** Without a slash at its end. */
  base: string;
  repository: string;
}

interface Page {
  etag: string;
  tags: readonly string[];
  next: string | undefined;
}

class Unreadable extends Error {}

export function createRegistryClient({ configFile, hosts, onBound }: RegistryClientDeps): RegistryClient {
  const authorizations = new LRUCache<string, string>({ max: MAX_CACHED, ttl: TOKEN_TTL_MS });
  const pages = new LRUCache<string, Page>({ max: MAX_CACHED, maxSize: MAX_CACHED_BYTES, sizeCalculation: sizeOf });

  const placeOf = (image: string): Place => {
    const [host = '', ...rest] = image.split('/');
    return { host, base: (hosts[host] ?? `https://${host}`).replace(/\/$/, ''), repository: rest.join('/') };
  };

  async function credentials(host: string): Promise<string | undefined> {
    if (configFile === undefined) return undefined;
    const parsed = DockerConfig.safeParse(JSON.parse(await readFile(configFile, 'utf8')));
    if (!parsed.success) throw new Unreadable(`${configFile} is not a docker config.json`);
    const auth = parsed.data.auths[host]?.auth ?? parsed.data.auths[`https://${host}`]?.auth;
    return auth === undefined ? undefined : `Basic ${auth}`;
  }

  /** What the challenge asks for. Credentials go to the registry itself, or to whom it names by https. */
  async function answerTo(challenge: string, { host, base, repository }: Place): Promise<string | undefined> {
    const basic = await credentials(host);
    if (!/^bearer /i.test(challenge)) return basic;
    const realm = /realm="([^"]+)"/.exec(challenge)?.[1];
    if (realm === undefined || !URL.canParse(realm)) throw new Unreadable('its challenge names no realm');
    const url = new URL(realm);
    if (url.protocol !== 'https:' && url.origin !== new URL(base).origin)
      throw new Unreadable(`its tokens would come from ${url.origin}, without TLS`);
    const service = /service="([^"]+)"/.exec(challenge)?.[1];
    if (service !== undefined) url.searchParams.set('service', service);
    url.searchParams.set('scope', `repository:${repository}:pull`);
    const response = await ask(url.href, { headers: basic === undefined ? {} : { authorization: basic } });
    if (!response.ok) throw new Unreadable(`its token service answers ${response.status}`);
    const { token, access_token: other } = Token.parse(await readJson(response, 'its token service'));
    const bearer = token ?? other;
    return bearer === undefined ? undefined : `Bearer ${bearer}`;
  }

  async function request(place: Place, url: string, init: RequestInit & { headers: Record<string, string> }) {
    const key = `${place.host}/${place.repository}`;
    const known = authorizations.get(key);
    const first = await ask(url, known === undefined ? init : withAuthorization(init, known));
    const challenge = first.headers.get('www-authenticate');
    if (first.status !== 401 || challenge === null) return first;
    await first.body?.cancel();
    const authorization = await answerTo(challenge, place);
    if (authorization === undefined) return first;
    authorizations.set(key, authorization);
    return ask(url, withAuthorization(init, authorization));
  }

  async function page(place: Place, url: string): Promise<Page> {
    const known = pages.get(url);
    const response = await request(place, url, { headers: known ? { 'if-none-match': known.etag } : {} });
    if (response.status === 304 && known) return known;
    if (!response.ok) throw new Unreadable(`its registry answers ${response.status}`);
    const { tags } = TagList.parse(await readJson(response, 'its registry'));
    const link = /<([^>]+)>;\s*rel="?next"?/.exec(response.headers.get('link') ?? '')?.[1];
    const next = link === undefined ? undefined : new URL(link, url);
    if (next && next.origin !== new URL(url).origin) throw new Unreadable('its list goes on at another host');
    const read = { etag: response.headers.get('etag') ?? '', tags: tags ?? [], next: next?.href };
    if (read.etag) pages.set(url, read);
    return read;
  }

  return {
    tags: (image) =>
      answer(async () => {
        const place = placeOf(image);
        const tags: string[] = [];
        let url: string | undefined = `${place.base}/v2/${place.repository}/tags/list?n=${PAGE_SIZE}`;
        for (let count = 0; url !== undefined && count < MAX_PAGES; count += 1) {
          const read: Page = await page(place, url);
          tags.push(...read.tags);
          url = read.next;
        }
        if (url !== undefined)
          onBound('registry_pages', `${image} has more than ${tags.length} tags; the others are not looked at`);
        return tags;
      }),
    digest: (image, tag) =>
      answer(async () => {
        const place = placeOf(image);
        const url = `${place.base}/v2/${place.repository}/manifests/${encodeURIComponent(tag)}`;
        const response = await request(place, url, { method: 'HEAD', headers: { accept: MANIFEST_TYPES } });
        if (response.status === 404) return undefined;
        if (!response.ok) throw new Unreadable(`its registry answers ${response.status}`);
        const digest = response.headers.get('docker-content-digest') ?? '';
        if (!DIGEST.test(digest)) throw new Unreadable('its registry answers without a digest');
        return digest;
      }),
  };
}

function ask(url: string, init: RequestInit): Promise<Response> {
  return fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) });
}

/** Into one buffer, since who answers chooses how small the chunks are. Leaving the loop cancels the body. */
async function readJson({ body }: Response, who: string): Promise<unknown> {
  const bytes = Buffer.allocUnsafeSlow(MAX_ANSWER_BYTES);
  let length = 0;
  for await (const chunk of body ?? []) {
    if (length + chunk.length > MAX_ANSWER_BYTES)
      throw new Unreadable(`${who} answers with more than ${MAX_ANSWER_BYTES} bytes`);
    bytes.set(chunk, length);
    length += chunk.length;
  }
  return JSON.parse(bytes.toString('utf8', 0, length));
}

const sizeOf = ({ etag, tags, next = '' }: Page): number =>
  tags.reduce((size, tag) => size + tag.length + STRING_BYTES, etag.length + next.length);

function withAuthorization(init: RequestInit & { headers: Record<string, string> }, authorization: string) {
  return { ...init, headers: { ...init.headers, authorization } };
}

async function answer<Value>(read: () => Promise<Value>): Promise<RegistryAnswer<Value>> {
  try {
    return { kind: 'read', value: await read() };
  } catch (error) {
    return { kind: 'unreadable', reason: error instanceof Error ? error.message : String(error) };
  }
}
