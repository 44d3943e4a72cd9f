// What can be checked of Alloy's and Compose's files without either program.
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Check, Finding } from '../check.ts';
import { listFiles } from '../list-files.ts';

/**
 * Generally available as of Alloy 1.18, according to its reference: https://grafana.com/docs/alloy/latest/reference/components/
 * Anything else needs `--stability.level` and may change without notice.
 */
const GENERALLY_AVAILABLE = new Set([
  'discovery.file',
  'discovery.kubernetes',
  'discovery.relabel',
  'import.file',
  'local.file_match',
  'loki.process',
  'loki.source.file',
  'loki.source.kubernetes',
  'loki.write',
  'otelcol.exporter.otlp',
  'otelcol.exporter.otlphttp',
  'otelcol.exporter.prometheus',
  'otelcol.processor.batch',
  'otelcol.processor.k8sattributes',
  'otelcol.processor.memory_limiter',
  'otelcol.receiver.otlp',
  'prometheus.exporter.self',
  'prometheus.relabel',
  'prometheus.remote_write',
  'prometheus.scrape',
]);

export const alloyCheck: Check = {
  name: "Alloy's files use only components that are generally available, and refer only to components that exist",
  async run(root) {
    const findings: Finding[] = [];
    let count = 0;
    for (const file of await listFiles(root, 'observability/alloy/*.alloy')) {
      const text = (await readFile(path.join(root, file), 'utf8')).replaceAll(/\/\/.*$/gm, '');
      const defined = new Set<string>();
      for (const [, kind = '', label = ''] of text.matchAll(/^\t?([a-z]\w*(?:\.\w+)+) "(\w+)" \{/gm)) {
        count += 1;
        if (kind.startsWith('shared.')) defined.add(`${kind}.${label}`);
        else if (!GENERALLY_AVAILABLE.has(kind))
          findings.push({ where: file, what: `${kind} is not known to be generally available` });
        defined.add(`${kind}.${label}`);
      }
      for (const [number, line] of text.split('\n').entries())
        if (/^ +\S|^\s*\{ \w|[[,(=]\s*\{ \w/.test(line))
          findings.push({ where: `${file}:${number + 1}`, what: 'is not as `alloy fmt` writes it' });
      const [opened, closed] = ['{', '}'].map((brace) => text.split(brace).length);
      if (opened !== closed) findings.push({ where: file, what: 'braces do not match' });
      for (const [reference = ''] of text.matchAll(
        /\b(?:otelcol|loki|prometheus|discovery|local|shared)(?:\.\w+){3,}/g,
      )) {
        const parts = reference.split('.');
        const known = [...defined].some((name) => reference.startsWith(`${name}.`));
        if (!known) findings.push({ where: file, what: `${parts.join('.')} refers to nothing in this file` });
      }
    }
    return { looked: `${count} components`, findings };
  },
};

const Service = z.object({
  image: z.string(),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  depends_on: z.array(z.string()).default([]),
  mem_limit: z.string().optional(),
});
const Compose = z.object({
  services: z.record(z.string(), Service),
  volumes: z.record(z.string(), z.unknown()).default({}),
});
const COMPOSE = 'observability/compose.yaml';
/** Created by `npm start`, not in Git. */
const MADE_LATER = new Set(['../.sandbox']);
const MAX_MEMORY_MIB = 2_200;

export const composeCheck: Check = {
  name: 'compose mounts files that exist, listens on this machine only, and pins its images',
  async run(root) {
    const { services, volumes } = Compose.parse(
      parse(await readFile(path.join(root, COMPOSE), 'utf8'), { merge: true }),
    );
    const findings: Finding[] = [];
    let memoryMiB = 0;
    for (const [name, service] of Object.entries(services)) {
      const where = `${COMPOSE}: ${name}`;
      if (!/:v?\d+\.\d+\.\d+(@sha256:[0-9a-f]{64})?$/.test(service.image))
        findings.push({ where, what: `${service.image}: name a version with three numbers` });
      for (const port of service.ports)
        if (!port.startsWith('127.0.0.1:')) findings.push({ where, what: `port ${port}: begin with 127.0.0.1:` });
      for (const volume of service.volumes) {
        const [source = ''] = volume.split(':');
        if (!source.startsWith('.')) {
          if (!(source in volumes)) findings.push({ where, what: `volume ${source} is not declared` });
          continue;
        }
        const exists = await stat(path.join(root, 'observability', source)).catch(() => undefined);
        if (!exists && !MADE_LATER.has(source)) findings.push({ where, what: `${source} does not exist` });
      }
      for (const other of service.depends_on)
        if (!(other in services)) findings.push({ where, what: `depends on ${other}, which is not a service` });
      const limit = /^(\d+)m$/.exec(service.mem_limit ?? '')?.[1];
      if (limit === undefined) findings.push({ where, what: 'mem_limit in m is missing' });
      memoryMiB += Number(limit ?? 0);
    }
    if (memoryMiB > MAX_MEMORY_MIB)
      findings.push({
        where: COMPOSE,
        what: `${memoryMiB} MiB in all: at most ${MAX_MEMORY_MIB}, for a laptop`,
      });
    return { looked: `${Object.keys(services).length} services, at most ${memoryMiB} MiB`, findings };
  },
};
