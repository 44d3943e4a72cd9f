// What the board shows: the last thing read and decided about every pipeline, and what was done lately. A view, not a state:
// the first resync after a start fills it.
import { currentRelease } from '../decide/decide-environment.ts';
import { manifestProblems } from '../decide/decide.ts';
import type { ConfigProblem } from '../decide/pipeline.ts';
import type {
  Decision,
  EnvironmentDecision,
  EnvironmentSnapshot,
  Gate,
  PipelineSnapshot,
  Release,
  Rollout,
} from '../decide/promotion.ts';
import type { ConfigSnapshot, Enacted } from '../ports.ts';
import { passageOfRecord } from '../trace/traced-promotion.ts';
import type { Known } from './find-change.ts';

export interface EnvironmentView {
  name: string;
  after: readonly string[];
  runs: Release | undefined;
  /** Of what runs; undefined where its commit is not known. */
  traceId: string | undefined;
  /** When the promoter's commit put it there. */
  since: string | undefined;
  /** The config commit that did. */
  commitUrl: string | undefined;
  rollout: Rollout;
  decision: EnvironmentDecision['kind'];
  reason: string;
  next: Release | undefined;
  gates: readonly Gate[];
  pullRequest: { number: number; url: string; tag: string | undefined } | undefined;
}

export interface PipelineView {
  name: string;
  image: string;
  source: string | undefined;
  sourceUrl: string | undefined;
  environments: readonly EnvironmentView[];
  /** When this was decided. */
  at: string;
}

export interface Activity {
  at: string;
  text: string;
  url: string | undefined;
}

export interface Board {
  configUrl: string | undefined;
  head: string | undefined;
  pipelines: readonly PipelineView[];
  problems: readonly ConfigProblem[];
  activity: readonly Activity[];
  /** Undefined while the cluster is watched. */
  clusterProblem: string | undefined;
}

export interface BoardState {
  board(): Board;
  decided(snapshot: ConfigSnapshot, decisions: readonly Decision[], at: Date): void;
  enacted(result: Enacted): void;
  ignored(release: Release, reason: string): void;
  /** What was read last of every pipeline. */
  known(): readonly Known[];
  /** Called after every change; returns how to stop being called. */
  subscribe(listener: () => void): () => void;
  changed(): void;
}

const MAX_ACTIVITY = 30;
const VERBS = {
  opened: 'opened',
  updated: 'updated',
  described: 'refreshed the text of',
  closed: 'closed',
  merged: 'merged',
};

export function createBoardState(clock: () => Date, clusterProblem: () => string | undefined): BoardState {
  const pipelines = new Map<string, PipelineView>();
  const snapshots = new Map<string, Known>();
  const listeners = new Set<() => void>();
  const activity: Activity[] = [];
  const manifestErrors = new Map<string, ConfigProblem[]>();
  let problems: readonly ConfigProblem[] = [];
  let configUrl: string | undefined;
  let head: string | undefined;

  const changed = (): void => {
    for (const listener of listeners) listener();
  };
  const note = (text: string, url?: string): void => {
    activity.unshift({ at: clock().toISOString(), text, url });
    activity.splice(MAX_ACTIVITY);
    changed();
  };

  return {
    changed,
    board: () => ({
      configUrl,
      head,
      pipelines: [...pipelines.values()].sort((one, other) => one.name.localeCompare(other.name)),
      problems: [...problems, ...[...manifestErrors.values()].flat()],
      activity,
      clusterProblem: clusterProblem(),
    }),
    decided(snapshot, decisions, at) {
      ({ problems, url: configUrl, head } = snapshot);
      for (const name of pipelines.keys()) {
        if (snapshot.declared.includes(name)) continue;
        pipelines.delete(name);
        snapshots.delete(name);
        manifestErrors.delete(name);
      }
      for (const pipeline of snapshot.pipelines) {
        const { name } = pipeline.pipeline;
        const errors = manifestProblems(pipeline);
        if (errors.length > 0) manifestErrors.set(name, errors);
        else manifestErrors.delete(name);
        snapshots.set(name, { pipeline, recentRecords: snapshot.recentRecords });
        pipelines.set(name, viewOf(pipeline, decisions, snapshot.url, at));
      }
      changed();
    },
    enacted(result) {
      if (result.kind === 'stale') return;
      if (result.kind === 'committed') note(`committed ${result.oid.slice(0, 7)}: ${result.subject}`, result.url);
      else if (result.kind === 'refused')
        note(`GitHub refused to merge #${result.number}: ${result.reason}`, pullUrl(result.number));
      else note(`${VERBS[result.kind]} #${result.number}: ${result.subject}`, pullUrl(result.number));
    },
    ignored(release, reason) {
      note(`ignored ${release.image}:${release.tag}: ${reason}`);
    },
    known: () => [...snapshots.values()],
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };

  function pullUrl(number: number): string | undefined {
    return configUrl ? `${configUrl}/pull/${number}` : undefined;
  }
}

function viewOf(snapshot: PipelineSnapshot, decisions: readonly Decision[], configUrl: string, at: Date): PipelineView {
  const { pipeline, lineage } = snapshot;
  return {
    name: pipeline.name,
    image: pipeline.image,
    source: pipeline.source,
    sourceUrl: lineage?.url,
    at: at.toISOString(),
    environments: snapshot.environments.map((environment) => {
      const decision = decisions.find(
        (candidate): candidate is EnvironmentDecision =>
          candidate.kind !== 'ignore' &&
          candidate.pipeline === pipeline.name &&
          candidate.environment === environment.environment.name,
      );
      return environmentView(snapshot, environment, decision, configUrl);
    }),
  };
}

function environmentView(
  snapshot: PipelineSnapshot,
  target: EnvironmentSnapshot,
  decision: EnvironmentDecision | undefined,
  configUrl: string,
): EnvironmentView {
  const { environment, record, pullRequest, rollout } = target;
  const runs = currentRelease(snapshot, target);
  const isOurs = runs !== undefined && record?.release.digest === runs.digest;
  const next = decision && 'release' in decision && decision.kind !== 'up to date' ? decision.release : undefined;
  return {
    name: environment.name,
    after: environment.after,
    runs,
    traceId: runs && isOurs && record ? passageOfRecord(snapshot, record, configUrl)?.traceId : undefined,
    since: isOurs ? record?.committedAt : undefined,
    commitUrl: isOurs && record ? `${configUrl}/commit/${record.commit}` : undefined,
    rollout,
    decision: decision?.kind ?? 'hold',
    reason: decision?.reason ?? 'this pipeline is stopped by a problem',
    next,
    gates: decision && 'gates' in decision ? decision.gates : [],
    pullRequest: pullRequest
      ? { number: pullRequest.number, url: pullRequest.url, tag: pullRequest.record?.release.tag }
      : undefined,
  };
}
