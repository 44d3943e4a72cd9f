// Tells the traces of releases: takes facts as they come, makes spans of them when a hop is finished, and remembers only what makes
// later spans better. Nothing that it does delays or fails a promotion.
import { releaseSpanId, releaseTraceId, runKey, type SpanRecord } from '@delivery/telemetry/release';
import { commitOfTag } from '../decide/order-releases.ts';
import type { Pipeline } from '../decide/pipeline.ts';
import type { EnvironmentSnapshot, PipelineSnapshot, Release, Rollout } from '../decide/promotion.ts';
import type { ClusterFacts } from '../observe/judge-rollout.ts';
import { keepRecent } from '../keep-recent.ts';
import type { ConfigSnapshot } from '../ports.ts';
import { SERVICE } from '../trace/attributes.ts';
import { describePublication } from '../trace/describe-promotion.ts';
import { describeJob, describePush, describeRun, jobSpanId } from '../trace/describe-source.ts';
import { describeFirstRequest } from '../trace/describe-rollout.ts';
import { describeEnacted, type EnactedRound, type ExactTimes } from '../trace/describe-enacted.ts';
import { describeObserved, describeOpenRequest, type Observed } from '../trace/describe-observed.ts';
import { passageOf } from '../trace/traced-promotion.ts';
import type { FirstRequestFact, PublishedFact, SourceFact } from '../trace/facts.ts';

export interface ReleaseTracer {
  /** What GitHub told of a source repository. Repositories that no pipeline names are left out. */
  sourceTold(fact: SourceFact): void;
  /** What the delivery log holds and no webhook told: in the trace it is found, in metrics it would be counted with every start. */
  sourceRecovered(fact: SourceFact): void;
  /** A delivered service told it in the trace itself; here it is for people and metrics. */
  firstRequestServed(fact: FirstRequestFact): void;
  /** What a reconcile did. */
  enacted(round: EnactedRound): void;
  /** What a reconcile read: the promotions that are there, and how their rollouts stand. */
  decided(snapshot: ConfigSnapshot, at: Date): void;
  /** How one environment stands now. */
  observed(pipeline: string, environment: string, rollout: Rollout): void;
}

export interface ReleaseTracerDeps {
  /** One hop: its spans leave together. */
  tell(spans: readonly SpanRecord[]): void;
  /** Of what happened a while ago. */
  tellLate(spans: readonly SpanRecord[]): void;
  /** What was told before this process began, as far as it can be made again. */
  onKnown(spans: readonly SpanRecord[]): void;
  /** What somebody else told in the trace. */
  onToldElsewhere(spans: readonly SpanRecord[]): void;
  onFirstRequest(fact: FirstRequestFact, pipeline: PipelineSnapshot, environment: EnvironmentSnapshot): void;
  /** A rollout that has ended, once it was told: healthy or degraded. */
  onRolledOut(observed: Observed, snapshot: ConfigSnapshot): void;
  pipelines(): readonly Pipeline[];
  /** owner/name. */
  configRepository: string;
  facts(application: string): ClusterFacts | undefined;
  clock: () => Date;
  startedAt: Date;
}

type Tell = (spans: readonly SpanRecord[]) => void;

const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

const REMEMBERED = 1_000;

/** What is older was told long ago. */
const remember = <Value>(map: Map<string, Value>, key: string, value: Value): void =>
  keepRecent(map, key, value, REMEMBERED);

/** The environment that runs that digest. */
function environmentOf(
  { environment: name, digest }: FirstRequestFact,
  known: readonly PipelineSnapshot[],
): { pipeline: PipelineSnapshot; environment: EnvironmentSnapshot } | undefined {
  for (const pipeline of known) {
    const environment = pipeline.environments.find(
      (candidate) =>
        candidate.environment.name === name && 'digest' in candidate.image && candidate.image.digest === digest,
    );
    if (environment) return { pipeline, environment };
  }
  return undefined;
}

export function createReleaseTracer(deps: ReleaseTracerDeps): ReleaseTracer {
  const { pipelines, clock } = deps;
  /** By digest: when its publication was told. */
  const publishedMs = new Map<string, number>();
  /** By trace: the job, or else the run, that may push an image. */
  const building = new Map<string, string>();
  /** Full commits that were pushed, by repository and the first seven digits, as tags have them. */
  const pushed = new Map<string, { url: string; commit: string }>();
  const landedMs = new Map<string, number>();
  const exact: ExactTimes = {
    publishedMs: (digest) => publishedMs.get(digest),
    landedMs: (commit) => landedMs.get(commit),
  };
  const latest = new Map<string, { snapshot: ConfigSnapshot; pipeline: PipelineSnapshot }>();

  const isSource = (repository: string): boolean => {
    const known = pipelines();
    return known.length === 0 || known.some(({ source }) => source !== undefined && isSame(source, repository));
  };
  const pushKey = (repository: string, commit: string): string => `${repository.toLowerCase()} ${commit.slice(0, 7)}`;

  function published(fact: PublishedFact, tell: Tell): void {
    remember(publishedMs, fact.digest, fact.receivedMs);
    for (const pipeline of pipelines()) {
      if (pipeline.image !== fact.image || !pipeline.source) continue;
      const release: Release = { image: fact.image, tag: fact.tag, digest: fact.digest, commit: undefined };
      const source = pushed.get(pushKey(pipeline.source, commitOfTag(fact.tag, pipeline) ?? ''));
      if (source) tellPublication(pipeline.name, release, source, fact.receivedMs, tell);
    }
  }

  function tellPublication(
    pipeline: string,
    release: Release,
    source: { url: string; commit: string },
    receivedMs: number,
    tell: Tell,
  ): void {
    const traceId = releaseTraceId(source.url, source.commit);
    const parent = building.get(traceId);
    tell(describePublication({ traceId, source, pipeline, release }, { receivedMs, parent }));
  }

  function tellSource(fact: SourceFact, tell: Tell): void {
    if (fact.kind === 'published') return published(fact, tell);
    if (fact.kind === 'pushed' && isSame(fact.repository, deps.configRepository)) {
      // What a person commits there begins a trace of its own.
      const isByHand = fact.commits.some(({ sha, isPromotion }) => sha === fact.commit && !isPromotion);
      return isByHand ? tell(describePush(fact, SERVICE.config)) : undefined;
    }
    if (!isSource(fact.repository)) return undefined;
    const traceId = releaseTraceId(fact.repositoryUrl, fact.commit);
    if (fact.kind === 'pushed') {
      remember(pushed, pushKey(fact.repository, fact.commit), { url: fact.repositoryUrl, commit: fact.commit });
      return tell(describePush(fact));
    }
    if (fact.kind === 'run completed') {
      remember(building, traceId, releaseSpanId(traceId, 'run', runKey(fact.runId, fact.attempt)));
      return tell(describeRun(fact));
    }
    remember(building, traceId, jobSpanId(traceId, fact));
    return tell(describeJob(fact));
  }

  function tellEnvironment(
    { snapshot, pipeline }: { snapshot: ConfigSnapshot; pipeline: PipelineSnapshot },
    name: string,
    rollout: Rollout,
  ): void {
    const environment = pipeline.environments.find((candidate) => candidate.environment.name === name);
    if (!environment) return;
    const about = {
      snapshot,
      pipeline,
      environment,
      rollout,
      facts: deps.facts(environment.environment.application ?? ''),
      nowMs: clock().getTime(),
      exact,
      startedMs: deps.startedAt.getTime(),
    };
    // A pull request is told of whatever is known of the release that it would replace.
    const opening = describeOpenRequest(about);
    if (opening) deps.tell(opening);
    const observed = describeObserved(about);
    if (!observed) return;
    for (const hop of observed.hops) (observed.isTold ? deps.onKnown : deps.tell)(hop);
    if (observed.outcome) deps.onRolledOut(observed, snapshot);
  }

  return {
    sourceTold: (fact) => tellSource(fact, deps.tell),
    sourceRecovered: (fact) => tellSource(fact, deps.tellLate),

    firstRequestServed(fact) {
      const read = [...latest.values()].map((known) => known.pipeline);
      const found = environmentOf(fact, read);
      if (!found) return;
      deps.onToldElsewhere(describeFirstRequest(fact, found.pipeline.pipeline.name));
      deps.onFirstRequest(fact, found.pipeline, found.environment);
    },

    enacted(round) {
      for (const decision of round.decisions) {
        if (decision.kind !== 'promote') continue;
        const snapshot = round.snapshot.pipelines.find(({ pipeline }) => pipeline.name === decision.pipeline);
        const passage = snapshot && passageOf(snapshot, decision.environment, decision.release);
        const receivedMs = publishedMs.get(decision.release.digest) ?? round.startedMs;
        if (passage?.source && passage.predecessor === undefined)
          tellPublication(passage.pipeline, passage.release, passage.source, receivedMs, deps.tell);
      }
      for (const done of round.enacted) if ('oid' in done) remember(landedMs, done.oid, round.endedMs);
      for (const hop of describeEnacted({ ...round, exact })) deps.tell(hop);
    },

    decided(snapshot) {
      for (const pipeline of snapshot.pipelines) {
        latest.set(pipeline.pipeline.name, { snapshot, pipeline });
        for (const { environment, rollout } of pipeline.environments)
          tellEnvironment({ snapshot, pipeline }, environment.name, rollout);
      }
    },

    observed(pipeline, environment, rollout) {
      const known = latest.get(pipeline);
      if (known) tellEnvironment(known, environment, rollout);
    },
  };
}
