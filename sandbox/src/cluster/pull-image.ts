// Pulls an image by digest and unpacks it. Every digest on the way is verified.
import { mkdir, rename, rm, stat, symlink } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar';
import {
  type Descriptor,
  digestOf,
  ImageConfig,
  ImageManifest,
  INDEX_TYPE,
  Manifest,
  MANIFEST_TYPE,
} from '../oci/image.ts';

export interface UnpackedImage {
  rootDirectory: string;
  config: ImageConfig['config'];
}

export interface ImagePuller {
  /** @param image `registry/name[:tag]@sha256:...` @throws Error that names what could not be pulled, and the reason. */
  pull(image: string): Promise<UnpackedImage>;
}

export interface PullerDeps {
  directory: string;
  /** Maps a registry to the URL that its images are pulled from, as containerd's mirrors do. */
  mirrors: Record<string, string>;
  /** The node_modules folder that images run with, because the sandbox installs no packages. */
  packagesDirectory: string;
}

const TIMEOUT_MS = 300_000;
const ARCHITECTURES: Record<string, string> = { x64: 'amd64', arm64: 'arm64' };

export function createImagePuller({ directory, mirrors, packagesDirectory }: PullerDeps): ImagePuller {
  /** Unpacks into a temporary folder first, so that a complete image appears at once. */
  async function unpack(repository: string, layers: readonly Descriptor[], rootDirectory: string, workingDir: string) {
    const temporary = `${rootDirectory}.unpacking-${process.pid}`;
    await rm(temporary, { recursive: true, force: true });
    await mkdir(temporary, { recursive: true });
    for (const layer of layers) {
      const content = await fetchVerified(`${repository}/blobs/${layer.digest}`, layer.digest, '*/*');
      await pipeline(Readable.from([content]), extract({ cwd: temporary, strict: true }));
    }
    await symlink(packagesDirectory, path.join(temporary, workingDir, 'node_modules'));
    await rename(temporary, rootDirectory);
  }

  return {
    async pull(image) {
      const [, registry, name, digest] = /^([^/]+)\/([^:@]+)(?::[^@]+)?@(sha256:[0-9a-f]{64})$/.exec(image) ?? [];
      if (registry === undefined || digest === undefined)
        throw new Error(`${image} has no digest, so nothing has been released here yet`);
      const repository = `${mirrors[registry] ?? `https://${registry}`}/v2/${name}`;
      const { config, layers } = await manifestFor(repository, image, digest);
      const configBlob = await fetchVerified(`${repository}/blobs/${config.digest}`, config.digest, '*/*');
      const unpacked: UnpackedImage = {
        rootDirectory: path.join(directory, digest.replace(':', '-')),
        config: ImageConfig.parse(JSON.parse(configBlob.toString())).config,
      };
      if (!(await stat(unpacked.rootDirectory).catch(() => undefined)))
        await unpack(repository, layers, unpacked.rootDirectory, unpacked.config.WorkingDir);
      return unpacked;
    },
  };
}

/** Fetches the manifest; of an index, the one for this machine's architecture. */
async function manifestFor(repository: string, image: string, digest: string): Promise<ImageManifest> {
  const read = async (wanted: string, accept: string): Promise<unknown> =>
    JSON.parse((await fetchVerified(`${repository}/manifests/${wanted}`, wanted, accept)).toString());
  const top = Manifest.parse(await read(digest, `${INDEX_TYPE}, ${MANIFEST_TYPE}`));
  if (top.mediaType === MANIFEST_TYPE) return top;
  const wanted = ARCHITECTURES[process.arch] ?? 'amd64';
  const child = top.manifests.find(({ platform }) => platform?.os === 'linux' && platform.architecture === wanted);
  if (!child) throw new Error(`${image} has no manifest for linux/${wanted}`);
  return ImageManifest.parse(await read(child.digest, MANIFEST_TYPE));
}

async function fetchVerified(url: string, digest: string, accept: string): Promise<Buffer> {
  const response = await fetch(url, { headers: { accept }, signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${(await response.text()).slice(0, 200)}`);
  const content = Buffer.from(await response.arrayBuffer());
  if (digestOf(content) !== digest) throw new Error(`${url}: the content is ${digestOf(content)}, not ${digest}`);
  return content;
}
