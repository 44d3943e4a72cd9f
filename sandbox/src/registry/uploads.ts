// Blob uploads: in the first request, in one piece, or in chunks.
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-blobs
import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { DIGEST, digestOf } from '../oci/image.ts';
import type { BlobStore } from './blob-store.ts';
import { refuse } from './refuse.ts';

const UPLOAD_LIMIT = 512 * 1024 * 1024;

interface Upload {
  name: string;
  content: Buffer;
}

export interface Uploads {
  /** POST starts an upload, or stores the whole blob when the request names its digest. */
  start(c: Context, name: string): Promise<Response>;
  /** PATCH adds a chunk; PUT may add the last one and finishes the upload. */
  add(c: Context, name: string, id: string): Promise<Response>;
  /** GET reports how much has arrived. */
  status(c: Context, id: string): Response;
}

export function createUploads(store: BlobStore): Uploads {
  const uploads = new Map<string, Upload>();
  const progress = (id: string, { name, content }: Upload): Record<string, string> => ({
    location: `/v2/${name}/blobs/uploads/${id}`,
    range: `0-${Math.max(content.length - 1, 0)}`,
  });

  const finish = async (c: Context, { name, content }: Upload): Promise<Response> => {
    const digest = c.req.query('digest');
    if (digest === undefined || !DIGEST.test(digest))
      return refuse(c, 400, 'DIGEST_INVALID', `${digest || 'no digest'} is not a sha256 digest`);
    if (digestOf(content) !== digest)
      return refuse(c, 400, 'DIGEST_INVALID', `the content is ${digestOf(content)}, not ${digest}`);
    await store.putBlob(digest, content);
    return c.body(null, 201, { location: `/v2/${name}/blobs/${digest}`, 'docker-content-digest': digest });
  };

  return {
    async start(c, name) {
      if (c.req.query('digest')) return finish(c, { name, content: Buffer.from(await c.req.arrayBuffer()) });
      const id = randomUUID();
      const upload = { name, content: Buffer.alloc(0) };
      uploads.set(id, upload);
      return c.body(null, 202, progress(id, upload));
    },
    async add(c, name, id) {
      const found = uploads.get(id);
      if (!found || found.name !== name) return refuse(c, 404, 'BLOB_UPLOAD_UNKNOWN', `no upload ${id}`);
      const chunk = Buffer.from(await c.req.arrayBuffer());
      if (found.content.length + chunk.length > UPLOAD_LIMIT)
        return refuse(c, 413, 'SIZE_INVALID', `a blob may have ${UPLOAD_LIMIT} bytes`);
      const range = c.req.header('content-range')?.match(/^(\d+)-(\d+)$/);
      if (range && Number(range[1]) !== found.content.length)
        return refuse(c, 416, 'BLOB_UPLOAD_INVALID', 'the chunk is out of order');
      found.content = Buffer.concat([found.content, chunk]);
      if (c.req.method === 'PATCH') return c.body(null, 202, progress(id, found));
      uploads.delete(id);
      return finish(c, found);
    },
    status(c, id) {
      const found = uploads.get(id);
      if (!found) return refuse(c, 404, 'BLOB_UPLOAD_UNKNOWN', `no upload ${id}`);
      return c.body(null, 204, progress(id, found));
    },
  };
}
