// What GitHub stores besides Git: people, pull requests, reviews, checks, runs, packages. Plain data: world-store.ts keeps it.
export type Permission = 'none' | 'read' | 'triage' | 'write' | 'maintain' | 'admin';

export interface Account {
  id: number;
  login: string;
  name: string;
  type: 'User' | 'Organization' | 'Bot';
}

export interface Team {
  id: number;
  organization: string;
  slug: string;
  name: string;
  members: string[];
}

export type MergeMethod = 'squash' | 'merge' | 'rebase';

/** A rule of a repository's rulesets, by GitHub's own names. https://docs.github.com/rest/repos/rules */
export type Rule = {
  /** A branch, or all that begin with what stands before the `*` at its end. */
  branch: string;
  /** Logins that it does not bind. */
  bypass?: string[];
} & (
  | { type: 'creation' | 'update' | 'non_fast_forward' | 'required_linear_history' | 'required_signatures' }
  | { type: 'pull_request'; approvals?: number; codeOwners?: boolean }
  | { type: 'required_status_checks'; contexts: string[]; strict?: boolean }
  | { type: 'merge_queue'; method: MergeMethod }
);

export interface Repository {
  id: number;
  owner: string;
  name: string;
  description: string;
  defaultBranch: string;
  deleteBranchOnMerge: boolean;
  /** Where it is not said, all three. */
  mergeMethods?: MergeMethod[];
  rules?: Rule[];
  createdAt: string;
  pushedAt: string;
  collaborators: Record<string, Permission>;
  nextNumber: number;
  /** Nothing of it can be changed. */
  isArchived?: boolean;
  /** owner/name before it was renamed or transferred, oldest first. */
  formerNames?: string[];
}

export const mergeMethodsOf = ({ mergeMethods }: Repository): readonly MergeMethod[] =>
  mergeMethods ?? ['squash', 'merge', 'rebase'];

/** Returns owner/name, by which everything else refers to a repository. */
export function fullName({ owner, name }: Pick<Repository, 'owner' | 'name'>): string {
  return `${owner}/${name}`;
}

export interface PullRequest {
  id: number;
  repository: string;
  number: number;
  title: string;
  body: string;
  author: string;
  state: 'open' | 'closed';
  headRef: string;
  headSha: string;
  baseRef: string;
  baseSha: string;
  createdAt: string;
  updatedAt: string;
  closedAt: string | null;
  closedBy: string | null;
  mergedAt: string | null;
  mergedBy: string | null;
  mergeCommitSha: string | null;
  labels: string[];
  requestedReviewers: string[];
  /** Its place in the merge queue, and the branch that GitHub made for it there. */
  queued?: { by: string; at: string; groupRef: string; groupSha: string };
  /** The last time that it was put into the merge queue or taken out of it. */
  queueEvent?: { kind: 'added' | 'removed'; by: string; at: string; reason: string | null };
  /** The owner of the fork that the head is in; absent where the head is in this repository. */
  forkOwner?: string;
}

export interface Review {
  id: number;
  repository: string;
  pullNumber: number;
  author: string;
  body: string;
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED';
  commitSha: string;
  submittedAt: string;
}

export interface Comment {
  id: number;
  repository: string;
  number: number;
  author: string;
  body: string;
  createdAt: string;
  updatedAt: string;
}

export interface CheckRun {
  id: number;
  repository: string;
  headSha: string;
  name: string;
  status: 'queued' | 'in_progress' | 'completed';
  conclusion: 'success' | 'failure' | 'neutral' | 'cancelled' | 'skipped' | 'timed_out' | 'action_required' | null;
  title: string | null;
  summary: string | null;
  detailsUrl: string | null;
  externalId: string;
  appSlug: string;
  /** Runs of one name in different suites are twins: one workflow that was started twice. */
  suite?: number;
  startedAt: string;
  completedAt: string | null;
}

export interface CommitStatus {
  id: number;
  repository: string;
  sha: string;
  state: 'error' | 'failure' | 'pending' | 'success';
  context: string;
  description: string | null;
  targetUrl: string | null;
  creator: string;
  createdAt: string;
}

export interface WorkflowStep {
  name: string;
  number: number;
  status: 'queued' | 'in_progress' | 'completed';
  conclusion: 'success' | 'failure' | 'skipped' | null;
  startedAt: string | null;
  completedAt: string | null;
}

export interface WorkflowRun {
  id: number;
  repository: string;
  name: string;
  path: string;
  number: number;
  event: string;
  headBranch: string;
  headSha: string;
  actor: string;
  status: 'queued' | 'in_progress' | 'completed';
  conclusion: 'success' | 'failure' | null;
  createdAt: string;
  startedAt: string;
  updatedAt: string;
  job: {
    id: number;
    name: string;
    status: 'queued' | 'in_progress' | 'completed';
    conclusion: 'success' | 'failure' | null;
    startedAt: string;
    completedAt: string | null;
    steps: WorkflowStep[];
  };
  /** The error of the step that failed; empty otherwise. */
  log: string;
}

export interface PackageVersion {
  id: number;
  /** owner/name, lower case: the image without its registry. */
  image: string;
  repository: string | null;
  digest: string;
  tags: string[];
  createdAt: string;
}

export interface Deployment {
  id: number;
  repository: string;
  sha: string;
  ref: string;
  task: string;
  environment: string;
  description: string | null;
  payload: Record<string, unknown> | string;
  creator: string;
  createdAt: string;
  statuses: { id: number; state: string; description: string; targetUrl: string; creator: string; createdAt: string }[];
}

export interface Hook {
  id: number;
  repository: string;
  url: string;
  secret: string;
  events: string[];
  active: boolean;
  createdAt: string;
}

export interface World {
  /** Commits that GitHub made and signed itself; what people push is not among them. */
  signedCommits: string[];
  nextId: number;
  accounts: Account[];
  teams: Team[];
  repositories: Repository[];
  pullRequests: PullRequest[];
  reviews: Review[];
  comments: Comment[];
  checkRuns: CheckRun[];
  statuses: CommitStatus[];
  workflowRuns: WorkflowRun[];
  packageVersions: PackageVersion[];
  deployments: Deployment[];
  hooks: Hook[];
}
