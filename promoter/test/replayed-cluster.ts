// An API server that answers as a recorded one would have at each moment: Applications as list and watch, everything else as it was last
// received. It knows the paths that the promoter asks for, and refuses any other.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RecordedEvent, RecordedObject } from './recording.ts';

export interface ReplayedCluster {
  kubeconfig: string;
  /** Takes an event; one of an Application is sent to whoever watches. */
  apply(event: RecordedEvent): void;
  /** From now on this resource is answered with 403. */
  forbid(plural: string): void;
  /** Until somebody watches the Applications. */
  watched(): Promise<void>;
  close(): Promise<void>;
}

const KINDS: Readonly<Record<string, string>> = {
  applications: 'Application',
  appprojects: 'AppProject',
  deployments: 'Deployment',
  statefulsets: 'StatefulSet',
  daemonsets: 'DaemonSet',
  rollouts: 'Rollout',
  pods: 'Pod',
};

export async function startReplayedCluster(): Promise<ReplayedCluster> {
  const objects = new Map<string, RecordedObject>();
  const watching = new Map<ServerResponse, string>();
  const forbidden = new Set<string>();
  const keyOf = (kind: string, namespace: string, name: string): string => `${kind} ${namespace}/${name}`;
  const { promise: watched, resolve: onWatched } = Promise.withResolvers<void>();
  let version = '1';

  function answer({ url = '' }: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(url, 'http://cluster');
    const [, namespace = '', plural = '', name] = /\/namespaces\/([^/]+)\/([a-z]+)(?:\/([^/]+))?$/.exec(pathname) ?? [];
    const kind = KINDS[plural];
    response.setHeader('content-type', 'application/json');
    if (kind === undefined)
      return void response.writeHead(501).end(JSON.stringify({ message: `not replayed: ${url}` }));
    if (forbidden.has(plural))
      return void response.writeHead(403).end(JSON.stringify({ message: `${plural} is forbidden` }));
    if (searchParams.get('watch') === 'true') {
      watching.set(response, namespace);
      response.on('close', () => watching.delete(response));
      response.flushHeaders();
      return onWatched();
    }
    if (name !== undefined) {
      const found = objects.get(keyOf(kind, namespace, name));
      return void response.writeHead(found ? 200 : 404).end(JSON.stringify(found ?? { message: `${name} not found` }));
    }
    const labels = (searchParams.get('labelSelector') ?? '').split(',').filter(Boolean);
    const items = [...objects.values()].filter(
      ({ kind: is, metadata }) =>
        is === kind &&
        metadata.namespace === namespace &&
        labels.every((label) => {
          const [key = '', value] = label.split('=');
          return metadata.labels?.[key] === value;
        }),
    );
    return void response.end(JSON.stringify({ kind: `${kind}List`, metadata: { resourceVersion: version }, items }));
  }

  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const directory = mkdtempSync(path.join(tmpdir(), 'replayed-'));
  const kubeconfig = path.join(directory, 'kubeconfig');
  const { port } = server.address() as AddressInfo;
  const settings = {
    clusters: [{ name: 'replayed', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'promoter', user: {} }],
    contexts: [{ name: 'replayed', context: { cluster: 'replayed', user: 'promoter' } }],
    'current-context': 'replayed',
  };
  writeFileSync(kubeconfig, JSON.stringify(settings));

  return {
    kubeconfig,
    apply({ type, object }) {
      const { kind, metadata } = object;
      version = metadata.resourceVersion;
      const key = keyOf(kind, metadata.namespace, metadata.name);
      if (type === 'DELETED') objects.delete(key);
      else objects.set(key, object);
      if (kind !== 'Application') return;
      for (const [response, namespace] of watching)
        if (namespace === metadata.namespace) response.write(`${JSON.stringify({ type, object })}\n`);
    },
    forbid: (plural) => void forbidden.add(plural),
    watched: () => watched,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
