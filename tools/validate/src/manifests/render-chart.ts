// A third-party chart with our values, from an archive that somebody has downloaded.
import { access } from 'node:fs/promises';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { chartFolder } from '../config.ts';
import { runTool } from '../run-tool.ts';
import type { Chart } from './application-tree.ts';
import type { ChartContract } from './chart-contracts.ts';
import type { Manifest } from './render.ts';

/** Charts refuse to render for a version that they do not support, and helm's own is old. */
const KUBERNETES = '1.33.0';

/** Undefined where the archive is not there. */
export async function findArchive(root: string, { name, version }: Chart): Promise<string | undefined> {
  const file = path.join(chartFolder(root), `${name}-${version}.tgz`);
  return access(file).then(
    () => file,
    () => undefined,
  );
}

/** @throws Error with helm's message. */
export async function renderChart(root: string, archive: string, chart: Chart, namespace: string): Promise<Manifest[]> {
  const values = `gitops-config/platform/${chart.name}/values.yaml`;
  const files = chart.files.flatMap(({ name, path: file }) => ['--set-file', `${name}=${file}`]);
  const args = [
    'template',
    chart.release,
    archive,
    '--namespace',
    namespace,
    '--include-crds',
    '--kube-version',
    KUBERNETES,
    '-f',
    values,
    ...files,
  ];
  const { code, stdout, stderr } = await runTool('helm', args, { cwd: root });
  if (code !== 0) throw new Error(`${chart.name} ${chart.version}: ${stderr.trim()}`);
  return parseAllDocuments(stdout)
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);
}

const Service = z.object({ ports: z.array(z.object({ port: z.number() })).default([]) });
const Crd = z.object({ group: z.string(), names: z.object({ kind: z.string() }) });

/** What a contract has and the render has not. */
export function missingFrom(rendered: readonly Manifest[], contract: ChartContract): string[] {
  const ofKind = (kind: string): Manifest[] => rendered.filter((manifest) => manifest.kind === kind);
  const kinds = ofKind('CustomResourceDefinition').map(({ spec }) => {
    const { group, names } = Crd.parse(spec);
    return `${group}/${names.kind}`;
  });
  const accounts = ofKind('ServiceAccount').map(({ metadata }) => metadata.name);
  const text = JSON.stringify(rendered);
  const missing = [
    ...contract.kinds.filter((kind) => !kinds.includes(kind)).map((kind) => `the CRD of ${kind}`),
    ...contract.serviceAccounts.filter((name) => !accounts.includes(name)).map((name) => `ServiceAccount ${name}`),
    ...Object.entries(contract.reads)
      .filter(([reference, at]) => at !== '' && !text.includes(`"${reference.slice(reference.indexOf('/') + 1)}"`))
      .map(([reference]) => `a mount of ${reference}`),
    ...Object.values(contract.reads)
      .filter((at) => at !== '' && !text.includes(`"mountPath":"${at}"`))
      .map((at) => `a mount at ${at}`),
  ];
  for (const [name, ports] of Object.entries(contract.services)) {
    const service = ofKind('Service').find(({ metadata }) => metadata.name === name);
    const served = service ? Service.parse(service['spec']).ports.map(({ port }) => port) : [];
    for (const port of ports) if (!served.includes(port)) missing.push(`Service ${name}, port ${port}`);
  }
  return missing;
}
