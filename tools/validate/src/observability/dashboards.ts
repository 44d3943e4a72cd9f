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
const Dashboard = z.object({
  uid: z.string(),
  title: z.string(),
  panels: z.array(Panel),
  templating: z
    .object({
      list: z
        .array(
          z.object({
            name: z.string(),
            datasource: DataSource.optional(),
            query: z.union([z.string(), z.object({ query: z.string() })]).optional(),
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
  return dashboards.flatMap(({ file, dashboard }) =>
    dashboard.panels.flatMap((panel) =>
      panel.targets.flatMap(({ datasource, expr, query, queryType }) => {
        const language = (datasource ?? panel.datasource)?.type ?? '';
        // Grafana writes the queries of a service graph itself.
        const text = queryType === 'serviceMap' ? undefined : (expr ?? query);
        return text !== undefined && isLanguage(language) ? [{ where: `${file}: ${panel.title}`, language, text }] : [];
      }),
    ),
  );
}

/** Replaces Grafana's variables by values that match everything. */
export function fillIn(text: string): string {
  return text
    .replaceAll('$__rate_interval', '1m')
    .replaceAll('$__interval', '1m')
    .replaceAll('$__range', '1h')
    .replaceAll(/\$\$?\{?__tags\}?/g, '')
    .replaceAll(/\$\{?\w+\}?/g, '.*');
}
