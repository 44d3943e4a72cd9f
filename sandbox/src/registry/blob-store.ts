// Stores blobs by digest, and the manifests and tags of each repository, on disk.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { randomUUID } from 'node:crypto';

export interface StoredManifest {
  digest: string;
  mediaType: string;
  content: Buffer;
  /** Null for a manifest that was pushed by digest. */
  tag: string | null;
}

interface RepositoryIndex {
  manifests: Record<string, { mediaType: string; content: string }>;
  tags: Record<string, string>;
}

export interface BlobStore {
  blob(digest: string): Promise<Buffer | undefined>;
  putBlob(digest: string, content: Buffer): Promise<void>;
  /** Finds a manifest by tag or digest. */
  manifest(name: string, reference: string): Omit<StoredManifest, 'tag'> | undefined;
  putManifest(name: string, manifest: StoredManifest): Promise<void>;
  /** Lists tags in lexical order; undefined for an unknown repository. */
  tags(name: string): string[] | undefined;
}

export async function openBlobStore(directory: string): Promise<BlobStore> {
  const blobs = path.join(directory, 'blobs');
  const indexFile = path.join(directory, 'repositories.json');
  await mkdir(blobs, { recursive: true });
  const text = await readFile(indexFile, 'utf8').catch(() => '{}');
  const repositories = JSON.parse(text) as Record<string, RepositoryIndex>;
  let writing: Promise<void> = Promise.resolve();

  const writeAtomically = async (file: string, content: string | Buffer): Promise<void> => {
    const temporary = `${file}.${randomUUID()}`;
    await writeFile(temporary, content);
    await rename(temporary, file);
  };

  return {
    blob: (digest) => readFile(path.join(blobs, digest.replace(':', '-'))).catch(() => undefined),
    putBlob: (digest, content) => writeAtomically(path.join(blobs, digest.replace(':', '-')), content),
    manifest(name, reference) {
      const repository = repositories[name];
      const digest = repository?.tags[reference] ?? reference;
      const found = repository?.manifests[digest];
      return found ? { digest, mediaType: found.mediaType, content: Buffer.from(found.content, 'base64') } : undefined;
    },
    async putManifest(name, { digest, mediaType, content, tag }) {
      const repository = (repositories[name] ??= { manifests: {}, tags: {} });
      repository.manifests[digest] = { mediaType, content: content.toString('base64') };
      if (tag !== null) repository.tags[tag] = digest;
      writing = writing.then(() => writeAtomically(indexFile, JSON.stringify(repositories)));
      await writing;
    },
    tags: (name) => (repositories[name] ? Object.keys(repositories[name].tags).sort() : undefined),
  };
}
