// What Loki, Tempo and Prometheus answer with an error, or with a wrong number, although the query parses. Each rule is the server's own,
// of the pinned versions.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Check, Finding } from '../check.ts';
import { type Language, queriesOf, readDashboards } from './dashboards.ts';
import { selectorsOf } from './grammar.ts';
import { ruleExpressions } from './rules.ts';

/** Whether `=`, `!=`, `=~` or `!~` with this value accepts a stream that does not have the label. */
export function acceptsEmpty(operator: string, value: string): boolean {
  const matches = operator.endsWith('~') ? new RegExp(`^(?:${value})$`).test('') : value === '';
  return operator.startsWith('!') ? !matches : matches;
}

/** https://github.com/grafana/loki/blob/v3.7.6/pkg/logql/syntax/parser.go: `validateMatchers` */
function loki(text: string): string[] {
  return selectorsOf(text)
    .filter((matchers) => matchers.every(({ operator, value }) => acceptsEmpty(operator, value)))
    .map(() => 'Loki refuses it: no matcher of a selector requires a value (use .+ instead of .*)');
}

/** Tempo's generator writes a zero before the first sample of a count and of buckets, and none for a sum. */
function prometheus(text: string): string[] {
  const sums = text.matchAll(/\b(rate|increase)\(\s*(traces_\w+_sum)\b/g);
  return [...sums].map(
    ([, call = '', metric = '']) =>
      `${call}() of ${metric} loses the first request of each series: divide the sum by the count, or take a quantile`,
  );
}

const SECONDS: Record<string, number> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800, M: 2_592_000, y: 31_536_000 };

/** Of `now-6h` and of `24h`, in seconds; undefined where it is written in another way. */
export function secondsOf(range: string): number | undefined {
  const [, count = '', unit = ''] = /^(?:now-)?(\d+)([smhdwMy])$/.exec(range) ?? [];
  const seconds = SECONDS[unit];
  return seconds === undefined ? undefined : Number(count) * seconds;
}

const TraceQlMetrics = /\|\s*(?:rate|count_over_time|\w+_over_time|histogram_over_time|compare)\(/;

interface Limits {
  /** `query_frontend.metrics.max_duration` of Tempo, and `limits_config.max_query_length` of Loki; 0s is no limit. */
  traceQlMetrics: string;
  logQl: string;
}

function tooLong(language: Language, text: string, from: string, limits: Limits): string[] {
  const limit =
    language === 'loki'
      ? limits.logQl
      : language === 'tempo' && TraceQlMetrics.test(text)
        ? limits.traceQlMetrics
        : undefined;
  if (limit === undefined) return [];
  const [asked, allowed] = [secondsOf(from), secondsOf(limit)];
  if (asked === undefined || allowed === undefined) return [`${from} or ${limit} is no range that can be compared`];
  return allowed > 0 && asked > allowed
    ? [`${language === 'loki' ? 'Loki' : 'Tempo'} refuses a range of ${from}: the limit is ${limit}`]
    : [];
}

const Tempo = z.object({
  query_frontend: z
    .object({ metrics: z.object({ max_duration: z.string().default('24h') }).prefault({}) })
    .prefault({}),
});
const Loki = z.object({ limits_config: z.object({ max_query_length: z.string().default('721h') }).prefault({}) });

async function readLimits(root: string): Promise<Limits> {
  const read = async (file: string): Promise<unknown> =>
    parse(await readFile(path.join(root, 'observability', file), 'utf8'));
  return {
    traceQlMetrics: Tempo.parse(await read('tempo/tempo.yaml')).query_frontend.metrics.max_duration,
    logQl: Loki.parse(await read('loki/loki.yaml')).limits_config.max_query_length,
  };
}

const REFUSALS: Record<Language, (text: string) => string[]> = { loki, prometheus, tempo: () => [] };

export const refusalCheck: Check = {
  name: 'no query is one that Loki, Tempo or Prometheus refuses, or answers wrongly, when its dashboard is opened',
  async run(root) {
    const limits = await readLimits(root);
    const dashboards = await readDashboards(root);
    const queries = queriesOf(dashboards);
    const rules = await ruleExpressions(root);
    const of = (where: string, problems: readonly string[]): Finding[] => problems.map((what) => ({ where, what }));
    const findings = [
      ...queries.flatMap(({ where, language, opened, from }) =>
        of(where, [...REFUSALS[language](opened), ...tooLong(language, opened, from, limits)]),
      ),
      ...rules.flatMap(({ where, expr }) => of(where, prometheus(expr))),
      ...dashboards.flatMap(({ file, dashboard }) =>
        dashboard.templating.list
          .filter(({ allValue }) => allValue !== undefined && acceptsEmpty('=~', allValue))
          .map(({ name, allValue }) => ({
            where: `${file}: variable ${name}`,
            what: `"All" is ${allValue}, which lets in series that have no such label: .+`,
          })),
      ),
    ];
    return { looked: `${queries.length + rules.length} queries`, findings };
  },
};
