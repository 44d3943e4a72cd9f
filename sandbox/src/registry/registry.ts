// An OCI registry that behaves as GHCR does: https://github.com/opencontainers/distribution-spec/blob/main/spec.md
// Anybody may pull; pushing needs the token. Every manifest that arrives is reported, one event each.
import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { PublishedManifest } from '../github/operations/packages.ts';
import {
  digestOf,
  DIGEST,
  ImageConfig,
  type ImageManifest,
  INDEX_TYPE,
  Manifest,
  REPOSITORY_NAME,
  TAG,
} from '../oci/image.ts';
import type { BlobStore } from './blob-store.ts';

export interface RegistryDeps {
  store: BlobStore;
  pushToken: string;
  /** Told about every manifest, after it is stored. */
  onPublished(published: PublishedManifest): Promise<void>;
}

type ErrorCode =
  | 'BLOB_UNKNOWN'
  | 'BLOB_UPLOAD_INVALID'
  | 'BLOB_UPLOAD_UNKNOWN'
  | 'DIGEST_INVALID'
  | 'MANIFEST_BLOB_UNKNOWN'
  | 'MANIFEST_INVALID'
  | 'MANIFEST_UNKNOWN'
  | 'NAME_INVALID'
  | 'NAME_UNKNOWN'
  | 'SIZE_INVALID'
  | 'UNAUTHORIZED'
  | 'DENIED'
  | 'UNSUPPORTED';

const MANIFEST_LIMIT = 4 * 1024 * 1024;
const UPLOAD_LIMIT = 512 * 1024 * 1024;

function refuse(c: Context, status: ContentfulStatusCode, code: ErrorCode, message: string): Response {
  return c.json({ errors: [{ code, message, detail: null }] }, status);
}

export function createRegistry({ store, pushToken, onPublished }: RegistryDeps): Hono {
  const uploads = new Map<string, { name: string; content: Buffer }>();
  const mayPush = (c: Context): boolean => c.req.header('authorization') === `Bearer ${pushToken}`;
  const location = (name: string, id: string): string => `/v2/${name}/blobs/uploads/${id}`;

  const finishUpload = async (c: Context, name: string, content: Buffer): Promise<Response> => {
    const digest = c.req.query('digest') ?? '';
    if (!DIGEST.test(digest))
      return refuse(c, 400, 'DIGEST_INVALID', `${digest || 'no digest'} is not a sha256 digest`);
    if (digestOf(content) !== digest)
      return refuse(c, 400, 'DIGEST_INVALID', `the content is ${digestOf(content)}, not ${digest}`);
    await store.putBlob(digest, content);
    return c.body(null, 201, { location: `/v2/${name}/blobs/${digest}`, 'docker-content-digest': digest });
  };

  const upload = async (c: Context, name: string, id: string): Promise<Response> => {
    const found = uploads.get(id);
    if (!found || found.name !== name) return refuse(c, 404, 'BLOB_UPLOAD_UNKNOWN', `no upload ${id}`);
    const chunk = Buffer.from(await c.req.arrayBuffer());
    if (found.content.length + chunk.length > UPLOAD_LIMIT)
      return refuse(c, 413, 'SIZE_INVALID', `a blob may have ${UPLOAD_LIMIT} bytes`);
    const range = /^(\d+)-(\d+)$/.exec(c.req.header('content-range') ?? '');
    if (range && Number(range[1]) !== found.content.length)
      return refuse(c, 416, 'BLOB_UPLOAD_INVALID', 'the chunk is out of order');
    found.content = Buffer.concat([found.content, chunk]);
    if (c.req.method === 'PATCH')
      return c.body(null, 202, { location: location(name, id), range: `0-${Math.max(found.content.length - 1, 0)}` });
    uploads.delete(id);
    return finishUpload(c, name, found.content);
  };

  const putManifest = async (c: Context, name: string, reference: string): Promise<Response> => {
    const content = Buffer.from(await c.req.arrayBuffer());
    if (content.length > MANIFEST_LIMIT)
      return refuse(c, 413, 'SIZE_INVALID', `a manifest may have ${MANIFEST_LIMIT} bytes`);
    const digest = digestOf(content);
    if (reference.startsWith('sha256:') ? reference !== digest : !TAG.test(reference)) {
      return refuse(c, 400, 'DIGEST_INVALID', `${reference} does not name this manifest, ${digest}`);
    }
    let parsed: Manifest;
    try {
      parsed = Manifest.parse(JSON.parse(content.toString()));
    } catch (error) {
      return refuse(c, 400, 'MANIFEST_INVALID', error instanceof Error ? error.message : String(error));
    }
    if (c.req.header('content-type') !== parsed.mediaType) {
      return refuse(c, 400, 'MANIFEST_INVALID', `the content type is not the manifest's mediaType ${parsed.mediaType}`);
    }
    const missing =
      parsed.mediaType === INDEX_TYPE
        ? parsed.manifests.filter((child) => !store.manifest(name, child.digest))
        : (
            await Promise.all(
              [parsed.config, ...parsed.layers].map(async (part) => ((await store.blob(part.digest)) ? [] : [part])),
            )
          ).flat();
    if (missing[0]) return refuse(c, 404, 'MANIFEST_BLOB_UNKNOWN', `${missing[0].digest} is not in ${name}`);
    const tag = reference === digest ? '' : reference;
    await store.putManifest(name, { digest, mediaType: parsed.mediaType, content, tag });
    await onPublished(await describe(name, digest, tag, content.length, parsed));
    return c.body(null, 201, { location: `/v2/${name}/manifests/${digest}`, 'docker-content-digest': digest });
  };

  async function describe(
    name: string,
    digest: string,
    tag: string,
    size: number,
    manifest: Manifest,
  ): Promise<PublishedManifest> {
    const common = { image: name, digest, tag, mediaType: manifest.mediaType, size };
    if (manifest.mediaType === INDEX_TYPE) {
      const platforms = manifest.manifests.map((child) => ({
        digest: child.digest,
        architecture: child.platform?.architecture ?? '',
        os: child.platform?.os ?? '',
      }));
      return { ...common, labels: {}, platforms, config: { digest: '', mediaType: '', size: 0 }, layers: [] };
    }
    return {
      ...common,
      labels: await labelsOf(manifest),
      platforms: [],
      config: manifest.config,
      layers: manifest.layers,
    };
  }

  async function labelsOf(manifest: ImageManifest): Promise<Record<string, string>> {
    const blob = await store.blob(manifest.config.digest);
    const config = ImageConfig.safeParse(JSON.parse(blob?.toString() ?? '{}'));
    return config.success ? config.data.config.Labels : {};
  }

  const getManifest = (c: Context, name: string, reference: string): Response => {
    const found = store.manifest(name, reference);
    if (!found) return refuse(c, 404, 'MANIFEST_UNKNOWN', `${name} has no ${reference}`);
    const headers = {
      'content-type': found.mediaType,
      'docker-content-digest': found.digest,
      'content-length': String(found.content.length),
    };
    return c.req.method === 'HEAD' ? c.body(null, 200, headers) : c.body(new Uint8Array(found.content), 200, headers);
  };

  const getBlob = async (c: Context, digest: string): Promise<Response> => {
    const blob = DIGEST.test(digest) ? await store.blob(digest) : undefined;
    if (!blob) return refuse(c, 404, 'BLOB_UNKNOWN', `no blob ${digest}`);
    const headers = {
      'content-type': 'application/octet-stream',
      'docker-content-digest': digest,
      'content-length': String(blob.length),
    };
    return c.req.method === 'HEAD' ? c.body(null, 200, headers) : c.body(new Uint8Array(blob), 200, headers);
  };

  const listTags = (c: Context, name: string): Response => {
    const tags = store.tags(name);
    if (!tags) return refuse(c, 404, 'NAME_UNKNOWN', `no repository ${name}`);
    const last = c.req.query('last');
    const after = last ? tags.filter((tag) => tag > last) : tags;
    const count = c.req.query('n') === undefined ? after.length : Number(c.req.query('n'));
    const shown = after.slice(0, count);
    if (shown.length < after.length)
      c.header('link', `</v2/${name}/tags/list?n=${count}&last=${shown.at(-1) ?? ''}>; rel="next"`);
    return c.json({ name, tags: shown });
  };

  const app = new Hono();
  app.get('/token', (c) => {
    const password = Buffer.from(c.req.header('authorization')?.split(' ')[1] ?? '', 'base64')
      .toString()
      .split(':')[1];
    return c.json({ token: password === pushToken ? pushToken : 'anonymous' });
  });
  app.get('/v2/', (c) => c.json({}));
  app.all('/v2/*', async (c) => {
    c.header('docker-distribution-api-version', 'registry/2.0');
    const route = /^\/v2\/(.+)\/(blobs\/uploads|blobs|manifests|tags|referrers)\/?(.*)$/.exec(c.req.path);
    const [, name = '', kind = '', reference = ''] = route ?? [];
    if (!REPOSITORY_NAME.test(name))
      return refuse(c, 400, 'NAME_INVALID', `${name || c.req.path} is not a repository name`);
    const { method } = c.req;
    if (method === 'GET' || method === 'HEAD') {
      if (kind === 'manifests') return getManifest(c, name, decodeURIComponent(reference));
      if (kind === 'blobs') return getBlob(c, reference);
      if (kind === 'tags') return listTags(c, name);
      if (kind === 'referrers') return refuse(c, 404, 'MANIFEST_UNKNOWN', 'GHCR has no referrers API');
      const found = uploads.get(reference);
      if (!found) return refuse(c, 404, 'BLOB_UPLOAD_UNKNOWN', `no upload ${reference}`);
      return c.body(null, 204, {
        location: location(name, reference),
        range: `0-${Math.max(found.content.length - 1, 0)}`,
      });
    }
    if (method === 'DELETE') return refuse(c, 405, 'UNSUPPORTED', 'nothing is deleted here');
    if (!mayPush(c)) {
      c.header(
        'www-authenticate',
        `Bearer realm="${new URL(c.req.url).origin}/token",service="ghcr.io",scope="repository:${name}:pull,push"`,
      );
      return refuse(c, 401, 'UNAUTHORIZED', 'pushing needs a token');
    }
    if (kind === 'manifests' && method === 'PUT') return putManifest(c, name, decodeURIComponent(reference));
    if (kind === 'blobs/uploads' && method === 'POST') {
      if (c.req.query('digest')) return finishUpload(c, name, Buffer.from(await c.req.arrayBuffer()));
      const id = randomUUID();
      uploads.set(id, { name, content: Buffer.alloc(0) });
      return c.body(null, 202, { location: location(name, id), range: '0-0' });
    }
    if (kind === 'blobs/uploads' && (method === 'PATCH' || method === 'PUT')) return upload(c, name, reference);
    return refuse(c, 405, 'UNSUPPORTED', `${method} is not supported here`);
  });
  return app;
}
