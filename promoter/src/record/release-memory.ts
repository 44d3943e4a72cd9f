// What makes later spans better: exact times, which Git and Kubernetes keep in seconds only, and what was seen before a release had a
// name. Forgotten with the process; without it spans are less exact, never wrong.
import { LRUCache } from 'lru-cache';
import { fullName, type Repository } from '../decide/repository.ts';
import type { ExactTimes, Where } from '../trace/facts.ts';

export interface PushedSource {
  url: string;
  commit: string;
}

export interface ReleaseMemory extends ExactTimes {
  published(digest: string, receivedMs: number): void;
  committed(configCommit: string, committedMs: number): void;
  /** Only the first time counts: an update may change nothing but the text. */
  proposed(where: Where, digest: string, proposedMs: number): void;
  pushed(repository: Repository, source: PushedSource): void;
  /** The whole commit of a repository that begins with these digits, as tags have them. */
  sourceOf(repository: Repository, commit: string): PushedSource | undefined;
  /** The job, or else the run, that may push an image in that trace. */
  builds(traceId: string, spanId: string): void;
  builderOf(traceId: string): string | undefined;
}

/** What is older was recorded long ago. */
const MAX_REMEMBERED = 1_000;
/** Digits of a commit in a tag. */
const SHORT = 7;

const pushKey = (repository: Repository, commit: string): string =>
  `${fullName(repository).toLowerCase()} ${commit.slice(0, SHORT)}`;

const proposalKey = ({ pipeline, environment }: Where, digest: string): string =>
  `${pipeline}/${environment} ${digest}`;

export function createReleaseMemory(): ReleaseMemory {
  const max = MAX_REMEMBERED;
  const publishedMs = new LRUCache<string, number>({ max });
  const committedMs = new LRUCache<string, number>({ max });
  const proposedMs = new LRUCache<string, number>({ max });
  const sources = new LRUCache<string, PushedSource>({ max });
  const builders = new LRUCache<string, string>({ max });
  return {
    publishedMs: (digest) => publishedMs.get(digest),
    committedMs: (configCommit) => committedMs.get(configCommit),
    proposedMs: (where, digest) => proposedMs.get(proposalKey(where, digest)),
    published: (digest, receivedMs) => void publishedMs.set(digest, receivedMs),
    committed: (configCommit, atMs) => void committedMs.set(configCommit, atMs),
    proposed(where, digest, atMs) {
      const key = proposalKey(where, digest);
      if (!proposedMs.has(key)) proposedMs.set(key, atMs);
    },
    pushed: (repository, source) => void sources.set(pushKey(repository, source.commit), source),
    sourceOf: (repository, commit) => sources.get(pushKey(repository, commit)),
    builds: (traceId, spanId) => void builders.set(traceId, spanId),
    builderOf: (traceId) => builders.get(traceId),
  };
}
