// Pulls an image by digest and unpacks it; every digest on the way is verified.
import { mkdir, rename, rm, stat, symlink } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar';
import { digestOf, ImageConfig, ImageIndex, ImageManifest, INDEX_TYPE, MANIFEST_TYPE } from '../oci/image.ts';

export interface UnpackedImage {
  rootDirectory: string;
  config: ImageConfig['config'];
}

export interface ImagePuller {
  /** @param image `registry/name[:tag]@sha256:...` @throws Error that says what could not be pulled, and why. */
  pull(image: string): Promise<UnpackedImage>;
}

export interface PullerDeps {
  directory: string;
  /** Where a registry's images really come from, as containerd's mirrors: `ghcr.io` -> `http://127.0.0.1:5000`. */
  mirrors: Record<string, string>;
  /** The packages that images run with: the sandbox builds no dependencies. */
  packagesDirectory: string;
}

const TIMEOUT_MS = 30_000;
const ARCHITECTURES: Record<string, string> = { x64: 'amd64', arm64: 'arm64' };

export function createImagePuller({ directory, mirrors, packagesDirectory }: PullerDeps): ImagePuller {
  const fetchVerified = async (url: string, digest: string, accept: string): Promise<Buffer> => {
    const response = await fetch(url, { headers: { accept }, signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!response.ok) throw new Error(`${url}: ${response.status} ${(await response.text()).slice(0, 200)}`);
    const content = Buffer.from(await response.arrayBuffer());
    if (digestOf(content) !== digest) throw new Error(`${url}: the content is ${digestOf(content)}, not ${digest}`);
    return content;
  };

  return {
    async pull(image) {
      const parsed = /^([^/]+)\/([^:@]+)(?::[^@]+)?@(sha256:[0-9a-f]{64})$/.exec(image);
      if (!parsed) throw new Error(`${image} has no digest: nothing is released here yet`);
      const [, registry = '', name = '', digest = ''] = parsed;
      const origin = mirrors[registry] ?? `https://${registry}`;
      const manifests = `${origin}/v2/${name}/manifests`;
      const top = JSON.parse(
        (await fetchVerified(`${manifests}/${digest}`, digest, `${INDEX_TYPE}, ${MANIFEST_TYPE}`)).toString(),
      ) as { mediaType: string };
      let manifest = top;
      if (top.mediaType === INDEX_TYPE) {
        const wanted = ARCHITECTURES[process.arch] ?? 'amd64';
        const child = ImageIndex.parse(top).manifests.find(
          ({ platform }) => platform?.os === 'linux' && platform.architecture === wanted,
        );
        if (!child) throw new Error(`${image} has no manifest for linux/${wanted}`);
        manifest = JSON.parse(
          (await fetchVerified(`${manifests}/${child.digest}`, child.digest, MANIFEST_TYPE)).toString(),
        ) as { mediaType: string };
      }
      const { config, layers } = ImageManifest.parse(manifest);
      const blobs = `${origin}/v2/${name}/blobs`;
      const configBlob = await fetchVerified(`${blobs}/${config.digest}`, config.digest, '*/*');
      const rootDirectory = path.join(directory, digest.replace(':', '-'));
      const unpacked = { rootDirectory, config: ImageConfig.parse(JSON.parse(configBlob.toString())).config };
      if (await stat(rootDirectory).catch(() => undefined)) return unpacked;

      const temporary = `${rootDirectory}.unpacking-${process.pid}`;
      await rm(temporary, { recursive: true, force: true });
      await mkdir(temporary, { recursive: true });
      for (const layer of layers) {
        const content = await fetchVerified(`${blobs}/${layer.digest}`, layer.digest, '*/*');
        await pipeline(Readable.from([content]), extract({ cwd: temporary, strict: true }));
      }
      await symlink(packagesDirectory, path.join(temporary, unpacked.config.WorkingDir, 'node_modules'));
      await rename(temporary, rootDirectory);
      return unpacked;
    },
  };
}
