// Where our files rely on a Service: `name.namespace.svc:port` anywhere, and `name:port` in files that are read in the charts' own namespace.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { listFiles } from '../list-files.ts';

export interface ServiceReference {
  file: string;
  name: string;
  port: number;
}

const FILES = [
  'gitops-config/apps/**/*.yaml',
  'gitops-config/platform/**/*.yaml',
  'observability/alloy/kubernetes.alloy',
];
const SAME_NAMESPACE = [
  'observability/prometheus/prometheus.yml',
  'observability/tempo/tempo.yaml',
  'observability/loki/loki.yaml',
  'observability/grafana/provisioning/datasources/datasources.yaml',
];
const FULL = /\b([a-z][a-z0-9-]*)\.[a-z][a-z0-9-]*\.svc\b(?::(\d+))?/g;
const SHORT = /(?:https?:\/\/|\[)([a-z][a-z0-9-]*):(\d+)/g;

export async function serviceReferences(root: string): Promise<ServiceReference[]> {
  const found: ServiceReference[] = [];
  const search = async (files: readonly string[], pattern: RegExp): Promise<void> => {
    for (const file of files) {
      const text = await readFile(path.join(root, file), 'utf8');
      for (const [, name = '', port = '80'] of text.matchAll(pattern))
        if (name !== 'localhost' && name !== 'kubernetes') found.push({ file, name, port: Number(port) });
    }
  };
  await search(await listFiles(root, ...FILES), FULL);
  await search(SAME_NAMESPACE, SHORT);
  return found;
}
