// Grafana's dashboards as committed, and the queries in them.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { listFiles } from '../list-files.ts';

const DataSource = z.object({ type: z.string(), uid: z.string() });
const Target = z.object({
  refId: z.string().optional(),
  datasource: DataSource.optional(),
  expr: z.string().optional(),
  query: z.string().optional(),
  queryType: z.string().optional(),
});
const Panel = z.object({
  title: z.string().default(''),
  type: z.string(),
  datasource: DataSource.optional(),
  targets: z.array(Target).default([]),
});
/** Prometheus' has a query, Loki's a label. */
const VariableQuery = z.object({ query: z.string().optional(), label: z.string().optional() });
const Dashboard = z.object({
  uid: z.string(),
  title: z.string(),
  time: z.object({ from: z.string() }),
  annotations: z
    .object({
      list: z
        .array(z.object({ name: z.string(), datasource: DataSource.optional(), expr: z.string().optional() }))
        .default([]),
    })
    .prefault({}),
  panels: z.array(Panel),
  templating: z
    .object({
      list: z
        .array(
          z.object({
            name: z.string(),
            type: z.string(),
            allValue: z.string().optional(),
            datasource: DataSource.optional(),
            query: z.union([z.string(), VariableQuery]).optional(),
          }),
        )
        .default([]),
    })
    .prefault({}),
});
export type Dashboard = z.infer<typeof Dashboard>;

export type Language = 'prometheus' | 'loki' | 'tempo';

export interface Query {
  /** `service.json: Requests by route`. */
  where: string;
  language: Language;
  text: string;
  /** As it is sent when the dashboard is opened: every variable has the value of "All". */
  opened: string;
  /** The range of the dashboard when it is opened: `now-6h`. */
  from: string;
}

const FOLDER = 'observability/grafana/dashboards';

export async function readDashboards(root: string): Promise<{ file: string; dashboard: Dashboard }[]> {
  const files = await listFiles(root, `${FOLDER}/*.json`);
  return Promise.all(
    files.map(async (file) => ({
      file: path.posix.basename(file),
      dashboard: Dashboard.parse(JSON.parse(await readFile(path.join(root, file), 'utf8'))),
    })),
  );
}

const LANGUAGES = new Set<string>(['prometheus', 'loki', 'tempo'] satisfies Language[]);
const isLanguage = (type: string): type is Language => LANGUAGES.has(type);

export function queriesOf(dashboards: readonly { file: string; dashboard: Dashboard }[]): Query[] {
  return dashboards.flatMap(({ file, dashboard }) => {
    const { from } = dashboard.time;
    const values = new Map(dashboard.templating.list.map(({ name, allValue }) => [name, allValue ?? '']));
    const found = (title: string, type: string | undefined, text: string | undefined): Query[] =>
      text !== undefined && type !== undefined && isLanguage(type)
        ? [{ where: `${file}: ${title}`, language: type, text, opened: fillIn(text, values), from }]
        : [];
    return [
      ...dashboard.annotations.list.flatMap(({ name, datasource, expr }) => found(name, datasource?.type, expr)),
      ...dashboard.panels.flatMap((panel) =>
        panel.targets.flatMap(({ datasource, expr, query, queryType }) =>
          // Grafana writes the queries of a service graph itself.
          found(
            panel.title,
            (datasource ?? panel.datasource)?.type,
            queryType === 'serviceMap' ? undefined : (expr ?? query),
          ),
        ),
      ),
    ];
  });
}

/** Replaces Grafana's own variables by usual values, and those of the dashboard by the given ones. */
export function fillIn(text: string, values: ReadonlyMap<string, string> = new Map()): string {
  return text
    .replaceAll('$__rate_interval', '1m')
    .replaceAll('$__interval', '1m')
    .replaceAll('$__range', '1h')
    .replaceAll(/\$\$?\{?__tags\}?/g, '')
    .replaceAll(/\$\{?(\w+)\}?/g, (_whole, name: string) => values.get(name) ?? '.+');
}
