import { createLogger } from '@delivery/telemetry/logger';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RecordedEvent } from '../../test/recording.ts';
import { type ReplayedCluster, startReplayedCluster } from '../../test/replayed-cluster.ts';
import { loadKubeConfig } from './kubernetes-client.ts';
import { Application } from './parse-application.ts';
import { createWorkloadReader, type WorkloadReader } from './read-workloads.ts';

const logger = createLogger({ service: 'promoter', level: 'silent' });
const template = { spec: { containers: [{ name: 'todo', image: 'todo:1' }] } };
const selector = { matchLabels: { app: 'todo' } };

const event = (kind: string, name: string, more: object, labels: Record<string, string> = {}): RecordedEvent => ({
  receivedAt: '',
  type: 'ADDED',
  object: {
    kind,
    metadata: {
      name,
      namespace: 'todo-dev',
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: '2026-11-23T10:00:00Z',
      labels,
    },
    ...more,
  },
});
const pod = (name: string, kind: string, owner: string): RecordedEvent => {
  const made = event('Pod', name, { spec: template.spec }, { app: 'todo', 'pod-template-hash': '5d8f' });
  return {
    ...made,
    object: {
      ...made.object,
      metadata: { ...made.object.metadata, ownerReferences: [{ kind, name: owner, controller: true }] },
    },
  };
};
const listing =
  (...resources: object[]) =>
  (more: { destination?: object; status?: object } = {}) =>
    Application.parse({
      metadata: { name: 'todo-dev', namespace: 'argocd' },
      spec: { project: 'services', destination: more.destination },
      status: { resources: resources.map((one) => ({ namespace: 'todo-dev', ...one })), ...more.status },
    });
const deployment = { group: 'apps', kind: 'Deployment', name: 'todo' };

describe('what an Application deploys is read', () => {
  let server: ReplayedCluster;
  let reader: WorkloadReader;
  beforeEach(async () => {
    server = await startReplayedCluster();
    reader = createWorkloadReader({ config: loadKubeConfig(server.kubeconfig), argocdNamespace: 'argocd', logger });
    for (const kind of ['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout'])
      server.apply(event(kind, 'todo', { spec: { selector, template } }));
  });
  afterEach(() => server.close());

  it('as it lists it: every kind that runs pods, and nothing else', async () => {
    const application = listing(
      deployment,
      { group: 'apps', kind: 'StatefulSet', name: 'todo' },
      { group: 'apps', kind: 'DaemonSet', name: 'todo' },
      { group: 'argoproj.io', kind: 'Rollout', name: 'todo' },
      { kind: 'Service', name: 'todo' },
      { group: 'apps.openshift.io', kind: 'Deployment', name: 'other' },
    )();

    expect((await reader.read(application)).workloads.map(({ kind }) => kind)).toEqual([
      'Deployment',
      'StatefulSet',
      'DaemonSet',
      'Rollout',
    ]);
  });

  it('with the pods of its workloads, and not with the pod of a Job that has the same labels', async () => {
    server.apply(pod('todo-5d8f-1', 'ReplicaSet', 'todo-5d8f'));
    server.apply(pod('todo-migrate-1', 'Job', 'todo-migrate'));
    const { pods, hasAllPods } = await reader.read(listing(deployment)());

    expect(pods.map(({ metadata }) => metadata.name)).toEqual(['todo-5d8f-1']);
    expect(hasAllPods).toBe(true);
  });

  it('without what is not there yet', async () => {
    expect(await reader.read(listing({ ...deployment, name: 'other' })())).toMatchObject({
      workloads: [],
      unreadable: undefined,
    });
  });

  it('as unreadable where the API server forbids it: with the right that is missing', async () => {
    server.forbid('statefulsets');
    const application = listing(deployment, { group: 'apps', kind: 'StatefulSet', name: 'todo' })();

    expect((await reader.read(application)).unreadable).toBe(
      'forbidden: the promoter may not get statefulsets in namespace todo-dev; a Role there must allow it (components/observed)',
    );
  });

  it('without pods where those are forbidden: nobody knows then whether a rollout progresses', async () => {
    server.forbid('pods');

    expect(await reader.read(listing(deployment)())).toMatchObject({
      pods: [],
      hasAllPods: false,
      unreadable: undefined,
    });
  });

  it('as unreadable where it is not understood', async () => {
    server.apply(event('Deployment', 'todo', { spec: {} }));

    expect((await reader.read(listing(deployment)())).unreadable).toBe(
      'Deployment todo in namespace todo-dev is not understood',
    );
  });

  it.each([
    [{ server: 'https://kubernetes.default.svc' }, undefined],
    [{ name: 'in-cluster' }, undefined],
    [{ server: 'https://192.0.2.7' }, 'it deploys to https://192.0.2.7, whose workloads are not read'],
    [{ name: 'edge' }, 'it deploys to cluster edge, whose workloads are not read'],
  ])('in its own cluster alone: %j', async (destination, unreadable) => {
    expect((await reader.read(listing(deployment)({ destination }))).unreadable).toBe(unreadable);
  });

  it("with its project's windows, where it is OutOfSync and nothing happens", async () => {
    const syncWindows = [{ kind: 'deny', schedule: '* * * * *', duration: '1h', applications: ['*'] }];
    const project = event('AppProject', 'services', { spec: { syncWindows } });
    server.apply({
      ...project,
      object: { ...project.object, metadata: { ...project.object.metadata, namespace: 'argocd' } },
    });
    const windowsOf = async (status: object) => (await reader.read(listing()({ status }))).windows;

    expect(await windowsOf({ sync: { status: 'OutOfSync' } })).toContain('deny * * * * * for 1h');
    expect(await windowsOf({ sync: { status: 'Synced' } })).toBe('');
    expect(await windowsOf({ sync: { status: 'OutOfSync' }, operationState: { phase: 'Running' } })).toBe('');
  });
});
