// Tempo's, Loki's and Alloy's files against the keys of the versions that compose.yaml pins, and against what those versions cannot do.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Check, Finding } from '../check.ts';
import { listFiles } from '../list-files.ts';
import { findTool, linesOf, runTool } from '../run-tool.ts';
import { keyProblems, type Node, nodesOf, readKeys } from './keys.ts';
import { parseAlloy } from './parse-alloy.ts';

const Compose = z.object({ services: z.record(z.string(), z.object({ image: z.string() })) });

async function versionOf(root: string, service: string): Promise<string> {
  const text = await readFile(path.join(root, 'observability/compose.yaml'), 'utf8');
  const { services } = Compose.parse(parse(text, { merge: true }));
  return /:v?([\d.]+)/.exec(services[service]?.image ?? '')?.[1] ?? 'unknown';
}

/** Alloy's own blocks: `declare` is a module, and what is in it are components again. */
const DECLARE = new Set(['declare', 'argument', 'export', 'logging', 'tracing', 'http', 'livedebugging']);

function componentsOf(nodes: readonly Node[]): Node[] {
  return nodes.flatMap((node) => {
    if (node.key === 'declare') return componentsOf(node.below);
    // What a declared module takes as arguments is its own matter.
    return DECLARE.has(node.key) || node.key.startsWith('shared.') ? [] : [node];
  });
}

async function problemsOf(root: string, server: string, file: string): Promise<string[]> {
  const version = await versionOf(root, server);
  const keys = await readKeys(server, version);
  if (!keys) return [`the keys of ${server} ${version} are not listed in tools/validate/src/observability/keys`];
  const text = await readFile(path.join(root, file), 'utf8');
  if (server !== 'alloy') return keyProblems(keys, nodesOf(parse(text)));
  // Each component is a mapping of its own. One that is not listed is another check's finding.
  return componentsOf(parseAlloy(text))
    .filter(({ key }) => keys.has(key))
    .flatMap(({ key, below }) => keyProblems(keys, below, key, key));
}

/** What Tempo adds itself, after `.` and other characters became `_`. A second one of the same name is refused, or loses arrows. */
const OWN_DIMENSIONS = {
  service_graphs: ['client', 'server', 'connection_type', 'virtual_node'],
  span_metrics: ['service', 'span_name', 'span_kind', 'status_code', 'status_message', 'instance', 'job'],
};

const Tempo = z.object({
  metrics_generator: z.object({
    processor: z.object({
      service_graphs: z.object({
        dimensions: z.array(z.string()).default([]),
        enable_virtual_node_label: z.boolean().default(false),
      }),
      span_metrics: z.object({ dimensions: z.array(z.string()).default([]) }),
    }),
  }),
  overrides: z.object({
    defaults: z.object({ metrics_generator: z.object({ generate_native_histograms: z.string().default('classic') }) }),
  }),
});

function tempoProblems(text: string): string[] {
  const { metrics_generator: generator, overrides } = Tempo.parse(parse(text));
  const { service_graphs: graphs, span_metrics: metrics } = generator.processor;
  const own = (processor: keyof typeof OWN_DIMENSIONS, dimensions: readonly string[]): string[] =>
    dimensions
      .filter((name) => OWN_DIMENSIONS[processor].includes(name.replaceAll(/\W/g, '_')))
      .map((name) => `${processor}.dimensions: Tempo adds ${name} itself`);
  return [
    ...own('service_graphs', graphs.dimensions),
    ...own('span_metrics', metrics.dimensions),
    ...(graphs.enable_virtual_node_label && graphs.dimensions.length > 0
      ? [
          'enable_virtual_node_label beside dimensions: Tempo rebuilds the processor every 10 s, and its arrows are lost',
        ]
      : []),
    ...(overrides.defaults.metrics_generator.generate_native_histograms === 'classic'
      ? []
      : ['generate_native_histograms: the service graph and the panels read classic histograms']),
  ];
}

/** The servers themselves, where they are installed: none is on a package registry, so their absence is no failure. */
const JUDGES: Record<string, (file: string) => [command: string, ...args: string[]][]> = {
  tempo: (file) => [['tempo', '-config.verify=true', '-config.expand-env=true', `-config.file=${file}`]],
  loki: (file) => [['loki', '-verify-config=true', '-config.expand-env=true', `-config.file=${file}`]],
  alloy: (file) => [['alloy', 'fmt', '--test', file]],
};

/** @returns undefined where it is not installed. */
async function askServer(root: string, server: string, file: string): Promise<string[] | undefined> {
  const problems: string[] = [];
  for (const [command, ...args] of JUDGES[server]?.(file) ?? []) {
    if (!(await findTool(command))) return undefined;
    const { code, stdout, stderr } = await runTool(command, args, { cwd: root });
    if (code !== 0) problems.push(`${command} refuses it: ${linesOf(stdout + stderr).join(' ')}`);
  }
  return problems;
}

export const serverFileCheck: Check = {
  name: "Tempo's, Loki's and Alloy's files have only keys of the pinned versions, and nothing that those refuse",
  async run(root) {
    const files = [
      ['tempo', 'observability/tempo/tempo.yaml'],
      ['loki', 'observability/loki/loki.yaml'],
      ...(await listFiles(root, 'observability/alloy/*.alloy')).map((file) => ['alloy', file]),
    ] as const;
    const findings: Finding[] = [];
    const absent = new Set<string>();
    for (const [server = '', file = ''] of files) {
      const answer = await askServer(root, server, file);
      if (!answer) absent.add(server);
      for (const what of [...(await problemsOf(root, server, file)), ...(answer ?? [])])
        findings.push({ where: file, what });
    }
    const tempo = 'observability/tempo/tempo.yaml';
    for (const what of tempoProblems(await readFile(path.join(root, tempo), 'utf8')))
      findings.push({ where: tempo, what });
    const unasked = absent.size === 0 ? '' : `; not installed, so not asked: ${[...absent].join(', ')}`;
    return { looked: `${files.length} files${unasked}`, findings };
  },
};
