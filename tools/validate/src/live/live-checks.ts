// The queries of dashboards and alerts are run against the running platform: a panel that is empty there is empty everywhere.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startOtlpReceiver } from '@delivery/otlp-receiver';
import type { Export, Span } from '@delivery/service-graph';
import type { Check, Finding } from '../check.ts';
import { listFiles } from '../list-files.ts';
import { queriesOf, readDashboards } from '../observability/dashboards.ts';
import { logLabelsOf, metricsOf, traceAttributesOf } from '../observability/grammar.ts';
import { type RuleExpression, ruleExpressions } from '../observability/rules.ts';
import { release, startPlatform, useTodo } from './drive-platform.ts';
import { exposeForeignMetrics } from './foreign-metrics.ts';
import { halfArrows } from './half-arrows.ts';
import { type RunningPrometheus, startPrometheus } from './prometheus.ts';
import { createTempoMetrics } from './tempo-metrics.ts';

/** By then the rules of a group with an interval of 30 s have been evaluated twice. */
const SETTLE_MS = 35_000;
/** By then the last changes have been scraped, which happens every second. */
const LAST_SCRAPES_MS = 3_000;

interface Observation {
  /** For each PromQL query of a dashboard whether Prometheus had numbers for it. */
  answers: { where: string; text: string; problem: string | undefined }[];
  metricNames: Set<string>;
  /** What an alert takes the increase of, and the first value of each of its series. */
  births: { where: string; series: string; first: number }[];
  exports: readonly Export[];
  spans: Span[];
  /** Fields of the services' log lines. */
  logFields: Set<string>;
}

const hasNumbers = (series: readonly { values: number[] }[]): boolean =>
  series.some(({ values }) => values.some((value) => Number.isFinite(value)));

/** Runs the platform once; the rules are the repository's own. */
async function observe(root: string): Promise<Observation> {
  /** What stops each thing that was started, the latest last. */
  const closings: (() => unknown)[] = [];
  try {
    return await drive(root, (closing) => closings.push(closing));
  } finally {
    for (const closing of closings.reverse()) await closing();
  }
}

async function drive(root: string, atEnd: (closing: () => unknown) => void): Promise<Observation> {
  const folder = await mkdtemp(path.join(tmpdir(), 'live-'));
  atEnd(() => rm(folder, { recursive: true, force: true }));
  const receiver = await startOtlpReceiver();
  atEnd(() => receiver.stop());
  const tempo = createTempoMetrics(receiver);
  const startedMs = Date.now();
  const tempoServer = createServer((_request, response) => {
    tempo.expose().then(
      (text) => response.end(text + exposeForeignMetrics(startedMs, Date.now())),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve) => tempoServer.listen(0, '127.0.0.1', resolve));
  atEnd(() => tempoServer.close());
  const sandbox = await startPlatform(path.join(folder, 'sandbox'), receiver);
  atEnd(() => sandbox.close());
  const stopUsing = new AbortController();
  const using = useTodo(sandbox, stopUsing.signal);
  atEnd(() => {
    stopUsing.abort();
    return using;
  });
  const portOf = (url: string): number => Number(new URL(url).port);
  const prometheus = await startPrometheus(
    folder,
    (await listFiles(root, 'observability/prometheus/rules/*.yaml')).map((file) => path.join(root, file)),
    [
      { job: 'promoter', port: portOf(sandbox.urls.board), labels: { deployment_environment_name: 'platform' } },
      { job: 'tempo', port: (tempoServer.address() as AddressInfo).port, labels: {} },
      ...Object.entries(sandbox.urls.todo).map(([name, url]) => ({
        job: `todo-${name}`,
        port: portOf(url),
        labels: { deployment_environment_name: name },
      })),
    ],
  );
  atEnd(() => prometheus.stop());
  const settled = wait(SETTLE_MS);
  await release(sandbox);
  await settled;
  await wait(LAST_SCRAPES_MS);
  const queries = queriesOf(await readDashboards(root)).filter(({ language }) => language === 'prometheus');
  const answers = [];
  for (const { where, opened: text } of queries) {
    const problem = await prometheus.query(text).then(
      (series) => (hasNumbers(series) ? undefined : `shows nothing: ${text}`),
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    answers.push({ where, text, problem });
  }
  const births = await birthsOf(await ruleExpressions(root), prometheus);
  const logs = await listFiles(path.join(folder, 'sandbox'), 'logs/*.log', 'cluster/pods/*/pod.log');
  const logFields = new Set<string>();
  for (const file of logs) {
    for (const line of (await readFile(path.join(folder, 'sandbox', file), 'utf8')).split('\n').slice(0, -1))
      if (line.startsWith('{')) for (const field of Object.keys(JSON.parse(line) as object)) logFields.add(field);
  }
  return {
    answers,
    metricNames: new Set(await prometheus.metricNames()),
    births,
    exports: receiver.exports,
    spans: receiver.exports.flatMap(({ spans }) => spans),
    logFields,
  };
}

/** Of the services, which are ours: what the other programs count begins as they please, and their alerts know it. */
async function birthsOf(
  rules: readonly RuleExpression[],
  prometheus: Pick<RunningPrometheus, 'query'>,
): Promise<Observation['births']> {
  const found: Observation['births'] = [];
  for (const { where, alert, expr } of rules) {
    if (alert === undefined) continue;
    for (const [, selector = ''] of expr.matchAll(/increase\((\w+_total(?:\{[^}]*\})?)\[/g))
      for (const { metric, values } of await prometheus.query(selector))
        if (metric['service'] !== undefined)
          found.push({ where, series: `${selector} of ${JSON.stringify(metric)}`, first: values[0] ?? Number.NaN });
  }
  return found;
}

const observations = new Map<string, Promise<Observation>>();
/** The platform runs once for all checks. */
function observed(root: string): Promise<Observation> {
  const observation = observations.get(root) ?? observe(root);
  observations.set(root, observation);
  return observation;
}

const needs = ['prometheus'];

export const panelCheck: Check = {
  name: 'a real Prometheus has numbers for every PromQL panel when the platform runs',
  needs,
  async run(root) {
    const { answers } = await observed(root);
    const findings = answers.flatMap(({ where, problem }): Finding[] => (problem ? [{ where, what: problem }] : []));
    return { looked: `${answers.length} queries`, findings };
  },
};

export const metricCheck: Check = {
  name: 'every metric that a dashboard, a rule or an alert names is exposed when the platform runs',
  needs,
  async run(root) {
    const { metricNames } = await observed(root);
    const rules = await ruleExpressions(root);
    const recorded = new Set(rules.flatMap(({ record }) => record ?? []));
    const queries = queriesOf(await readDashboards(root)).filter(({ language }) => language === 'prometheus');
    const asked = [
      ...rules.map(({ where, expr }) => ({ where, text: expr })),
      ...queries.map(({ where, opened: text }) => ({ where, text })),
    ];
    const names = new Set<string>();
    const findings: Finding[] = [];
    for (const { where, text } of asked) {
      for (const name of metricsOf(text)) {
        names.add(name);
        const isKnown = metricNames.has(name) || recorded.has(name) || name === 'ALERTS';
        if (!isKnown) findings.push({ where, what: `nothing exposes ${name}` });
      }
    }
    return { looked: `${names.size} metrics`, findings };
  },
};

export const birthCheck: Check = {
  name: 'every counter of the services that an alert takes the increase of begins at zero',
  needs,
  async run(root) {
    const { births } = await observed(root);
    const findings = births
      .filter(({ first }) => first !== 0)
      .map(({ where, series, first }) => ({ where, what: `begins at ${first}, which is no increase: ${series}` }));
    return { looked: `${births.length} series`, findings };
  },
};

/** Labels that Alloy gives a line, read from its files. */
async function alloyLabels(root: string): Promise<Set<string>> {
  const text = await readFile(path.join(root, 'observability/alloy/pipeline.alloy'), 'utf8');
  const blocks = [...text.matchAll(/stage\.(?:labels|structured_metadata) \{\s*values = \{([^}]*)\}/g)];
  const names = blocks.flatMap(([, body = '']) => [...body.matchAll(/(\w+)\s*=/g)].map(([, name = '']) => name));
  const targets = ['compose', 'kubernetes'].map((name) =>
    readFile(path.join(root, `observability/alloy/${name}.alloy`), 'utf8'),
  );
  const inBoth = (await Promise.all(targets)).every((file) => file.includes('deployment_environment_name'));
  return new Set([...names, ...(inBoth ? ['deployment_environment_name'] : [])]);
}

export const logCheck: Check = {
  name: 'every label and field in a LogQL query is one that Alloy gives or the services write',
  needs,
  async run(root) {
    const { logFields } = await observed(root);
    const known = await alloyLabels(root);
    const queries = queriesOf(await readDashboards(root)).filter(({ language }) => language === 'loki');
    const variables = (await readDashboards(root)).flatMap(({ file, dashboard }) =>
      dashboard.templating.list.flatMap(({ name, query }) =>
        typeof query === 'object' && query.label !== undefined && !known.has(query.label)
          ? [{ where: `${file}: variable ${name}`, what: `Alloy gives no label ${query.label}` }]
          : [],
      ),
    );
    const findings = queries.flatMap(({ where, opened }): Finding[] => {
      const { labels, fields } = logLabelsOf(opened);
      return [
        ...labels
          .filter((label) => !known.has(label))
          .map((label) => ({ where, what: `Alloy gives no label ${label}` })),
        ...fields
          .filter((field) => !logFields.has(field))
          .map((field) => ({ where, what: `no service writes ${field}` })),
      ];
    });
    return { looked: `${queries.length} queries`, findings: [...variables, ...findings] };
  },
};

export const traceCheck: Check = {
  name: 'every attribute and name in a TraceQL query is that of a span that the platform sent',
  needs,
  async run(root) {
    const { spans } = await observed(root);
    const known = new Set(
      spans.flatMap((span) => [
        ...Object.keys(span.attributes).map((name) => `span.${name}`),
        ...Object.keys(span.resource).map((name) => `resource.${name}`),
      ]),
    );
    const names = new Set(spans.map(({ name }) => name));
    const services = new Set(spans.map(({ service }) => service));
    const queries = queriesOf(await readDashboards(root)).filter(({ language }) => language === 'tempo');
    const findings = queries.flatMap(({ where, text }): Finding[] => [
      ...traceAttributesOf(text)
        .filter((name) => !known.has(name))
        .map((name) => ({ where, what: `no span has ${name}` })),
      ...[...text.matchAll(/(?:^|[^.\w])name = "([^"]+)"/g)]
        .filter(([, name = '']) => !names.has(name))
        .map(([, name = '']) => ({ where, what: `no span is called ${name}` })),
      ...[...text.matchAll(/service\.name = "([^"]+)"/g)]
        .filter(([, name = '']) => !services.has(name))
        .map(([, name = '']) => ({ where, what: `no service is called ${name}` })),
    ]);
    return { looked: `${queries.length} queries, ${spans.length} spans`, findings };
  },
};

export const arrowCheck: Check = {
  name: 'no span that the platform sends is half an arrow, for which Tempo would wait in vain',
  needs,
  async run(root) {
    const { exports, spans } = await observed(root);
    const tempo = await readFile(path.join(root, 'observability/tempo/tempo.yaml'), 'utf8');
    const counts = Map.groupBy(halfArrows(exports, tempo), ({ service, name }) => `${service}: ${name}`);
    const findings = [...counts].map(([where, found]) => ({ where, what: `${found.length} times half an arrow` }));
    return { looked: `${spans.length} spans`, findings };
  },
};
