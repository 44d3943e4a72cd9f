// What the board shows: what was read last of every pipeline, what was decided about it, and what was done lately. A view, not a
// state: the first resync after a start fills it.
import type { ConfigProblem } from '../decide/config-problem.ts';
import { currentRelease } from '../decide/current-release.ts';
import { manifestProblems } from '../decide/decide.ts';
import { holdRefused } from '../decide/hold-refused.ts';
import type {
  Decision,
  EnvironmentDecision,
  EnvironmentSnapshot,
  Gate,
  PipelineSnapshot,
  Rollout,
} from '../decide/promotion.ts';
import type { Release } from '../decide/release.ts';
import { fullName } from '../decide/repository.ts';
import type { AccessProblem, KnownPipeline, LastRead } from '../ports.ts';
import type { BoundView } from '../record/bounds.ts';
import type { Enacted } from '../trace/facts.ts';
import { recordedPromotion } from '../trace/traced-promotion.ts';

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
  /** owner/name. */
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

export interface BoardView {
  configUrl: string | undefined;
  /** Undefined before the first decision. */
  head: string | undefined;
  pipelines: readonly PipelineView[];
  /** What of GitHub is not as it has to be; the worst first. */
  access: readonly AccessProblem[];
  problems: readonly ConfigProblem[];
  activity: readonly Activity[];
  /** Undefined while the cluster is watched. */
  clusterProblem: string | undefined;
  /** Bounds that were reached lately. */
  bounds: readonly BoundView[];
}

export interface Board {
  view(): BoardView;
  /** @param pipelines that were decided about. */
  decided(pipelines: readonly PipelineSnapshot[], decisions: readonly Decision[], at: Date): void;
  enacted(results: readonly Enacted[]): void;
}

export interface BoardDeps {
  lastRead: LastRead;
  access(): readonly AccessProblem[];
  clusterProblem(): string | undefined;
  bounds(): readonly BoundView[];
  onChange(): void;
  clock: () => Date;
}

interface Decided {
  decisions: readonly EnvironmentDecision[];
  at: Date;
}

const MAX_ACTIVITY = 30;
const VERBS = {
  opened: 'opened',
  updated: 'updated',
  described: 'refreshed the text of',
  closed: 'closed',
  merged: 'merged',
  queued: 'put into the merge queue',
  dequeued: 'took out of the merge queue',
};

export function createBoard({ lastRead, access, clusterProblem, bounds, onChange, clock }: BoardDeps): Board {
  const decided = new Map<string, Decided>();
  const activity: Activity[] = [];
  /** What was refused last, by `pipeline/environment`. */
  const refused = new Map<string, string>();
  let hasDecided = false;

  const note = (text: string, url?: string): void => {
    activity.unshift({ at: clock().toISOString(), text, url });
    activity.splice(MAX_ACTIVITY);
  };
  const pullUrl = (number: number): string | undefined => {
    const url = lastRead.config()?.url;
    return url && `${url}/pull/${number}`;
  };
  const noteEnacted = (result: Enacted): void => {
    if (result.kind === 'stale') return;
    if (result.kind === 'committed') {
      for (const { pipeline, environment } of result.changes) refused.delete(`${pipeline}/${environment}`);
      return note(`committed ${result.oid.slice(0, 7)}: ${result.subject}`, result.url);
    }
    const { kind, number } = result;
    const where = `${result.pipeline}/${result.environment}`;
    if (kind === 'refused') {
      // It is tried again with every event: said once.
      if (refused.get(where) === result.reason) return undefined;
      refused.set(where, result.reason);
      return note(`${where}: ${result.reason}`, number === undefined ? undefined : pullUrl(number));
    }
    refused.delete(where);
    return note(`${VERBS[kind]} #${number}: ${result.subject}`, pullUrl(number));
  };

  return {
    view() {
      const known = lastRead.pipelines().flatMap((one) => {
        const latest = decided.get(one.pipeline.declared.name);
        return latest ? [{ known: one, latest }] : [];
      });
      const views = known.map(({ known: one, latest }) => viewOf(one, latest));
      return {
        configUrl: lastRead.config()?.url,
        head: hasDecided ? lastRead.config()?.head : undefined,
        pipelines: views.sort((one, other) => one.name.localeCompare(other.name)),
        access: access(),
        problems: [
          ...(lastRead.files()?.problems ?? []),
          ...known.flatMap(({ known: { pipeline } }) => manifestProblems(pipeline)),
        ],
        activity,
        clusterProblem: clusterProblem(),
        bounds: bounds(),
      };
    },
    decided(pipelines, decisions, at) {
      hasDecided = true;
      const byPipeline = Map.groupBy(decisions.filter(isAboutEnvironment), ({ pipeline }) => pipeline);
      for (const { declared } of pipelines)
        decided.set(declared.name, { decisions: byPipeline.get(declared.name) ?? [], at });
      const declared = new Set(lastRead.declared().map(({ name }) => name));
      for (const name of decided.keys()) if (!declared.has(name)) decided.delete(name);
      for (const decision of decisions)
        if (decision.kind === 'ignore')
          note(`ignored ${decision.release.image}:${decision.release.tag}: ${decision.reason}`);
      onChange();
    },
    enacted(results) {
      results.forEach(noteEnacted);
      const refusals = results.filter((result) => result.kind === 'refused');
      for (const name of new Set(refusals.map(({ pipeline }) => pipeline))) {
        const known = decided.get(name);
        if (known) decided.set(name, { ...known, decisions: holdRefused(known.decisions, refusals, clock()) });
      }
      onChange();
    },
  };
}

const isAboutEnvironment = (decision: Decision): decision is EnvironmentDecision => decision.kind !== 'ignore';

function viewOf({ pipeline, history }: KnownPipeline, { decisions, at }: Decided): PipelineView {
  const { declared, lineage, environments } = pipeline;
  return {
    name: declared.name,
    image: declared.image,
    source: declared.source && fullName(declared.source),
    sourceUrl: lineage?.url,
    at: at.toISOString(),
    environments: environments.map((environment) => {
      const decision = decisions.find((candidate) => candidate.environment === environment.declared.name);
      return environmentView(pipeline, environment, decision, history.url);
    }),
  };
}

function environmentView(
  pipeline: PipelineSnapshot,
  target: EnvironmentSnapshot,
  decision: EnvironmentDecision | undefined,
  configUrl: string,
): EnvironmentView {
  const { declared, pullRequest, rollout } = target;
  const runs = currentRelease(pipeline, target);
  const record = runs && target.record?.release.digest === runs.digest ? target.record : undefined;
  const next = decision && 'release' in decision && decision.kind !== 'up to date' ? decision.release : undefined;
  return {
    name: declared.name,
    after: declared.after,
    runs,
    traceId: record && recordedPromotion(pipeline, record, configUrl)?.traceId,
    since: record?.committedAt,
    commitUrl: record && `${configUrl}/commit/${record.commit}`,
    rollout,
    decision: decision?.kind ?? 'hold',
    reason: decision?.reason ?? 'this pipeline is stopped by a problem',
    next,
    gates: decision && 'gates' in decision ? decision.gates : [],
    pullRequest: pullRequest && {
      number: pullRequest.number,
      url: pullRequest.url,
      tag: pullRequest.record?.release.tag,
    },
  };
}
