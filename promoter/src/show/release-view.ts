// A release's timeline for people: phases, each to scale within itself, so that five seconds are still seen beside three days. Pure.
import type { AttributeValue } from '@opentelemetry/api';
import type { SpanRecord } from '@delivery/telemetry/release';
import { commitOf, commitsSince } from '../decide/lineage.ts';
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
  /** Until the last thing that is recorded. */
  durationMs: number;
  phases: readonly Phase[];
  /** What ships with it: since the release before, newest first. */
  commits: readonly { sha: string; headline: string; author: string | undefined; url: string }[];
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
  if (environment === undefined) return 'Build';
  // A request may not come for hours, which are not part of the rollout.
  if (span.role === 'first request') return `First request in ${environment}`;
  return ROLLOUT.has(span.role) ? `Rollout in ${environment}` : `Promotion to ${environment}`;
}

function depthIn(spans: ReadonlyMap<string, SpanRecord>, span: SpanRecord): number {
  const parent = span.parentSpanId === undefined ? undefined : spans.get(span.parentSpanId);
  return parent ? 1 + depthIn(spans, parent) : 0;
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
  const first = (name: string): string | undefined => spans.flatMap((span) => textOf(span, name) ?? [])[0];
  const commit = first(ATTRIBUTE.revision);
  const startMs = Math.min(...spans.map((span) => span.startMs));
  const endMs = Math.max(...spans.map((span) => span.endMs));
  const phases = [...Map.groupBy(spans, phaseOf)].map(([title, own]) => toPhase(title, own));
  const named = [...new Set(spans.flatMap((span) => textOf(span, ATTRIBUTE.pipeline) ?? []))];
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
const order = (title: string): number => ORDER.findIndex((word) => title.startsWith(word));

function shippedCommits(commit: string, pipelines: readonly PipelineSnapshot[]): ReleaseView['commits'] {
  for (const { lineage, environments } of pipelines) {
    const known = commitOf(lineage, commit);
    if (!lineage || !known) continue;
    // Since what any environment ran before, other than a build of the same commit.
    const before = environments.flatMap(({ previous }) => previous?.commit ?? []);
    const others = before.filter((name) => !known.sha.startsWith(name));
    return commitsSince(known, others).map(({ sha, headline, author }) => ({
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
    if (run) links.set(`Run of ${textOf(span, ATTRIBUTE.pipelineName) ?? 'the workflow'}`, run);
    const change = textOf(span, ATTRIBUTE.change);
    const url = textOf(span, ATTRIBUTE.url);
    if (span.role === 'push' && url) links.set('Push', url);
    const environment = textOf(span, ATTRIBUTE.environment);
    if (change && url && environment) links.set(`#${change} for ${environment}`, url);
    const application = textOf(span, ATTRIBUTE.application);
    if (application && argocdUrl)
      links.set(`Argo CD: ${application}`, argocdUrl.replaceAll('{application}', pathOf(application)));
  }
  return [...links].map(([title, url]) => ({ title, url }));
}

/** `namespace/name` stays two segments, as in Argo CD's own addresses. */
const pathOf = (application: string): string => application.split('/').map(encodeURIComponent).join('/');
