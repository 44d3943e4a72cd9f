import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLogger } from '@delivery/telemetry/logger';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ApplicationWatch, createApplicationWatch } from './watch-applications.ts';

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

describe('an API server that leaves a read unanswered', () => {
  let directory: string;
  let server: Server;
  let watch: ApplicationWatch | undefined;
  let deploymentReads: number;
  let kubeconfig: string;
  beforeEach(async () => {
    deploymentReads = 0;
    server = createServer(({ url = '' }, response) => {
      response.setHeader('content-type', 'application/json');
      if (url.includes('/deployments/')) {
        deploymentReads += 1;
        if (deploymentReads > 1) response.end(JSON.stringify(deployment));
      } else if (url.includes('watch=true')) {
        response.flushHeaders();
      } else {
        response.end(JSON.stringify({ metadata: { resourceVersion: '7' }, items: [application] }));
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
    watch?.stop();
    server.closeAllConnections();
    server.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('is asked again after the deadline', async () => {
    const changed = vi.fn();
    watch = createApplicationWatch({
      kubeconfig,
      namespace: 'argocd',
      callTimeoutMs: 200,
      onChange: changed,
      logger: createLogger({ service: 'promoter', level: 'silent' }),
    });
    watch.start();

    await vi.waitFor(() => expect(watch?.facts('todo-dev')?.deployments).toHaveLength(1), 10_000);
    expect(deploymentReads).toBe(2);
    expect(watch.problem()).toBeUndefined();
    expect(changed).toHaveBeenCalledWith('todo-dev', watch.facts('todo-dev'));
  });
});
