// The Argo CD stand-in, held to what a real one sent (promoter/test/recordings) and to the published schema of its Applications.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createLogger } from '@delivery/telemetry/logger';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { refuseUnsupported } from '../../src/cluster/application.ts';
import { type ArgoCdAgent, createArgoCdAgent } from '../../src/cluster/argocd-agent.ts';
import { createKubernetesStore, type KubernetesStore } from '../../src/cluster/kubernetes-store.ts';
import type { KubernetesObject } from '../../src/kubernetes/kubernetes-object.ts';

const RECORDINGS = path.join(import.meta.dirname, '../../../promoter/test/recordings/argocd-3.5.1');
const CONTRACTS = path.join(import.meta.dirname, '../../contracts');

interface Status {
  sync?: { status: string; revision?: string };
  health?: { status?: string; message?: string };
  summary?: { images?: string[] };
  resources?: { group?: string; kind: string; status?: string; requiresPruning?: boolean }[];
  conditions?: { type: string; message: string }[];
  operationState?: {
    phase: string;
    finishedAt?: string;
    retryCount?: number;
    message?: string;
    syncResult?: { revision?: string; resources: { group: string; kind: string; status: string }[] };
  };
}
interface Sent {
  metadata: { annotations?: Record<string, string>; generation: number };
  operation?: object;
  status?: Status;
}

const recorded = (folder: string): Sent[] =>
  readFileSync(path.join(RECORDINGS, folder, 'applications.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { event: { object: Sent } }).event.object);

const IMAGE = (version: string): string => `ghcr.io/acme/web:${version}@sha256:${version.repeat(64).slice(0, 64)}`;
const deployment = (version: string): string =>
  JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'web-dev' },
    spec: { replicas: 1, template: { spec: { containers: [{ name: 'web', image: IMAGE(version) }] } } },
  });
const SERVICE = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'web-dev' },
  spec: {},
});
const STATEFUL_SET = JSON.stringify({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'db', namespace: 'web-dev' },
  spec: {},
});
const APPLICATION = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'web-dev', namespace: 'argocd' },
  spec: {
    project: 'services',
    source: { repoURL: 'https://github.com/acme/gitops-config.git', targetRevision: 'main', path: 'web' },
    destination: { server: 'https://kubernetes.default.svc', namespace: 'web-dev' },
    syncPolicy: {
      automated: { prune: true, selfHeal: true },
      retry: { limit: 2, backoff: { duration: '20ms', factor: 2, maxDuration: '1m' } },
    },
  },
} satisfies KubernetesObject;

/** What an observer distinguishes: whether an operation is asked for, its phase, whether it names what it synced, comparison, health. */
const inShort = ({ operation, status }: Sent): string =>
  [
    operation ? 'operation' : '-',
    status?.operationState?.phase ?? '-',
    status?.operationState?.finishedAt ? 'ended' : '-',
    status?.sync?.status ?? '-',
    status?.health?.status ?? '-',
  ].join(' ');
const changes = (sent: readonly Sent[]): string[] =>
  sent.map(inShort).filter((step, at, all) => at === 0 || step !== all[at - 1]);

describe('an Application of the stand-in', () => {
  let store: KubernetesStore;
  let agent: ArgoCdAgent;
  let sent: Sent[];
  let files: Record<string, string>;
  let revision: string;
  let problem: string | undefined;

  beforeEach(() => {
    store = createKubernetesStore(() => new Date());
    sent = [];
    problem = undefined;
    store.watch((kind, { object }) => {
      if (kind === 'Application') sent.push(JSON.parse(JSON.stringify(object)) as Sent);
    });
    agent = createArgoCdAgent({
      store,
      cloneOf: () =>
        Promise.resolve({
          fetch: () => (problem === undefined ? Promise.resolve(revision) : Promise.reject(new Error(problem))),
          readFile: (_commit, file) => Promise.resolve(files[file]),
        }),
      pollMs: 1_000_000,
      clock: () => new Date(),
      logger: createLogger({ service: 'sandbox', level: 'silent' }),
    });
    commit('a', { 'web/deployment.yaml': deployment('1'), 'web/service.yaml': SERVICE });
  });
  afterEach(() => agent.close());

  function commit(letter: string, more: Record<string, string>): void {
    revision = letter.repeat(40);
    const resources = Object.keys(more).map((file) => path.basename(file));
    files = {
      'web/kustomization.yaml': JSON.stringify({
        apiVersion: 'kustomize.config.k8s.io/v1beta1',
        kind: 'Kustomization',
        resources,
      }),
      ...more,
    };
  }
  const status = (): Status => store.get('Application', 'argocd', 'web-dev')?.['status'] as Status;
  const refresh = (): void =>
    void store.patch('Application', 'argocd', 'web-dev', {
      metadata: { annotations: { 'argocd.argoproj.io/refresh': 'normal' } },
    });
  const until = (check: () => void): Promise<void> => vi.waitFor(check, 10_000);

  /** As the Deployment's controller does: a pod is there, and then ready. */
  function rollOut(version: string): void {
    const generation = store.get('Deployment', 'web-dev', 'web')?.metadata['generation'];
    const counts = { observedGeneration: generation, replicas: 1, updatedReplicas: 1, conditions: [] };
    const spec = { containers: [{ name: 'web', image: IMAGE(version) }] };
    store.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: `web-${version}`, namespace: 'web-dev' }, spec });
    store.patch('Deployment', 'web-dev', 'web', { status: { ...counts, availableReplicas: 1 } });
  }
  async function deployFirst(): Promise<void> {
    store.apply(APPLICATION);
    await until(() => expect(status().sync?.status).toBe('Synced'));
    rollOut('1');
    await until(() => expect(status().health?.status).toBe('Healthy'));
  }

  it('goes through the states of a real one with a new digest', async () => {
    await deployFirst();
    const before = sent.length;
    commit('b', { 'web/deployment.yaml': deployment('2'), 'web/service.yaml': SERVICE });
    refresh();
    await until(() => expect(status().health?.status).toBe('Progressing'));
    rollOut('2');
    await until(() => expect(status().health?.status).toBe('Healthy'));

    expect(changes(sent.slice(before))).toEqual(changes(recorded('02-new-digest').slice(11, 20)));
  });

  it('goes through the states of a real one with a sync that is not permitted: two retries, then the failure', async () => {
    await deployFirst();
    const before = sent.length;
    commit('b', { 'web/deployment.yaml': deployment('2'), 'web/db.yaml': STATEFUL_SET });
    refresh();
    await until(() => expect(status().conditions?.[0]?.type).toBe('SyncError'));
    const real = recorded('04-sync-fails-with-retries').slice(10, 22);
    const attempts = (all: readonly Sent[]) =>
      all
        .map(({ status: one }) => one?.operationState?.retryCount)
        .filter((count, at, counts) => count !== counts[at - 1]);

    expect(changes(sent.slice(before))).toEqual(changes(real));
    expect(attempts(sent.slice(before))).toEqual(attempts(real));
    expect(status().operationState?.message).toMatch(
      /StatefulSet "db" is refused: this cluster is a stand-in, which runs Deployments alone \(retried 2 times\)\.$/,
    );
    expect(status().operationState?.syncResult?.resources).toMatchObject([
      { kind: 'StatefulSet', status: 'SyncFailed' },
    ]);
    expect(store.get('Deployment', 'web-dev', 'web')?.metadata['generation']).toBe(1);
  });

  it('keeps health and operation with a ComparisonError, whose revision is the name of the branch', async () => {
    await deployFirst();
    const { operationState, health } = status();
    problem = 'connection refused';
    refresh();
    await until(() => expect(status().conditions).toHaveLength(1));
    const real = recorded('07a-repository-not-reachable')[12]?.status;

    for (const one of [status(), real]) {
      expect(one?.sync).toMatchObject({ status: 'Unknown', revision: 'main' });
      expect(one?.conditions?.[0]?.type).toBe('ComparisonError');
      expect(one?.resources?.every((resource) => resource.status === 'Unknown' && resource.requiresPruning)).toBe(true);
    }
    expect(status()).toMatchObject({ operationState, health });
  });

  it('is not synced again for a commit that changes no manifest: the compared revision alone moves on', async () => {
    await deployFirst();
    const { operationState } = status();
    revision = 'b'.repeat(40);
    refresh();
    await until(() => expect(status().sync?.revision).toBe(revision));

    expect(status().operationState).toEqual(operationState);
  });

  it('has the shape of a real one in every state, and is valid by the published schema', async () => {
    await deployFirst();
    const crd = parse(readFileSync(path.join(CONTRACTS, 'argocd-application-crd-v3.5.1.yaml'), 'utf8')) as {
      spec: { versions: { schema: { openAPIV3Schema: object } }[] };
    };
    const ajv = new Ajv({ strict: false, allErrors: true });
    addFormats.default(ajv);
    const validate = ajv.compile(crd.spec.versions[0]?.schema.openAPIV3Schema ?? {});

    expect(sent.flatMap((one) => (validate(one) ? [] : (validate.errors ?? [])))).toEqual([]);
    for (const stream of [sent, recorded('02-new-digest')]) {
      expect(stream.filter(({ status: one }) => one?.health?.message !== undefined)).toEqual([]);
      const resources = stream.flatMap(({ status: one }) => one?.resources ?? []);
      expect(resources.filter(({ kind, group }) => kind === 'Service' && group !== undefined)).toEqual([]);
      const results = stream.flatMap(({ status: one }) => one?.operationState?.syncResult?.resources ?? []);
      expect(results.find(({ kind }) => kind === 'Service')?.group).toBe('');
      const generations = stream.map(({ metadata }) => metadata.generation);
      expect(generations).toEqual(generations.toSorted((one, other) => one - other));
      expect(generations.at(-1)).toBeGreaterThan(8);
      // Live images are of pods: none before the first pod.
      expect(stream.find(({ status: one }) => one?.health?.status === 'Missing')?.status?.summary).toEqual({});
    }
  });

  it.each([
    ['spec.sources', { sources: [] }],
    ['spec.source.chart', { source: { ...APPLICATION.spec.source, chart: 'web' } }],
    ['spec.source.helm', { source: { ...APPLICATION.spec.source, helm: {} } }],
  ])('is refused by name with %s', (field, spec) => {
    expect(() => refuseUnsupported({ ...APPLICATION, spec: { ...APPLICATION.spec, ...spec } })).toThrow(
      `Application web-dev: ${field} is not supported here, a Kustomize overlay is`,
    );
  });
});
