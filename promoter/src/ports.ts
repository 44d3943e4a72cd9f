// The world on one page: what the flows need of it, named for what we do there.
import type { Declarations } from './decide/judge-release.ts';
import type { Environment, Pipeline } from './decide/pipeline.ts';
import type { EnvironmentSnapshot, PipelineSnapshot, PromotionRecord, Rollout, Snapshot } from './decide/promotion.ts';
import type { PromotionConfig } from './decide/promotion-config.ts';
import type { Release } from './decide/release.ts';
import type { Repository } from './decide/repository.ts';
import type { RolloutFacts } from './trace/facts.ts';

/** Which pipelines a reconcile looks at. */
export type Scope = 'all' | ReadonlySet<string>;

/** What was read of the config repository beside its pipelines. */
export interface ConfigHistory {
  /** https://host/owner/name. */
  url: string;
  /** Commits of the base branch, newest first: what a synced revision may be. */
  recentCommits: readonly string[];
  /** The promotions among them; of one environment, newest first. */
  recentRecords: readonly PromotionRecord[];
}

/** The config repository as it was at one commit, with all that changing it needs. */
export interface ConfigSnapshot extends Snapshot, ConfigHistory {
  repositoryId: string;
  tree: string;
  pipelines: readonly ObservedPipeline[];
}

/** A pipeline with what its environments' rollouts were judged by. */
export interface ObservedPipeline extends PipelineSnapshot {
  /** By environment; none where the cluster says nothing. */
  facts: ReadonlyMap<string, RolloutFacts>;
}

/** The promotion files, parsed, and what they were parsed from. */
export interface PromotionFiles extends PromotionConfig {
  texts: string;
}

export interface KnownPipeline {
  pipeline: ObservedPipeline;
  history: ConfigHistory;
}

/** What was read last. A view, not a state: the first read after a start fills it. */
export interface LastRead {
  /** Undefined before the first read. */
  config(): Pick<ConfigSnapshot, 'url' | 'head'> | undefined;
  files(): PromotionFiles | undefined;
  /** Every pipeline that the promotion files declare, read or not. */
  declared(): readonly Pipeline[];
  /** The same, and whether that is all of them. */
  declarations(): Declarations;
  /** Every pipeline that was read and is still declared. */
  pipelines(): readonly KnownPipeline[];
}

export interface ReadRequest {
  scope: Scope;
  /** Published releases that wait for their pipeline, by image. */
  candidates: ReadonlyMap<string, readonly Release[]>;
}

export interface ConfigReader {
  read(request: ReadRequest): Promise<ConfigSnapshot>;
}

/** What a rollout is judged by: the digest that was asked for, and the commits that may have brought it. */
export interface RolloutQuestion {
  environment: Environment;
  /** https://host/owner/name of the config repository, which the commits are of. */
  repository: string;
  digest: string;
  record: PromotionRecord | undefined;
  recentCommits: readonly string[];
}

/** A question that was asked when an environment was last read. */
export interface AskedEnvironment {
  known: KnownPipeline;
  environment: EnvironmentSnapshot;
  question: RolloutQuestion;
}

export interface RolloutAnswer {
  rollout: Rollout;
  /** Undefined where the cluster says nothing. */
  facts: RolloutFacts | undefined;
}

export interface Cluster {
  /** Reads those of these Applications that were never read. Whatever fails is said in the answers. */
  prepare(applications: readonly string[]): Promise<void>;
  rollout(question: RolloutQuestion): RolloutAnswer;
  /** Asks Argo CD to look now; nobody waits for its poll. */
  refresh(application: string): Promise<void>;
  /** Undefined once the cluster was listed and is watched; otherwise what is wrong. */
  problem(): string | undefined;
}

/** How one environment stands, with all that it was judged by. */
export interface Observation extends KnownPipeline {
  environment: EnvironmentSnapshot;
  facts: RolloutFacts | undefined;
}

/** A rollout that ended, as it is written on the source commit. */
export interface DeploymentReport {
  repository: Repository;
  /** 40 hex digits. */
  commit: string;
  /** `pipeline/environment`. */
  environment: string;
  /** The commit of the config repository that brought it there. */
  configCommit: string;
  state: 'success' | 'failure';
  description: string;
  /** Where people see more. */
  logUrl: string | undefined;
}

/** The first request that a release served in the last environment of its pipeline. */
export interface Arrival {
  repository: Repository;
  /** 40 hex digits. */
  commit: string;
  pipeline: string;
  environment: string;
  tag: string;
  /** From the commit to the request. */
  afterMs: number;
  /** The release's timeline. */
  url: string | undefined;
}

/** Something of GitHub that is not as it has to be for our work. */
export interface AccessProblem {
  kind: 'unreadable' | 'archived' | 'renamed' | 'source renamed' | 'forbidden' | 'permissions';
  /** In GitHub's own words where it said something. */
  what: string;
  whatToDo: string;
  since: string;
  /** When GitHub lets us ask again, where it said so. */
  until: string | undefined;
}

/** What cannot be kept or read completely, because somebody else decides how much of it there is. */
export type Bound =
  | 'delivery_log_pages'
  | 'delivery_log_reads'
  | 'pull_request_pages'
  | 'registry_pages'
  | 'releases_of_an_image'
  | 'trace_reads'
  | 'unclaimed_releases'
  | 'unordered_releases'
  | 'unreadable_registries'
  | 'waiting_releases';

/** @param what a sentence for people: what was bounded, and what becomes of the rest. */
export type OnBound = (bound: Bound, what: string) => void;
