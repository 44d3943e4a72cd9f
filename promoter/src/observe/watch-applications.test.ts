import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLogger } from '@delivery/telemetry/logger';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadKubeConfig } from './kubernetes-client.ts';
import { createWorkloadReader } from './read-workloads.ts';
import { type ApplicationWatch, createApplicationWatch, type WatchDeps } from './watch-applications.ts';

const application = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'todo-dev', namespace: 'argocd', resourceVersion: '7' },
  status: { resources: [{ kind: 'Deployment', name: 'todo', namespace: 'todo-dev' }] },
};
const deployment = {
  metadata: { name: 'todo', namespace: 'todo-dev', generation: 1 },
  spec: { selector: {}, template: { spec: { containers: [{ name: 'todo', image: 'todo:1' }] } } },
};

const FORBIDDEN = JSON.stringify({
  kind: 'Status',
  message: 'applications.argoproj.io is forbidden: User "promoter" cannot list resource "applications"',
});
const logger = createLogger({ service: 'promoter', level: 'silent' });

describe('an API server', () => {
  let directory: string;
  let server: Server;
  let watch: ApplicationWatch | undefined;
  let kubeconfig: string;
  let lists: number;
  let deploymentReads: number;
  let answerDeployment: (response: ServerResponse) => void;
  let answerWatch: (response: ServerResponse) => void;
  let answerList: (response: ServerResponse) => void;
  beforeEach(async () => {
    lists = 0;
    deploymentReads = 0;
    answerDeployment = (response) => void response.end(JSON.stringify(deployment));
    answerWatch = (response) => response.flushHeaders();
    answerList = (response) =>
      void response.end(JSON.stringify({ metadata: { resourceVersion: '7' }, items: [application] }));
    server = createServer(({ url = '' }, response) => {
      response.setHeader('content-type', 'application/json');
      if (url.includes('/deployments/')) {
        deploymentReads += 1;
        answerDeployment(response);
      } else if (url.includes('watch=true')) {
        answerWatch(response);
      } else if (url.includes('/applications/')) {
        response.end(JSON.stringify(application));
      } else {
        lists += 1;
        answerList(response);
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    directory = await mkdtemp(path.join(tmpdir(), 'watch-'));
    kubeconfig = path.join(directory, 'kubeconfig');
    const { port } = server.address() as AddressInfo;
    await writeFile(
      kubeconfig,
      JSON.stringify({
        clusters: [{ name: 'test', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } }],
        users: [{ name: 'test', user: {} }],
        contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
        'current-context': 'test',
      }),
    );
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    watch?.stop();
    server.closeAllConnections();
    server.close();
    await rm(directory, { recursive: true, force: true });
  });

  function start(more: Partial<WatchDeps> = {}, callTimeoutMs?: number): ApplicationWatch {
    const config = loadKubeConfig(kubeconfig, callTimeoutMs);
    watch = createApplicationWatch({
      config,
      reader: createWorkloadReader({ config, argocdNamespace: 'argocd', logger }),
      namespace: 'argocd',
      isAsked: (name) => name === 'todo-dev',
      onChange: () => undefined,
      logger,
      ...more,
    });
    watch.start();
    return watch;
  }

  it('that leaves a read unanswered is asked again after the deadline', async () => {
    answerDeployment = (response) => {
      if (deploymentReads > 1) response.end(JSON.stringify(deployment));
    };
    const onChange = vi.fn();
    const { facts, problem } = start({ onChange }, 200);

    await vi.waitFor(() => expect(facts('todo-dev').facts?.workloads).toHaveLength(1), 10_000);
    expect(deploymentReads).toBe(2);
    expect(problem()).toBeUndefined();
    expect(onChange).toHaveBeenCalledWith('todo-dev', facts('todo-dev').facts);
  });

  it('that forbids the Deployments of a namespace is watched all the same, and that is said once', async () => {
    const warn = vi.spyOn(logger, 'warn');
    answerDeployment = (response) => void response.writeHead(403).end('{}');
    answerWatch = (response) => (lists < 3 ? void response.end() : response.flushHeaders());
    const { facts, problem } = start({ pause: () => Promise.resolve() });

    await vi.waitFor(() => expect(deploymentReads).toBe(3), 10_000);
    await vi.waitFor(() => expect(problem()).toBeUndefined());
    expect(facts('todo-dev').facts).toMatchObject({
      workloads: [],
      unreadable: expect.stringMatching(/^forbidden: the promoter may not get deployments in namespace todo-dev;/),
    });
    expect(warn.mock.calls).toEqual([[{ namespace: 'todo-dev', kind: 'Deployment' }, 'workloads may not be read']]);
  });

  it('has many Applications, of which only those are read that a promotion file names', async () => {
    const onChange = vi.fn();
    const { facts, prepare, problem } = start({ isAsked: () => false, onChange });

    await vi.waitFor(() => expect(problem()).toBeUndefined(), 10_000);
    expect(deploymentReads).toBe(0);
    expect(facts('todo-dev')).toEqual({ isRead: false, facts: undefined });
    await Promise.all([prepare('todo-dev'), prepare('todo-dev')]);
    await prepare('todo-dev');
    expect(facts('todo-dev').facts?.workloads).toHaveLength(1);
    expect(deploymentReads).toBe(1);
    expect(onChange).toHaveBeenCalledOnce();
  });

  it('that forbids the Applications is a problem in one line, and is asked less and less often', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const pauses: number[] = [];
    answerList = (response) => void response.writeHead(403).end(FORBIDDEN);
    const { problem } = start({
      pause: (ms) => (pauses.push(ms) < 4 ? Promise.resolve() : new Promise(() => undefined)),
    });

    await vi.waitFor(() => expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000]), 10_000);
    expect(problem()).toBe(
      'the Applications in namespace argocd cannot be read: forbidden: applications.argoproj.io is forbidden: User "promoter" cannot list resource "applications"',
    );
  });

  it('that fails reads again and again is asked less and less often, until a watch lasts', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const pauses: number[] = [];
    answerDeployment = (response) =>
      lists > 8 ? void response.end(JSON.stringify(deployment)) : void response.writeHead(500).end('{}');
    answerWatch = (response) => (lists === 9 ? void response.end() : response.flushHeaders());
    start({ pause: (ms) => Promise.resolve(pauses.push(ms)) });

    await vi.waitFor(() => expect(pauses).toHaveLength(9), 10_000);
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 500]);
  });
});
