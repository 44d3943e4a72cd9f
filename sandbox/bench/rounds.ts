// One round of a measurement: images are published, and the shipped promoter promotes them.
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { githubCalls } from '../src/commands/follow-release.ts';
import type { Hub } from '../src/github/hub.ts';
import { recordPublished } from '../src/github/operations/packages.ts';
import type { PublishedPackage } from '../src/github/shapes/package.ts';
import type { Repository } from '../src/github/world.ts';
import { INDEX_TYPE, MANIFEST_TYPE } from '../src/oci/image.ts';
import { type Sandbox, startSandbox } from '../src/assemble/start-sandbox.ts';

const WINDOW_MS = 1_000;
const ROUND_TIMEOUT_MS = 30_000;

const appName = (index: number): string => `app${index}`;
const manifestPath = (index: number): string => `apps/${appName(index)}/overlays/dev/kustomization.yaml`;
const manifest = (index: number): string =>
  `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nimages:\n  - name: ghcr.io/acme/${appName(index)}\n    newTag: unreleased\n    digest: ""\n`;
const promotionFile = (images: number): string =>
  `pipelines:\n${Array.from(
    { length: images },
    (_value, index) => `  - name: ${appName(index)}
    image: ghcr.io/acme/${appName(index)}
    source: acme/todo
    tags: ^main-(?<number>\\d+)-(?<commit>[0-9a-f]{7,40})$
    environments: [{ name: dev, manifest: ${manifestPath(index)} }]
`,
  ).join('')}`;

export interface Round {
  /** Milliseconds from the burst's first webhook to each image's commit, less the window. */
  latenciesMs: number[];
  calls: number;
  commits: number;
}

function repositoryOf(hub: Hub, name: string): Repository {
  const found = hub.store.world.repositories.find((repository) => repository.name === name);
  if (!found) throw new Error(`no repository ${name}`);
  return found;
}

async function commitDirectly(
  hub: Hub,
  name: string,
  changes: { path: string; content: Buffer }[],
  message: string,
): Promise<string> {
  const git = hub.gitOf(repositoryOf(hub, name));
  const before = await git.ref('refs/heads/main');
  if (!before) throw new Error(`${name} has no main`);
  const author = { name: 'Bench', email: 'bench@localhost', date: new Date().toISOString() };
  const after = await git.createCommit({ parent: before, changes, message, author, committer: author });
  await git.updateRefs([{ ref: 'refs/heads/main', before, after }]);
  return after;
}

export async function start(
  images: number,
  folders: number,
  telemetry: Record<string, string> = {},
): Promise<{ sandbox: Sandbox; close(): Promise<void> }> {
  const dataDirectory = await mkdtemp(path.join(tmpdir(), 'bench-'));
  const sandbox = await startSandbox({
    dataDirectory,
    soak: '1s',
    ports: {},
    withCluster: false,
    telemetry,
    sourceFolder: path.join(import.meta.dirname, '../test/app'),
    transformPromotion: () => promotionFile(images),
    promoterEnv: { COALESCE_MS: String(WINDOW_MS), RESYNC_MS: '3600000', LOG_LEVEL: 'warn' },
  });
  const changes = Array.from({ length: folders }, (_value, index) => ({
    path: manifestPath(index),
    content: Buffer.from(manifest(index)),
  }));
  await commitDirectly(sandbox.github.hub, 'gitops-config', changes, 'feat: applications');
  await sandbox.promoter.start();
  await pause(WINDOW_MS + 500); // until the first reconcile has read everything
  return {
    sandbox,
    async close() {
      await sandbox.close();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

let published = 0;

/** Reports an index and one of its children, as the push of one image does. */
function publish(hub: Hub, index: number, commit: string, tag: string): void {
  const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;
  const common = {
    image: `acme/${appName(index)}`,
    size: 500,
    platforms: [],
    config: null,
    layers: [],
  };
  const labels = {
    'org.opencontainers.image.source': 'https://github.com/acme/todo',
    'org.opencontainers.image.revision': commit,
  };
  const child: PublishedPackage = {
    ...common,
    digest: digestOf(`${index}/${tag}/child`),
    tag: null,
    mediaType: MANIFEST_TYPE,
    labels,
  };
  const top: PublishedPackage = {
    ...common,
    digest: digestOf(`${index}/${tag}`),
    tag,
    mediaType: INDEX_TYPE,
    labels: {},
  };
  recordPublished(hub, child);
  recordPublished(hub, top);
}

export async function round({ github, urls }: Sandbox, images: number): Promise<Round> {
  const { hub } = github;
  published += 1;
  const commit = await commitDirectly(
    hub,
    'todo',
    [{ path: 'count.txt', content: Buffer.from(String(published)) }],
    `feat: ${published}`,
  );
  const tag = `main-${published}-${commit.slice(0, 7)}`;
  const git = hub.gitOf(repositoryOf(hub, 'gitops-config'));
  const head = await git.ref('refs/heads/main');
  const callsBefore = await githubCalls(urls.board);
  const commitTimes: number[] = [];
  const { promise: all, resolve, reject } = Promise.withResolvers<void>();
  const timeout = setTimeout(
    () => reject(new Error(`${images} images were not promoted in ${ROUND_TIMEOUT_MS} ms`)),
    ROUND_TIMEOUT_MS,
  );
  let moved = 0;
  let callsAtLast = 0;
  github.faults.observe(async (operation, when) => {
    if (operation !== 'createCommitOnBranch' || when !== 'after') return;
    const at = performance.now();
    const newest = await git.commit('refs/heads/main');
    const count = newest?.message.match(/^Promotion: /gm)?.length ?? 0;
    commitTimes.push(...Array<number>(count).fill(at));
    moved += count;
    if (moved >= images) resolve();
  });
  const firstWebhook = performance.now();
  for (let index = 0; index < images; index += 1) {
    publish(hub, index, commit, tag);
    await nextTurn(); // each event is sent at once: the first does not wait for the last
  }
  await all;
  clearTimeout(timeout);
  github.faults.observe(undefined);
  await pause(50); // until the caller has counted its last call
  callsAtLast = (await githubCalls(urls.board)) - callsBefore;
  const commits = await git.log(`${head}..refs/heads/main`, 200);
  await pause(WINDOW_MS + 300); // the push webhook's own reconcile belongs to this round, not to the next
  await github.settled();
  return {
    latenciesMs: commitTimes.map((at) => at - firstWebhook - WINDOW_MS),
    calls: callsAtLast,
    commits: commits.length,
  };
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(Math.ceil(sorted.length * share) - 1, sorted.length - 1)] ?? Number.NaN;
}

export function row(label: string, latencyMs: number, rounds: readonly Round[]): string {
  const latencies = rounds.flatMap(({ latenciesMs }) => latenciesMs);
  const [p50, p99] = [percentile(latencies, 0.5), percentile(latencies, 0.99)];
  const ratio = latencyMs > 0 ? (p99 / latencyMs).toFixed(2) : '-';
  const most = (key: 'calls' | 'commits'): string => String(Math.max(...rounds.map((one) => one[key])));
  return [
    label.padEnd(26),
    `${latencyMs}`.padStart(7),
    p50.toFixed(0).padStart(8),
    p99.toFixed(0).padStart(8),
    ratio.padStart(12),
    most('calls').padStart(6),
    most('commits').padStart(8),
  ].join('  ');
}

export const header = `${'burst'.padEnd(26)}  ${'latency'.padStart(7)}  ${'p50 ms'.padStart(8)}  ${'p99 ms'.padStart(8)}  ${'p99/latency'.padStart(12)}  ${'calls'.padStart(6)}  ${'commits'.padStart(8)}`;
