// An OCI registry that behaves as GHCR does: https://github.com/opencontainers/distribution-spec/blob/main/spec.md
// Anybody may pull; pushing requires the token. Every manifest that is pushed is reported by itself.
import { type Context, Hono } from 'hono';
import { DIGEST, digestOf, INDEX_TYPE, Manifest, REPOSITORY_NAME, TAG } from '../oci/image.ts';
import type { BlobStore } from './blob-store.ts';
import { describeManifest, type PublishedManifest } from './published-manifest.ts';
import { refuse } from './refuse.ts';
import { createUploads } from './uploads.ts';

export interface RegistryDeps {
  store: BlobStore;
  pushToken: string;
  /** Called for every manifest, after it is stored. */
  onPublished(published: PublishedManifest): Promise<void>;
}

const MANIFEST_LIMIT = 4 * 1024 * 1024;
const ROUTE = /^\/v2\/(?<name>.+)\/(?<kind>blobs\/uploads|blobs|manifests|tags|referrers)\/?(?<reference>.*)$/;

export function createRegistry({ store, pushToken, onPublished }: RegistryDeps): Hono {
  const uploads = createUploads(store);

  /** Digests that a manifest names but that were not pushed. */
  const missingParts = async (name: string, manifest: Manifest): Promise<string[]> => {
    if (manifest.mediaType === INDEX_TYPE)
      return manifest.manifests.map(({ digest }) => digest).filter((digest) => !store.manifest(name, digest));
    const digests = [manifest.config, ...manifest.layers].map(({ digest }) => digest);
    const blobs = await Promise.all(digests.map((digest) => store.blob(digest)));
    return digests.filter((_digest, index) => blobs[index] === undefined);
  };

  const putManifest = async (c: Context, name: string, reference: string): Promise<Response> => {
    const content = Buffer.from(await c.req.arrayBuffer());
    if (content.length > MANIFEST_LIMIT)
      return refuse(c, 413, 'SIZE_INVALID', `a manifest may have ${MANIFEST_LIMIT} bytes`);
    const digest = digestOf(content);
    if (reference.startsWith('sha256:') ? reference !== digest : !TAG.test(reference))
      return refuse(c, 400, 'DIGEST_INVALID', `${reference} does not name this manifest, ${digest}`);
    let manifest: Manifest;
    try {
      manifest = Manifest.parse(JSON.parse(content.toString()));
    } catch (error) {
      return refuse(c, 400, 'MANIFEST_INVALID', error instanceof Error ? error.message : String(error));
    }
    const { mediaType } = manifest;
    if (c.req.header('content-type') !== mediaType)
      return refuse(c, 400, 'MANIFEST_INVALID', `the content type is not the manifest's mediaType ${mediaType}`);
    const [missing] = await missingParts(name, manifest);
    if (missing !== undefined) return refuse(c, 404, 'MANIFEST_BLOB_UNKNOWN', `${missing} is not in ${name}`);
    const tag = reference === digest ? null : reference;
    await store.putManifest(name, { digest, mediaType, content, tag });
    await onPublished(await describeManifest(store, { image: name, digest, tag, size: content.length }, manifest));
    return c.body(null, 201, { location: `/v2/${name}/manifests/${digest}`, 'docker-content-digest': digest });
  };

  const send = (c: Context, mediaType: string, digest: string, content: Buffer): Response => {
    const headers = {
      'content-type': mediaType,
      'docker-content-digest': digest,
      'content-length': String(content.length),
    };
    return c.req.method === 'HEAD' ? c.body(null, 200, headers) : c.body(new Uint8Array(content), 200, headers);
  };

  const getManifest = (c: Context, name: string, reference: string): Response => {
    const found = store.manifest(name, reference);
    if (!found) return refuse(c, 404, 'MANIFEST_UNKNOWN', `${name} has no ${reference}`);
    return send(c, found.mediaType, found.digest, found.content);
  };

  const getBlob = async (c: Context, digest: string): Promise<Response> => {
    const blob = DIGEST.test(digest) ? await store.blob(digest) : undefined;
    if (!blob) return refuse(c, 404, 'BLOB_UNKNOWN', `no blob ${digest}`);
    return send(c, 'application/octet-stream', digest, blob);
  };

  const listTags = (c: Context, name: string): Response => {
    const tags = store.tags(name);
    if (!tags) return refuse(c, 404, 'NAME_UNKNOWN', `no repository ${name}`);
    const { last, n } = c.req.query();
    const after = last ? tags.filter((tag) => tag > last) : tags;
    const shown = n === undefined ? after : after.slice(0, Number(n));
    const lastShown = shown.at(-1);
    if (shown.length < after.length && lastShown !== undefined)
      c.header('link', `</v2/${name}/tags/list?n=${n}&last=${lastShown}>; rel="next"`);
    return c.json({ name, tags: shown });
  };

  const requireToken = (c: Context, name: string): Response | undefined => {
    if (c.req.header('authorization') === `Bearer ${pushToken}`) return undefined;
    const { origin } = new URL(c.req.url);
    c.header(
      'www-authenticate',
      `Bearer realm="${origin}/token",service="ghcr.io",scope="repository:${name}:pull,push"`,
    );
    return refuse(c, 401, 'UNAUTHORIZED', 'pushing requires a token');
  };

  const app = new Hono();
  app.get('/token', (c) => {
    const [, credentials = ''] = c.req.header('authorization')?.split(' ') ?? [];
    const [, password] = Buffer.from(credentials, 'base64').toString().split(':');
    return c.json({ token: password === pushToken ? pushToken : 'anonymous' });
  });
  app.get('/v2/', (c) => c.json({}));
  app.all('/v2/*', async (c) => {
    c.header('docker-distribution-api-version', 'registry/2.0');
    const { name, kind, reference = '' } = ROUTE.exec(c.req.path)?.groups ?? {};
    if (name === undefined || !REPOSITORY_NAME.test(name))
      return refuse(c, 400, 'NAME_INVALID', `${name ?? c.req.path} is not a repository name`);
    const { method } = c.req;
    if (method === 'GET' || method === 'HEAD') {
      if (kind === 'manifests') return getManifest(c, name, decodeURIComponent(reference));
      if (kind === 'blobs') return getBlob(c, reference);
      if (kind === 'tags') return listTags(c, name);
      if (kind === 'referrers') return refuse(c, 404, 'MANIFEST_UNKNOWN', 'GHCR has no referrers API');
      return uploads.status(c, reference);
    }
    if (method === 'DELETE') return refuse(c, 405, 'UNSUPPORTED', 'nothing can be deleted here');
    const refused = requireToken(c, name);
    if (refused) return refused;
    if (kind === 'manifests' && method === 'PUT') return putManifest(c, name, decodeURIComponent(reference));
    if (kind === 'blobs/uploads' && method === 'POST') return uploads.start(c, name);
    if (kind === 'blobs/uploads' && (method === 'PATCH' || method === 'PUT')) return uploads.add(c, name, reference);
    return refuse(c, 405, 'UNSUPPORTED', `${method} is not supported here`);
  });
  return app;
}
