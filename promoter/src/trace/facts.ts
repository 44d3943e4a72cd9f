// What happened, as facts: what GitHub says of source repositories, what it did for a reconcile, what Argo CD and Kubernetes say of
// rollouts, and what services report. Times are in milliseconds since 1970.
import type { Decision, Snapshot } from '../decide/promotion.ts';
import type { Repository } from '../decide/repository.ts';

export interface PushedCommit {
  sha: string;
  headline: string;
  /** A promotion of ours: its record is in its message. */
  isPromotion: boolean;
}

interface About {
  /** https://host/owner/name. */
  repositoryUrl: string;
  repository: Repository;
  /** 40 hex digits. */
  commit: string;
  /** When we learned of it. */
  receivedMs: number;
}

export interface PushFact extends About {
  kind: 'pushed';
  branch: string;
  /** All of the push, oldest first, the head included; GitHub lists 20 at most. */
  commits: readonly PushedCommit[];
  pusher: string;
  pushedMs: number;
  url: string;
}

export interface RunFact extends About {
  kind: 'run completed';
  branch: string;
  runId: number;
  attempt: number;
  workflow: string;
  actor: string;
  url: string;
  createdMs: number;
  startedMs: number;
  completedMs: number;
  conclusion: string;
}

export interface StepFact {
  number: number;
  name: string;
  startedMs: number;
  completedMs: number;
  conclusion: string;
}

export interface JobFact extends About {
  kind: 'job started' | 'job completed';
  branch: string;
  runId: number;
  attempt: number;
  jobId: number;
  name: string;
  worker: string | undefined;
  url: string;
  queuedMs: number;
  startedMs: number;
  /** Undefined while it runs. */
  completedMs: number | undefined;
  conclusion: string;
  steps: readonly StepFact[];
}

export interface PublishedFact {
  kind: 'published';
  image: string;
  tag: string;
  digest: string;
  receivedMs: number;
}

export type SourceFact = PushFact | RunFact | JobFact | PublishedFact;

/** What a delivered service reports: the first request that a version served in an environment. */
export interface FirstRequestFact {
  kind: 'first request';
  repositoryUrl: string;
  commit: string;
  environment: string;
  digest: string;
  startedMs: number;
  endedMs: number;
  /** The request's own trace. */
  trace: { traceId: string; spanId: string } | undefined;
}

export interface Where {
  pipeline: string;
  environment: string;
}

/** What GitHub's rules, settings or permissions did not allow, or what the manifest did not. */
export interface Refusal extends Where {
  kind: 'refused';
  /** Of the pull request; undefined where there is none. */
  number: number | undefined;
  /** What was refused, in GitHub's own words, and what to do about it. */
  reason: string;
  /** When trying again may help by itself; undefined where somebody has to do something first. */
  retryInMs: number | undefined;
}

/** What GitHub did. `subject` says in a line what it was about; `at` is GitHub's own time where it gives one. */
export type Enacted =
  /** To the base branch; `changes` are what it holds. */
  | { kind: 'committed'; oid: string; url: string; at: string; subject: string; changes: readonly Where[] }
  | (Where & {
      kind: 'opened' | 'updated' | 'described' | 'closed' | 'queued' | 'dequeued';
      number: number;
      subject: string;
    })
  | (Where & { kind: 'merged'; number: number; oid: string; subject: string })
  | Refusal
  /** Somebody else changed what we read: read again. */
  | { kind: 'stale' };

/** One reconcile: what it read and decided, and what GitHub did. */
export interface EnactedRound {
  /** `url` of the config repository. */
  snapshot: Pick<Snapshot, 'pipelines'> & { url: string };
  decisions: readonly Decision[];
  enacted: readonly Enacted[];
  startedMs: number;
  endedMs: number;
}

/** A sync of Argo CD that has ended. */
export interface SyncFact {
  /** The commit of the config repository. */
  revision: string;
  startedMs: number;
  finishedMs: number;
  /** A person pressed the button, or nobody had to. */
  isManual: boolean;
  by: string | undefined;
  /** Undefined when it succeeded. */
  error: string | undefined;
}

export interface PodFact {
  name: string;
  createdMs: number;
  /** When it was ready first, as far as is known. */
  readyMs: number | undefined;
}

/** What brought a digest to an environment. */
export interface RolloutFacts {
  /** The sync that brought the commit; undefined until it has ended. */
  sync: SyncFact | undefined;
  /** What has the digest. */
  deployment: { name: string; namespace: string } | undefined;
  pods: readonly PodFact[];
}

/** What the process that saw it happen knows more exactly than Git and Kubernetes, whose times have seconds. */
export interface ExactTimes {
  /** When the webhook of a digest's publication came. */
  publishedMs(digest: string): number | undefined;
  /** When GitHub answered that a commit is on the base branch. */
  committedMs(configCommit: string): number | undefined;
  /** When a pull request began to propose that digest for an environment, whatever it proposed before. */
  proposedMs(where: Where, digest: string): number | undefined;
}
