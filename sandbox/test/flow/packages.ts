// Packages without images: pipelines that promote them, and what GitHub announces of them.
import { createHash, createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Harness } from './harness.ts';

const SOURCE = 'acme/todo';
const SOURCE_LABEL = { 'org.opencontainers.image.source': `https://github.com/${SOURCE}` };

export const digestOf = (tag: string): string => `sha256:${createHash('sha256').update(tag).digest('hex')}`;
export const manifestFile = (service: string): string => `apps/${service}/dev.yaml`;

/** A pipeline of `ghcr.io/acme/SERVICE` with one environment, whose tags are `main-NUMBER`. */
export function pipelineYaml(service: string, environment = ''): string {
  return [
    `  - name: ${service}`,
    `    image: ghcr.io/acme/${service}`,
    String.raw`    tags: ^main-(?<number>\d+)$`,
    '    environments:',
    `      - { name: dev, manifest: ${manifestFile(service)}${environment} }`,
    '',
  ].join('\n');
}

/** Adds pipelines to promotion.yaml. */
export const withPipelines =
  (...pipelines: readonly string[]) =>
  (text: string): string =>
    text.replace(/^pipelines:\n/m, (line) => line + pipelines.join(''));

/** The manifests that `pipelineYaml` names. */
export async function addManifests(harness: Harness, services: readonly string[]): Promise<void> {
  for (const service of services)
    await harness.editConfig(
      manifestFile(service),
      () => `images:\n  - name: ghcr.io/acme/${service}\n    newTag: unreleased\n    digest: ''\n`,
    );
}

/** The registry reports a manifest; GitHub sends its webhooks and logs them. Null: a child of an index. */
export async function publish(
  { sandbox }: Harness,
  service: string,
  tag: string | null,
  digest?: string,
): Promise<void> {
  const part = {
    digest: digest ?? digestOf(`${service}:${tag}`),
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    size: 1,
  };
  const response = await fetch(`${sandbox.urls.github}/_sandbox/packages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      ...part,
      image: `acme/${service}`,
      tag,
      labels: SOURCE_LABEL,
      platforms: [],
      config: null,
      layers: [],
    }),
  });
  if (!response.ok) throw new Error(`publish ${service}:${tag}: ${response.status} ${await response.text()}`);
}

/** Delivers a webhook that GitHub's delivery log never saw. */
export async function unloggedDelivery({ sandbox }: Harness): Promise<(image: string, tag: string) => Promise<number>> {
  const keys = await readFile(path.join(sandbox.logDirectory, '../keys.json'), 'utf8');
  const { webhookSecret } = JSON.parse(keys) as { webhookSecret: string };
  return async (image, tag) => {
    const version = {
      version: digestOf(`${image}:${tag}`),
      package_url: `${image}:${tag}`,
      container_metadata: { tag: { name: tag } },
    };
    const body = JSON.stringify({
      action: 'published',
      registry_package: { name: image, package_type: 'CONTAINER', package_version: version },
    });
    const response = await fetch(`${sandbox.urls.board}/webhooks/github`, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        'x-github-event': 'registry_package',
        'x-github-delivery': '6d3a3f6e-0000-4000-8000-000000000000',
        'x-hub-signature-256': `sha256=${createHmac('sha256', webhookSecret).update(body).digest('hex')}`,
      },
    });
    await response.text();
    return response.status;
  };
}
