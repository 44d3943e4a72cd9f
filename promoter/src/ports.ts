// The world on one page: what the flows need of it, named for what we do there.
import type { PromotionRecord, Release, Rollout, Snapshot } from './decide/promotion.ts';
import type { Environment, Pipeline } from './decide/pipeline.ts';

/** Which pipelines a reconcile looks at. */
export type Scope = 'all' | ReadonlySet<string>;

/** The config repository as it was at one commit, with all that changing it needs. */
export interface ConfigSnapshot extends Snapshot {
  repositoryId: string;
  /** Names of all pipelines that are declared, whatever the scope. */
  declared: readonly string[];
  url: string;
  tree: string;
  /** Commits of the base branch, newest first: what a synced revision may be. */
  recentCommits: readonly string[];
  /** The promotions among them; of one environment, newest first. */
  recentRecords: readonly PromotionRecord[];
}

export interface ReadRequest {
  scope: Scope;
  /** Published releases that wait for their pipeline, by image. */
  candidates: ReadonlyMap<string, readonly Release[]>;
}

export interface ConfigReader {
  read(request: ReadRequest): Promise<ConfigSnapshot>;
  /** Pipelines as last read; empty before the first read. */
  knownPipelines(): readonly Pipeline[];
}

/** What a rollout is judged by: the digest that was asked for, and the commits that may have brought it. */
export interface RolloutQuestion {
  pipeline: Pipeline;
  environment: Environment;
  digest: string;
  record: PromotionRecord | undefined;
  recentCommits: readonly string[];
}

export interface Cluster {
  rollout(question: RolloutQuestion): Rollout;
  /** Asks Argo CD to look now; nobody waits for its poll. */
  refresh(application: string): Promise<void>;
  /** Undefined once the cluster was listed and is watched; otherwise what is wrong. */
  problem(): string | undefined;
}

interface Where {
  pipeline: string;
  environment: string;
}

/** `subject` says in a line what it was about; `at` is GitHub's own time where it gives one. */
export type Enacted =
  | { kind: 'committed'; oid: string; url: string; at: string; subject: string }
  | (Where & { kind: 'opened' | 'updated' | 'described' | 'closed'; number: number; subject: string })
  | (Where & { kind: 'merged'; number: number; oid: string; subject: string })
  | { kind: 'refused'; number: number; reason: string }
  /** Somebody else changed what we read: read again. */
  | { kind: 'stale' };
