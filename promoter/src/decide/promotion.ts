// The nouns. A snapshot is what a reconcile has read; a decision says what to do about it, and why.
import type { ConfigProblem } from './config-problem.ts';
import type { Freeze } from './freeze.ts';
import type { Lineage } from './lineage.ts';
import type { Environment, MergeMethod, Pipeline } from './pipeline.ts';
import type { Release } from './release.ts';

/** What a promotion commit's trailers say. */
export interface PromotionRecord {
  pipeline: string;
  environment: string;
  release: Release;
  replaces: string | undefined;
  /** The release that this commit took back, and when that one had failed. */
  rollsBack: Release | undefined;
  failedAt: string | undefined;
  /** When the release's commit was made. */
  sourceDate: string | undefined;
  /** URL of the pull request that it was merged with. */
  pullRequest: string | undefined;
  approvedBy: readonly string[];
  /** Commit of the config repository that holds the record, and when. */
  commit: string;
  committedAt: string;
}

/** What an environment's cluster says about the digest it was given. */
export type Rollout =
  | { state: 'unknown'; reason: string }
  /**
   * `awaitsSync`: Argo CD has not looked at the promotion's commit yet. `until`: when it is judged otherwise, though nothing happens.
   */
  | { state: 'progressing'; reason: string; awaitsSync?: boolean; until?: string }
  | { state: 'healthy'; digest: string; since: string }
  | { state: 'degraded'; digest: string; since: string; reason: string };

export interface Review {
  author: string;
  isBot: boolean;
  state: 'approved' | 'changes requested' | 'dismissed';
  /** Head that was reviewed; undefined where that commit is gone. */
  headOid: string | undefined;
  hasRight: boolean;
  /** GitHub does not let us know. */
  isRightUnknown?: boolean;
}

export interface Check {
  name: string;
  /** `unreadable`: how it stands is not known, and its name says why. */
  state: 'passed' | 'pending' | 'failed' | 'unreadable';
}

/** Where GitHub's merge queue has a pull request: in it, or out of it again because somebody or a failed check took it out. */
export type QueuePlace = { kind: 'queued'; position: number } | { kind: 'removed'; reason: string };

export interface PullRequest {
  /** GitHub's own id of it, for mutations. */
  id: string;
  number: number;
  url: string;
  title: string;
  body: string;
  author: string;
  headOid: string;
  /** When the head was made. */
  headAt: string;
  isConflicting: boolean;
  /** False while GitHub works out whether it can be merged. */
  isMergeableKnown: boolean;
  /** The repository merges only what is up to date with the base branch, and this is not. */
  isBehind: boolean;
  /** Undefined where it never was in the merge queue with this head. */
  queue: QueuePlace | undefined;
  openedAt: string;
  /** What its head promotes; undefined where the head is not what the promoter wrote. */
  record: PromotionRecord | undefined;
  /** Why not; undefined where it is. */
  foreign: ForeignHead | undefined;
  reviews: readonly Review[];
  checks: readonly Check[];
}

/** A head of a promotion branch that is not the base and exactly our edit, made by us. */
export interface ForeignHead {
  /** `extended`: a commit on top of another, which somebody wants there. `altered`: anything else; it is written again. */
  kind: 'extended' | 'altered';
  reason: string;
}

export interface Declined {
  digest: string;
  number: number;
  by: string;
}

export type ManifestImage = { tag: string; digest: string } | { problem: string; line: number | undefined };

/** The file that an environment's manifest is, or that a symbolic link there leads to. */
export interface ManifestFile {
  path: string;
  isExecutable: boolean;
}

export interface EnvironmentSnapshot {
  declared: Environment;
  /** Undefined: there is no such file, or none that may be edited. */
  manifest: string | undefined;
  /** Where those bytes stand. */
  file: ManifestFile;
  /** What the manifest says of the pipeline's image, or what keeps it from saying it. */
  image: ManifestImage;
  record: PromotionRecord | undefined;
  /** The release that the record's commit replaced. */
  previous: Release | undefined;
  /** The pull request's branch: its head, and what that promotes where it is what the promoter wrote. */
  branch: { oid: string; record: PromotionRecord | undefined } | undefined;
  pullRequest: PullRequest | undefined;
  declined: readonly Declined[];
  rollout: Rollout;
}

export interface PipelineSnapshot {
  declared: Pipeline;
  /** Published and not yet promoted, as far as events say. */
  candidates: readonly Release[];
  lineage: Lineage | undefined;
  environments: readonly EnvironmentSnapshot[];
}

/** How the repository lets pull requests be merged. */
export interface Merging {
  methods: readonly MergeMethod[];
  /** The base branch has a merge queue: it merges, and nobody else. */
  hasQueue: boolean;
}

export interface Snapshot {
  /** Commit of the base branch that everything was read at. */
  head: string;
  merging: Merging;
  pipelines: readonly PipelineSnapshot[];
  freezes: readonly Freeze[];
  problems: readonly ConfigProblem[];
  /** Why nothing can be written there; undefined where it can. */
  readOnly?: string | undefined;
}

export interface Gate {
  name: 'health' | 'soak' | 'approval' | 'checks' | 'freeze';
  isMet: boolean;
  /** A sentence for people. Holds no time that passes, so that it changes only when something happened. */
  text: string;
  /** When time alone may open it. */
  until: string | undefined;
}

interface About {
  pipeline: string;
  environment: string;
  reason: string;
}
export type Promote = About & { kind: 'promote'; release: Release; from: Release | undefined; manifest: string };
export type Propose = About & {
  kind: 'propose';
  release: Release;
  from: Release | undefined;
  manifest: string;
  gates: readonly Gate[];
  title: string;
  body: string;
};
export type Update = Omit<Propose, 'kind'> & { kind: 'update'; number: number };
export type Describe = About & {
  kind: 'describe';
  release: Release;
  number: number;
  title: string;
  body: string;
  gates: readonly Gate[];
  until: string | undefined;
};
export type Merge = About & {
  kind: 'merge';
  release: Release;
  from: Release | undefined;
  number: number;
  headOid: string;
  approvedBy: readonly string[];
  by: MergeMethod | 'merge queue';
  /** What its text says while it merges. */
  body: string;
};
/** It leaves the merge queue: a gate that was open has closed. */
export type Dequeue = About & {
  kind: 'dequeue';
  release: Release | undefined;
  number: number;
  gates: readonly Gate[];
};
export type Close = About & { kind: 'close'; number: number; body: string };
export type RollBack = About & {
  kind: 'roll back';
  release: Release;
  from: Release;
  manifest: string;
  /** When the rollout of `from` was found degraded. */
  failedAt: string;
};
/** Nothing moves; `gates` where a pull request waits for them. */
export type Hold = About & {
  kind: 'hold';
  release: Release | undefined;
  until: string | undefined;
  gates: readonly Gate[];
};
export type UpToDate = About & { kind: 'up to date'; release: Release | undefined };
export interface Ignore {
  kind: 'ignore';
  pipeline: string | undefined;
  release: Release;
  reason: string;
}
export type EnvironmentDecision =
  Promote | Propose | Update | Describe | Merge | Dequeue | Close | RollBack | Hold | UpToDate;
export type Decision = EnvironmentDecision | Ignore;
