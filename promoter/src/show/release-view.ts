// A release's way for people: phases, each to scale within itself, so that five seconds are still seen beside three days. Pure.
import type { AttributeValue } from '@opentelemetry/api';
import type { SpanRecord } from '@delivery/telemetry/release';
import type { PipelineSnapshot } from '../decide/promotion.ts';
import { ATTRIBUTE, textOf } from '../trace/attributes.ts';

export interface SpanView {
  spanId: string;
  service: string;
  name: string;
  kind: SpanRecord['kind'];
  /** How deep under the first span of its phase. */
  depth: number;
  startMs: number;
  durationMs: number;
  /** Of the phase: 0 to 1. */
  from: number;
  to: number;
  error: string | undefined;
  isWait: boolean;
  attributes: readonly (readonly [name: string, value: string])[];
  links: readonly { traceId: string; spanId: string }[];
}

export interface Phase {
  title: string;
  startMs: number;
  durationMs: number;
  isFailed: boolean;
  spans: readonly SpanView[];
}

export interface ReleaseView {
  traceId: string;
  /** For people: the tag, or what is known of the commit. */
  title: string;
  pipelines: readonly string[];
  commit: string | undefined;
  digest: string | undefined;
  startMs: number;
  /** Until the last thing that is told. */
  durationMs: number;
  phases: readonly Phase[];
  /** What ships with it: since the release before, newest first. */
  commits: readonly { sha: string; headline: string; author: string | undefined; url: string | undefined }[];
  people: readonly string[];
  links: readonly { title: string; url: string }[];
}

export interface LinkTemplates {
  /** `{traceId}` is replaced. */
  traceUrl: string | undefined;
  /** `{application}` is replaced. */
  argocdUrl: string | undefined;
}

const WAITS = new Set<SpanRecord['role']>(['queue', 'soak', 'approval', 'detect', 'await sync']);
const ROLLOUT = new Set<SpanRecord['role']>([
  'sync',
  'synced',
  'detect',
  'await sync',
  'rollout',
  'rolled out',
  'pod',
  'boot',
]);

/** What happens before an environment is named belongs to the build. */
function phaseOf(span: SpanRecord): string {
  const environment = textOf(span, ATTRIBUTE.environment);
  if (environment === '') return 'Build';
  // Nobody may come for hours: that is no time of the rollout's.
  if (span.role === 'first request') return `First request in ${environment}`;
  return ROLLOUT.has(span.role) ? `Rollout in ${environment}` : `Promotion to ${environment}`;
}

function depthIn(spans: ReadonlyMap<string, SpanRecord>, span: SpanRecord): number {
  let depth = 0;
  for (let parent = spans.get(span.parentSpanId ?? ''); parent; parent = spans.get(parent.parentSpanId ?? ''))
    depth += 1;
  return depth;
}

function toPhase(title: string, spans: readonly SpanRecord[]): Phase {
  const startMs = Math.min(...spans.map((span) => span.startMs));
  const endMs = Math.max(...spans.map((span) => span.endMs));
  const durationMs = endMs - startMs;
  const scale = (ms: number): number => (durationMs === 0 ? 0 : (ms - startMs) / durationMs);
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  return {
    title,
    startMs,
    durationMs,
    isFailed: spans.some(({ error }) => error !== undefined),
    spans: inTreeOrder(spans).map((span) => ({
      spanId: span.spanId,
      service: span.service,
      name: span.name,
      kind: span.kind,
      depth: depthIn(byId, span),
      startMs: span.startMs,
      durationMs: span.endMs - span.startMs,
      from: scale(span.startMs),
      to: durationMs === 0 ? 1 : scale(span.endMs),
      error: span.error,
      isWait: WAITS.has(span.role),
      attributes: Object.entries(span.attributes).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, textOfValue(value)] as const],
      ),
      links: span.links,
    })),
  };
}

function textOfValue(value: AttributeValue): string {
  if (Array.isArray(value)) return value.map(textOfValue).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Children after their parent, in the order in which they began. */
function inTreeOrder(spans: readonly SpanRecord[]): SpanRecord[] {
  const known = new Set(spans.map(({ spanId }) => spanId));
  const children = Map.groupBy(spans, ({ parentSpanId }) =>
    parentSpanId !== undefined && known.has(parentSpanId) ? parentSpanId : '',
  );
  const under = (parent: string): SpanRecord[] =>
    (children.get(parent) ?? []).flatMap((span) => [span, ...under(span.spanId)]);
  return under('');
}

export function describeRelease(
  traceId: string,
  spans: readonly SpanRecord[],
  pipelines: readonly PipelineSnapshot[],
  templates: LinkTemplates,
): ReleaseView {
  const first = (name: string): string | undefined =>
    spans.map((span) => textOf(span, name)).find((value) => value !== '');
  const commit = first(ATTRIBUTE.revision);
  const startMs = Math.min(...spans.map((span) => span.startMs));
  const endMs = Math.max(...spans.map((span) => span.endMs));
  const phases = [...Map.groupBy(spans, phaseOf)].map(([title, own]) => toPhase(title, own));
  const named = [...new Set(spans.map((span) => textOf(span, ATTRIBUTE.pipeline)).filter(Boolean))];
  return {
    traceId,
    title: first(ATTRIBUTE.artifactVersion) ?? commit?.slice(0, 7) ?? traceId,
    pipelines: named,
    commit,
    digest: first(ATTRIBUTE.digest),
    startMs,
    durationMs: endMs - startMs,
    phases: phases.sort((one, other) => one.startMs - other.startMs || order(one.title) - order(other.title)),
    commits: commit === undefined ? [] : shippedCommits(commit, pipelines),
    people: peopleOf(spans),
    links: linksOf(traceId, spans, templates),
  };
}

const ORDER = ['Build', 'Promotion', 'Rollout', 'First'];
const order = (title: string): number => ORDER.indexOf(title.split(' ')[0] ?? '');

function shippedCommits(commit: string, pipelines: readonly PipelineSnapshot[]): ReleaseView['commits'] {
  for (const { lineage, environments } of pipelines) {
    const known = lineage?.commits[commit];
    if (!lineage || !known) continue;
    // Since what any environment ran before; without one, the release's own commit.
    const before = environments.flatMap(({ previous }) => previous?.commit ?? []);
    const end = known.history.findIndex(({ sha }, index) => index > 0 && before.some((one) => sha.startsWith(one)));
    return known.history.slice(0, end > 0 ? end : 1).map(({ sha, headline, author }) => ({
      sha,
      headline,
      author,
      url: `${lineage.url}/commit/${sha}`,
    }));
  }
  return [];
}

function peopleOf(spans: readonly SpanRecord[]): string[] {
  const people = spans.flatMap(({ attributes }) => {
    const approvers = attributes[ATTRIBUTE.approvedBy];
    const actor = attributes[ATTRIBUTE.actor];
    return [
      ...(typeof actor === 'string' ? [`${actor} pushed`] : []),
      ...(Array.isArray(approvers) ? approvers.map((login) => `${String(login)} approved`) : []),
    ];
  });
  return [...new Set(people)];
}

function linksOf(traceId: string, spans: readonly SpanRecord[], templates: LinkTemplates): ReleaseView['links'] {
  const links = new Map<string, string>();
  const { traceUrl, argocdUrl } = templates;
  if (traceUrl) links.set('Trace', traceUrl.replaceAll('{traceId}', traceId));
  for (const span of spans) {
    const run = textOf(span, ATTRIBUTE.runUrl);
    if (run) links.set(`Run of ${textOf(span, ATTRIBUTE.pipelineName) || 'the workflow'}`, run);
    const change = textOf(span, ATTRIBUTE.change);
    const url = textOf(span, ATTRIBUTE.url);
    if (span.role === 'push' && url) links.set('Push', url);
    if (change && url) links.set(`#${change} for ${textOf(span, ATTRIBUTE.environment)}`, url);
    const application = textOf(span, ATTRIBUTE.application);
    if (application && argocdUrl)
      links.set(`Argo CD: ${application}`, argocdUrl.replaceAll('{application}', encodeURIComponent(application)));
  }
  return [...links].map(([title, url]) => ({ title, url }));
}
