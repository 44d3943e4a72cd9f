import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Check, Finding } from '../check.ts';
import { queriesOf, readDashboards } from './dashboards.ts';
import { syntaxError } from './grammar.ts';
import { ruleExpressions } from './rules.ts';

interface Built {
  buildDashboards(): { name: string; text: string }[];
}

export const driftCheck: Check = {
  name: 'dashboards are what their TypeScript generates',
  async run(root) {
    const module = pathToFileURL(path.join(root, 'observability/grafana/src/dashboards.ts')).href;
    const { buildDashboards } = (await import(module)) as Built;
    const built = buildDashboards();
    const committed = new Set((await readDashboards(root)).map(({ file }) => file));
    const findings: Finding[] = [];
    for (const { name, text } of built) {
      committed.delete(name);
      const file = `observability/grafana/dashboards/${name}`;
      const current = await readFile(path.join(root, file), 'utf8').catch(() => '');
      if (current !== text)
        findings.push({ where: file, what: 'differs from src: npm run build -w observability/grafana' });
    }
    for (const name of committed) findings.push({ where: name, what: 'nothing in src generates it' });
    return { looked: `${built.length} dashboards`, findings };
  },
};

const DataSources = z.object({
  datasources: z.array(z.object({ uid: z.string(), type: z.string(), jsonData: z.record(z.string(), z.unknown()) })),
});
const DATA_SOURCES = 'observability/grafana/provisioning/datasources/datasources.yaml';

/** Every `datasourceUid` in it, however deep. */
function uidsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(uidsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    key === 'datasourceUid' && typeof child === 'string' ? [child] : uidsIn(child),
  );
}

export const uidCheck: Check = {
  name: 'dashboards have unique uids, and data sources that exist',
  async run(root) {
    const { datasources } = DataSources.parse(parse(await readFile(path.join(root, DATA_SOURCES), 'utf8')));
    const typeOf = new Map(datasources.map(({ uid, type }) => [uid, type]));
    const findings: Finding[] = [];
    const seen = new Map<string, string>();
    const dashboards = await readDashboards(root);
    for (const { file, dashboard } of dashboards) {
      const other = seen.get(dashboard.uid);
      if (other !== undefined) findings.push({ where: file, what: `uid ${dashboard.uid} is also that of ${other}` });
      seen.set(dashboard.uid, file);
      const sources = [
        ...dashboard.panels.flatMap((panel) => [
          panel.datasource,
          ...panel.targets.map(({ datasource }) => datasource),
        ]),
        ...dashboard.templating.list.map(({ datasource }) => datasource),
      ];
      for (const source of sources) {
        if (source && typeOf.get(source.uid) !== source.type)
          findings.push({ where: file, what: `no data source of type ${source.type} has the uid ${source.uid}` });
      }
      for (const panel of dashboard.panels)
        if (panel.type !== 'row' && panel.targets.length === 0)
          findings.push({ where: file, what: `panel ${panel.title} has no query` });
    }
    for (const { uid, jsonData } of datasources)
      for (const linked of uidsIn(jsonData))
        if (!typeOf.has(linked))
          findings.push({ where: DATA_SOURCES, what: `${uid} links to ${linked}, which does not exist` });
    return { looked: `${dashboards.length} dashboards, ${datasources.length} data sources`, findings };
  },
};

export const grammarCheck: Check = {
  name: 'every PromQL, LogQL and TraceQL query parses',
  async run(root) {
    const dashboards = await readDashboards(root);
    const variables = dashboards.flatMap(({ file, dashboard }) =>
      dashboard.templating.list.flatMap(({ name, query }) => {
        const text = typeof query === 'object' ? query.query : query;
        // Loki's variables name a label, and no metric.
        const metric = /^label_values\(([^,]+),/.exec(text ?? '')?.[1];
        return metric === undefined
          ? []
          : [{ where: `${file}: variable ${name}`, language: 'prometheus' as const, text: metric }];
      }),
    );
    const rules = (await ruleExpressions(root)).map(({ where, expr }) => ({
      where,
      language: 'prometheus' as const,
      text: expr,
    }));
    const opened = queriesOf(dashboards).map(({ where, language, opened: text }) => ({ where, language, text }));
    const queries = [...opened, ...variables, ...rules];
    const findings = queries.flatMap(({ where, language, text }): Finding[] => {
      const error = syntaxError(language, text);
      return error === undefined ? [] : [{ where, what: error }];
    });
    return { looked: `${queries.length} queries`, findings };
  },
};
