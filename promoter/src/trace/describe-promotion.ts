// From the published image to the commit in the config repository -> spans. Pure.
import { releaseSpanId, type SpanLink, type SpanRecord } from '@delivery/telemetry/release';
import type { Attributes } from '@opentelemetry/api';
import { ATTRIBUTE, SERVICE } from './attributes.ts';
import { makeArrow, makeSpan, type TraceScope } from './make-span.ts';
import {
  commitSpanId,
  parentSpanId,
  promoteSpanId,
  promotionKey,
  promotionScope,
  releaseScope,
  type TracedPromotion,
} from './traced-promotion.ts';

export interface Publication {
  /** When GitHub announced it, which is all that is known: its own time of creation may be Go's zero time. */
  receivedMs: number;
  /** The job or the run that pushed it, as far as it is known. */
  parent: string | undefined;
}

export function describePublication(
  promotion: Pick<TracedPromotion, 'traceId' | 'source' | 'pipeline' | 'release'>,
  { receivedMs, parent }: Publication,
): SpanRecord[] {
  const scope = releaseScope(promotion, receivedMs);
  const { digest, image, tag } = promotion.release;
  const [, ...repository] = image.split('/');
  return makeArrow(scope, {
    key: digest,
    parent: parent ?? releaseSpanId(promotion.traceId, 'push', ''),
    endMs: receivedMs,
    from: { role: 'push image', service: SERVICE.actions, name: 'push image', startMs: receivedMs },
    to: {
      role: 'publish',
      service: SERVICE.registry,
      name: `publish ${repository.join('/')}`,
      startMs: receivedMs,
      attributes: { [ATTRIBUTE.artifact]: `pkg:oci/${repository.at(-1) ?? image}@${digest}?tag=${tag}` },
    },
  });
}

export interface PromotionCommit {
  /** What set the promotion off: the webhook of the publication, or the moment what comes before was proven. */
  causeMs: number;
  /** When the promoter began to act. */
  startedMs: number;
  /** When the commit was on the base branch. */
  committedMs: number;
  commit: string;
  reason: string;
  pullRequest: { number: number | undefined; url: string | undefined; openedMs: number | undefined } | undefined;
  approvedBy: readonly string[];
  /** Whether the environment asks for a soak of what comes before. */
  soaks: boolean;
  links?: readonly SpanLink[];
}

/**
 * `ghcr -> promoter` for a first environment, `promoter -> gitops-config` for every one, and the waits in between.
 * The promotion of a later environment hangs under the promotion before it.
 */
export function describeCommit(promotion: TracedPromotion, commit: PromotionCommit): SpanRecord[] {
  const scope = promotionScope(promotion, commit.committedMs);
  const attributes = commitAttributes(commit);
  return [
    ...promoteSpans(promotion, commit, scope, attributes),
    ...waitSpans(promotion, commit, scope, attributes),
    ...commitArrow(promotion, commit, scope, attributes),
  ];
}

function commitAttributes({ pullRequest, approvedBy, reason, commit }: PromotionCommit): Attributes {
  return {
    ...(pullRequest?.number === undefined ? {} : { [ATTRIBUTE.change]: String(pullRequest.number) }),
    ...(pullRequest?.url ? { [ATTRIBUTE.url]: pullRequest.url, [ATTRIBUTE.changeState]: 'merged' } : {}),
    [ATTRIBUTE.reason]: reason,
    [ATTRIBUTE.configCommit]: commit,
    [ATTRIBUTE.outcome]: 'promoted',
    ...(approvedBy.length > 0 ? { [ATTRIBUTE.approvedBy]: [...approvedBy] } : {}),
  };
}

function promoteSpans(
  promotion: TracedPromotion,
  { causeMs, committedMs: endMs, links = [] }: PromotionCommit,
  scope: TraceScope,
  attributes: Attributes,
): SpanRecord[] {
  const { kind, environment, predecessor } = promotion;
  const key = promotionKey(promotion);
  const parent = parentSpanId(promotion);
  const name = `${kind === 'rollback' ? 'roll back' : 'promote'} ${environment}`;
  const promote = { role: 'promote', service: SERVICE.promoter, name, startMs: causeMs, attributes, links } as const;
  const isFirst = kind === 'promotion' && predecessor === undefined;
  if (!isFirst) return [makeSpan(scope, { ...promote, key, parent, endMs })];
  const from = {
    role: 'deliver',
    service: SERVICE.registry,
    name: 'deliver registry_package',
    startMs: causeMs,
  } as const;
  return makeArrow(scope, { key, parent, endMs, from, to: promote });
}

function waitSpans(
  promotion: TracedPromotion,
  { causeMs, startedMs, pullRequest, approvedBy, soaks }: PromotionCommit,
  scope: TraceScope,
  attributes: Attributes,
): SpanRecord[] {
  const opened = approvedBy.length > 0 ? pullRequest?.openedMs : undefined;
  // A pull request may be open for the release before: nobody waited for the approval of this one before its cause.
  const openedMs = opened === undefined ? undefined : Math.max(opened, causeMs);
  const about = { key: promotionKey(promotion), parent: promoteSpanId(promotion), service: SERVICE.promoter };
  // A pull request may be open while its soak runs: the soak is over when the next wait or the commit begins.
  const soakEndMs = openedMs ?? startedMs;
  const soak = makeSpan(scope, {
    ...about,
    role: 'soak',
    name: 'await soak',
    startMs: causeMs,
    endMs: soakEndMs,
    attributes: { [ATTRIBUTE.taskType]: 'deploy' },
  });
  if (openedMs === undefined) return soaks ? [soak] : [];
  const approval = makeSpan(scope, {
    ...about,
    role: 'approval',
    name: 'await approval',
    startMs: openedMs,
    endMs: startedMs,
    attributes,
  });
  return soaks ? [soak, approval] : [approval];
}

function commitArrow(
  promotion: TracedPromotion,
  { startedMs: startMs, committedMs: endMs, pullRequest }: PromotionCommit,
  scope: TraceScope,
  attributes: Attributes,
): SpanRecord[] {
  const name = pullRequest ? 'merge pull request' : 'commit';
  return makeArrow(scope, {
    key: promotionKey(promotion),
    parent: promoteSpanId(promotion),
    endMs,
    from: { role: 'commit', service: SERVICE.promoter, name, startMs, attributes },
    to: { role: 'land', service: SERVICE.config, name, startMs, attributes },
  });
}

export interface Opening {
  startedMs: number;
  openedMs: number;
  number: number;
  title: string;
  url: string | undefined;
}

/**
 * `promoter -> gitops-config` again: the wait for a person may take days, which half an arrow cannot. It hangs under the promotion
 * before, which is recorded already: its own is recorded when it ends.
 */
export function describeOpenedPullRequest(
  promotion: TracedPromotion,
  { startedMs: startMs, openedMs: endMs, number, title, url }: Opening,
): SpanRecord[] {
  const attributes = {
    [ATTRIBUTE.change]: String(number),
    [ATTRIBUTE.changeState]: 'open',
    [ATTRIBUTE.changeTitle]: title,
    ...(url ? { [ATTRIBUTE.url]: url } : {}),
  };
  const name = 'open pull request';
  return makeArrow(promotionScope(promotion, endMs), {
    key: promotionKey(promotion),
    parent: parentSpanId(promotion),
    endMs,
    from: { role: 'open pull request', service: SERVICE.promoter, name, startMs, attributes },
    to: { role: 'pull request', service: SERVICE.config, name: 'pull request', startMs, attributes },
  });
}

export interface Ending {
  openedMs: number;
  endedMs: number;
  outcome: 'superseded' | 'closed' | 'rolled back';
  reason: string;
  /** The release, or the rollback, that took its place. */
  by: TracedPromotion | undefined;
}

/** A proposal that was never merged, or a promotion that was rolled back: linked to what took its place. */
export function describeEnding(
  promotion: TracedPromotion,
  { openedMs: startMs, endedMs: endMs, outcome, reason, by }: Ending,
): SpanRecord[] {
  const about = {
    key: promotionKey(promotion),
    service: SERVICE.promoter,
    startMs,
    endMs,
    attributes: { [ATTRIBUTE.outcome]: outcome, [ATTRIBUTE.reason]: reason },
    links: by ? [{ traceId: by.traceId, spanId: promoteSpanId(by) }] : [],
  };
  const scope = promotionScope(promotion, endMs);
  if (outcome === 'rolled back')
    return [makeSpan(scope, { ...about, role: 'supersede', parent: commitSpanId(promotion), name: 'rolled back' })];
  const name = `promote ${promotion.environment}`;
  return [makeSpan(scope, { ...about, role: 'promote', parent: parentSpanId(promotion), name })];
}
