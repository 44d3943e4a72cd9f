// Source commits and how they relate: which commit a release was built from, and what came since another.
import type { Release } from './release.ts';

export interface HistoryCommit {
  /** 40 hex digits. */
  sha: string;
  committedAt: string;
  headline: string;
  /** Login of the author; undefined where the address belongs to no account. */
  author: string | undefined;
}

/** A commit of the source repository with what came before it. */
export interface SourceCommit extends HistoryCommit {
  /** Where people see its release's timeline; undefined where no public URL is configured. */
  releaseUrl: string | undefined;
  /** Newest first, itself included; cut at 100. */
  history: readonly HistoryCommit[];
  /** The config commits whose rollouts were recorded, by `pipeline/environment`; undefined where deployments may not be read. */
  deployments: readonly { environment: string; configCommit: string; isFailed: boolean }[] | undefined;
}

/** What is known about how commits relate. Keys are as releases name them: short or long. */
export interface Lineage {
  /** https://host/owner/name of the source repository. */
  url: string;
  commits: Readonly<Record<string, SourceCommit>>;
  /** `base...head` of full shas, for pairs that the histories do not answer. */
  comparisons: Readonly<Record<string, 'ahead' | 'behind' | 'identical' | 'diverged'>>;
  /** `base...head` of full shas: every commit that the head has and the base has not, newest first. Only where it was asked for. */
  ranges?: Readonly<Record<string, readonly HistoryCommit[]>>;
}

/** @param name as a release names its commit: 40 hex digits, or the first of them. */
export function commitOf(lineage: Lineage | undefined, name: string | undefined): SourceCommit | undefined {
  return lineage && name !== undefined && Object.hasOwn(lineage.commits, name) ? lineage.commits[name] : undefined;
}

/**
 * The commits that `commit` brings over the nearest of `before`, newest first; none where it is one of them. Where its history does not
 * reach any, only itself is certain.
 */
export function commitsSince(commit: SourceCommit, before: readonly string[]): readonly HistoryCommit[] {
  const end = commit.history.findIndex(({ sha }) => before.some((name) => sha.startsWith(name)));
  return commit.history.slice(0, end < 0 ? 1 : end);
}

/**
 * Every commit that `release` ships over `from`, merged branches included: what GitHub's comparison says. A history by date cannot say it.
 * @returns undefined where that was not asked, or could not be answered.
 */
export function exactlyShipped(
  lineage: Lineage | undefined,
  release: Release,
  from: Release,
): readonly HistoryCommit[] | undefined {
  const [base, head] = [fullCommitOf(lineage, from), fullCommitOf(lineage, release)];
  if (base === undefined || head === undefined) return undefined;
  return base === head ? [] : lineage?.ranges?.[`${base}...${head}`];
}

/** What `release` ships over `from`, as far as it is known. */
export function shippedCommits(
  lineage: Lineage | undefined,
  release: Release,
  from: Release | undefined,
): readonly HistoryCommit[] {
  const exact = from && exactlyShipped(lineage, release, from);
  if (exact) return exact;
  const commit = commitOf(lineage, release.commit);
  return commit ? commitsSince(commit, from?.commit === undefined ? [] : [from.commit]) : [];
}

export interface Source {
  /** https://host/owner/name. */
  url: string;
  /** 40 hex digits. */
  commit: string;
  /** Undefined where the commit could not be read. */
  committedAt: string | undefined;
}

const FULL_COMMIT = /^[0-9a-f]{40}$/;

export function fullCommitOf(lineage: Lineage | undefined, { commit }: Release): string | undefined {
  return commitOf(lineage, commit)?.sha ?? (commit !== undefined && FULL_COMMIT.test(commit) ? commit : undefined);
}

/** What a release was built from; undefined where the repository or the whole commit is not known. */
export function sourceOf(lineage: Lineage | undefined, release: Release): Source | undefined {
  const commit = fullCommitOf(lineage, release);
  if (!lineage || commit === undefined) return undefined;
  return { url: lineage.url, commit, committedAt: commitOf(lineage, release.commit)?.committedAt };
}
