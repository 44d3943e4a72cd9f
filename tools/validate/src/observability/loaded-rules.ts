// How many rules Prometheus loads where it looks for them, in Compose and in the cluster. promtool is content with a configuration that
// matches no file at all.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Check, Finding } from '../check.ts';
import { listFiles } from '../list-files.ts';
import { ruleExpressions } from './rules.ts';

const FOLDER = 'observability/prometheus';
const VALUES = 'gitops-config/platform/prometheus/values.yaml';
const COMPOSE = 'observability/compose.yaml';

const Configuration = z.object({ rule_files: z.array(z.string()).default([]) });
const Compose = z.object({ services: z.object({ prometheus: z.object({ volumes: z.array(z.string()) }) }) });
const Kustomization = z.object({
  configMapGenerator: z.array(z.object({ name: z.string(), files: z.array(z.string()) })),
});
const Values = z.object({
  server: z.object({
    extraConfigmapMounts: z.array(z.object({ configMap: z.string(), mountPath: z.string() })).default([]),
  }),
});

interface Place {
  name: string;
  /** Where a relative pattern begins. */
  configurationFolder: string;
  /** Path in the container -> file in the repository. */
  files: Map<string, string>;
}

const read = async (root: string, file: string): Promise<unknown> =>
  parse(await readFile(path.join(root, file), 'utf8'), { merge: true });

async function inCompose(root: string): Promise<Place> {
  const { volumes } = Compose.parse(await read(root, COMPOSE)).services.prometheus;
  const files = new Map<string, string>();
  for (const volume of volumes.filter((each) => each.startsWith('.'))) {
    const [source = '', target = ''] = volume.split(':');
    const from = path.posix.join('observability', source);
    for (const file of await listFiles(root, `${from}/**`, from))
      files.set(path.posix.join(target, path.posix.relative(from, file)), file);
  }
  return { name: COMPOSE, configurationFolder: '/etc/prometheus', files };
}

/** The chart mounts the configuration at /etc/config. A ConfigMap has no folders. */
async function inCluster(root: string): Promise<Place> {
  const { extraConfigmapMounts } = Values.parse(await read(root, VALUES)).server;
  const { configMapGenerator } = Kustomization.parse(await read(root, `${FOLDER}/kustomization.yaml`));
  const files = new Map<string, string>();
  for (const { configMap, mountPath } of extraConfigmapMounts)
    for (const { name, files: sources } of configMapGenerator)
      if (name === configMap)
        for (const source of sources)
          files.set(path.posix.join(mountPath, path.posix.basename(source)), path.posix.join(FOLDER, source));
  return { name: VALUES, configurationFolder: '/etc/config', files };
}

export const loadedRulesCheck: Check = {
  name: 'Prometheus loads every rule where it looks for them, in Compose and in the cluster',
  async run(root) {
    const { rule_files: patterns } = Configuration.parse(await read(root, `${FOLDER}/prometheus.yml`));
    const rules = await ruleExpressions(root);
    const findings: Finding[] = [];
    for (const { name, configurationFolder, files } of [await inCompose(root), await inCluster(root)]) {
      const globs = patterns.map((pattern) => path.posix.resolve(configurationFolder, pattern));
      const loaded = new Set(
        [...files]
          .filter(([target]) => globs.some((glob) => path.posix.matchesGlob(target, glob)))
          .map(([, file]) => path.posix.basename(file)),
      );
      const missed = rules.filter(({ where }) => ![...loaded].some((file) => where.startsWith(`${file}: `)));
      if (missed.length > 0)
        findings.push({
          where: name,
          what: `Prometheus loads ${rules.length - missed.length} of ${rules.length} rules from ${globs.join(', ')}`,
        });
    }
    return { looked: `${rules.length} rules, 2 places`, findings };
  },
};
