// What GitHub told of a source repository: facts, in milliseconds since 1970.
export interface SourceCommitRef {
  sha: string;
  headline: string;
  author: string;
  /** A promotion of ours: its record is in its message. */
  isPromotion: boolean;
}

interface About {
  /** https://host/owner/name. */
  repositoryUrl: string;
  /** owner/name. */
  repository: string;
  /** 40 hex digits. */
  commit: string;
  /** When we learned of it. */
  receivedMs: number;
}

export interface PushFact extends About {
  kind: 'pushed';
  branch: string;
  /** All of the push, oldest first, the head included; GitHub lists 20 at most. */
  commits: readonly SourceCommitRef[];
  pusher: string;
  pushedMs: number;
  url: string;
}

export interface RunFact extends About {
  kind: 'run completed';
  branch: string;
  runId: number;
  attempt: number;
  number: number;
  workflow: string;
  event: string;
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
  url: string | undefined;
  receivedMs: number;
}

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

export type SourceFact = PushFact | RunFact | JobFact | PublishedFact;
