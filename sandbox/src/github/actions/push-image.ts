// Pushes an image by the OCI distribution protocol: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#push
import type { BuiltImage } from './build-image.ts';

export interface RegistryAccess {
  /** Origin of the registry. */
  url: string;
  /** A token that allows pushing. */
  token: string;
}

const TIMEOUT_MS = 300_000;

export async function pushImage(registry: RegistryAccess, repository: string, image: BuiltImage): Promise<void> {
  const base = `${registry.url}/v2/${repository}`;
  const call = async (
    method: string,
    url: string,
    headers: Record<string, string> = {},
    body?: Buffer,
  ): Promise<Response> => {
    const response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${registry.token}`, ...headers },
      ...(body ? { body: new Uint8Array(body) } : {}),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok && !(method === 'HEAD' && response.status === 404)) {
      throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
    }
    return response;
  };
  for (const { digest, content } of image.blobs) {
    if ((await call('HEAD', `${base}/blobs/${digest}`)).ok) continue;
    const upload = (await call('POST', `${base}/blobs/uploads/`)).headers.get('location');
    if (upload === null) throw new Error(`POST ${base}/blobs/uploads/: no location to upload to`);
    const location = new URL(upload, registry.url);
    location.searchParams.set('digest', digest);
    await call('PUT', location.href, { 'content-type': 'application/octet-stream' }, content);
  }
  for (const { reference, mediaType, content } of image.manifests) {
    await call('PUT', `${base}/manifests/${reference}`, { 'content-type': mediaType }, content);
  }
}
