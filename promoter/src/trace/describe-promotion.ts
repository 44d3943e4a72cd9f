// From the published image to the commit in the config repository -> spans. Pure.
import { releaseSpanId, type SpanLink, type SpanRecord } from '@delivery/telemetry/release';
import { ATTRIBUTE, SERVICE } from './attributes.ts';
import {
  landingSpanId,
  type Passage,
  passageKey,
  passageScope,
  promoteSpanId,
  releaseScope,
} from './traced-promotion.ts';
import { makeArrow, makeSpan } from './trace-scope.ts';

export interface Publication {
  /** When GitHub told of it, which is all that is known: its own time of creation may be Go's zero time. */
  receivedMs: number;
  /** The job or the run that pushed it, as far as it is known. */
  parent: string | undefined;
}

export function describePublication(
  passage: Pick<Passage, 'traceId' | 'source' | 'pipeline' | 'release'>,
  { receivedMs, parent }: Publication,
): SpanRecord[] {
  const scope = releaseScope(passage, receivedMs);
  const { digest, image, tag } = passage.release;
  return makeArrow(scope, {
    key: digest,
    parent: parent ?? releaseSpanId(passage.traceId, 'push', ''),
    endMs: receivedMs,
    from: { role: 'push image', service: SERVICE.actions, name: 'push image', startMs: receivedMs },
    to: {
      role: 'publish',
      service: SERVICE.registry,
      name: `publish ${image.split('/').slice(1).join('/')}`,
      startMs: receivedMs,
      attributes: { [ATTRIBUTE.artifact]: `pkg:oci/${image.split('/').at(-1) ?? ''}@${digest}?tag=${tag}` },
    },
  });
}

export interface Landing {
  /** What set the promotion off: the webhook of the publication, or the moment what comes before was proven. */
  causeMs: number;
  /** When the promoter began to act. */
  startedMs: number;
  /** When the commit was on the base branch. */
  landedMs: number;
  commit: string;
  reason: string;
  pullRequest: { number: number | undefined; url: string | undefined; openedMs: number | undefined } | undefined;
  approvedBy: readonly string[];
  /** Whether the environment asks that what comes before proves itself for some time. */
  soaks: boolean;
  links?: readonly SpanLink[];
}

/**
 * `ghcr -> promoter` for a first environment, `promoter -> gitops-config` for every one, and the waits in between.
 * A promotion of a later environment hangs under the promotion before it.
 */
export function describeLanding(passage: Passage, landing: Landing): SpanRecord[] {
  const { causeMs, landedMs, pullRequest, approvedBy, links = [] } = landing;
  const scope = passageScope(passage, landedMs);
  const { traceId, environment, predecessor } = passage;
  const key = passageKey(passage);
  const change = pullRequest?.number === undefined ? {} : { [ATTRIBUTE.change]: String(pullRequest.number) };
  const attributes = {
    ...change,
    ...(pullRequest?.url ? { [ATTRIBUTE.url]: pullRequest.url, [ATTRIBUTE.changeState]: 'merged' } : {}),
    [ATTRIBUTE.reason]: landing.reason,
    [ATTRIBUTE.configCommit]: landing.commit,
    [ATTRIBUTE.outcome]: 'promoted',
    ...(approvedBy.length > 0 ? { [ATTRIBUTE.approvedBy]: [...approvedBy] } : {}),
  };
  const promote = { role: 'promote', service: SERVICE.promoter, startMs: causeMs, attributes, links } as const;
  const name = `${passage.kind === 'rollback' ? 'roll back' : 'promote'} ${environment}`;
  const spans: SpanRecord[] = [];
  if (passage.kind === 'promotion' && predecessor === undefined) {
    spans.push(
      ...makeArrow(scope, {
        key,
        parent: releaseSpanId(traceId, 'publish', passage.release.digest),
        endMs: landedMs,
        from: { role: 'deliver', service: SERVICE.registry, name: 'deliver registry_package', startMs: causeMs },
        to: { ...promote, name },
      }),
    );
  } else {
    const parent =
      passage.kind === 'rollback' ? undefined : promoteSpanId({ ...passage, environment: predecessor ?? '' });
    spans.push(makeSpan(scope, { ...promote, name, key, parent, endMs: landedMs }));
  }
  const parent = promoteSpanId(passage);
  const openedMs = pullRequest?.openedMs;
  if (landing.soaks)
    spans.push(
      makeSpan(scope, {
        role: 'soak',
        key,
        parent,
        service: SERVICE.promoter,
        name: 'await soak',
        startMs: causeMs,
        // A pull request may be open while its soak runs: the soak is over when the next wait or the landing begins.
        endMs: approvedBy.length > 0 && openedMs !== undefined ? Math.max(openedMs, causeMs) : landing.startedMs,
        attributes: { [ATTRIBUTE.taskType]: 'deploy' },
      }),
    );
  if (pullRequest && openedMs !== undefined && approvedBy.length > 0)
    spans.push(
      makeSpan(scope, {
        role: 'approval',
        key,
        parent,
        service: SERVICE.promoter,
        name: 'await approval',
        startMs: openedMs,
        endMs: landing.startedMs,
        attributes,
      }),
    );
  const landed = pullRequest ? 'merge pull request' : 'commit';
  spans.push(
    ...makeArrow(scope, {
      key,
      parent,
      endMs: landedMs,
      from: { role: 'commit', service: SERVICE.promoter, name: landed, startMs: landing.startedMs, attributes },
      to: { role: 'land', service: SERVICE.config, name: landed, startMs: landing.startedMs, attributes },
    }),
  );
  return spans;
}

export interface Opening {
  startedMs: number;
  openedMs: number;
  number: number;
  title: string;
  url: string | undefined;
}

/**
 * `promoter -> gitops-config` again: the wait for a person may take days, and a half of an arrow can not. It hangs under the promotion
 * before, which was told: its own is told when it ends.
 */
export function describeOpening(passage: Passage, { startedMs, openedMs, number, title, url }: Opening): SpanRecord[] {
  const attributes = {
    [ATTRIBUTE.change]: String(number),
    [ATTRIBUTE.changeState]: 'open',
    [ATTRIBUTE.changeTitle]: title,
    ...(url ? { [ATTRIBUTE.url]: url } : {}),
  };
  return makeArrow(passageScope(passage, openedMs), {
    key: passageKey(passage),
    parent: promoteSpanId({ ...passage, environment: passage.predecessor ?? '' }),
    endMs: openedMs,
    from: {
      role: 'open pull request',
      service: SERVICE.promoter,
      name: 'open pull request',
      startMs: startedMs,
      attributes,
    },
    to: { role: 'pull request', service: SERVICE.config, name: 'pull request', startMs: startedMs, attributes },
  });
}

export interface Ending {
  openedMs: number;
  endedMs: number;
  outcome: 'superseded' | 'closed' | 'rolled back';
  reason: string;
  /** The release, or the way back, that took its place. */
  by: Passage | undefined;
}

/** How a proposal ends that never landed: what hangs under its promotion is whole then, and leads to what took its place. */
export function describeEnding(passage: Passage, { openedMs, endedMs, outcome, reason, by }: Ending): SpanRecord[] {
  const links = by ? [{ traceId: by.traceId, spanId: promoteSpanId(by) }] : [];
  const attributes = { [ATTRIBUTE.outcome]: outcome, [ATTRIBUTE.reason]: reason };
  const scope = passageScope(passage, endedMs);
  const key = passageKey(passage);
  if (outcome === 'rolled back')
    return [
      makeSpan(scope, {
        role: 'supersede',
        key,
        parent: landingSpanId(passage),
        service: SERVICE.promoter,
        name: 'rolled back',
        startMs: openedMs,
        endMs: endedMs,
        attributes,
        links,
      }),
    ];
  return [
    makeSpan(scope, {
      role: 'promote',
      key,
      parent: promoteSpanId({ ...passage, environment: passage.predecessor ?? '' }),
      service: SERVICE.promoter,
      name: `promote ${passage.environment}`,
      startMs: openedMs,
      endMs: endedMs,
      attributes,
      links,
    }),
  ];
}
