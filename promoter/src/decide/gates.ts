// The conditions that a promotion must meet. Each is evaluated alone and says in one sentence how it stands.
import { formatDuration } from './duration.ts';
import { EVERYTHING, type Freeze } from './freeze.ts';
import { exactlyShipped, shippedCommits } from './lineage.ts';
import type { Approval } from './pipeline.ts';
import type { EnvironmentSnapshot, Gate, PipelineSnapshot, PullRequest, Review } from './promotion.ts';
import type { Release } from './release.ts';

/** A time that cannot be read is never over. */
const isOver = (until: string | undefined, now: Date): boolean =>
  until !== undefined && Date.parse(until) <= now.getTime();

export function freezeGate(
  freezes: readonly Freeze[],
  pipeline: string,
  environment: string,
  now: Date,
): Gate | undefined {
  const active = freezes.find(
    ({ environments, until }) =>
      !isOver(until, now) &&
      environments.some((name) => name === EVERYTHING || name === pipeline || name === `${pipeline}/${environment}`),
  );
  if (!active) return undefined;
  const end = active.until ? ` until ${active.until}` : '';
  return { name: 'freeze', isMet: false, text: `frozen${end}: ${active.reason}`, until: active.until };
}

/** Soak counts from the moment the release was proven healthy in all environments before, and restarts when health is lost. */
function soakGate(soakMs: number, before: readonly EnvironmentSnapshot[], now: Date): Gate {
  const since = before.map(({ rollout }) => (rollout.state === 'healthy' ? Date.parse(rollout.since) : Number.NaN));
  const provenAt = Math.max(...since);
  const names = before.map(({ declared }) => declared.name).join(' and ');
  if (Number.isNaN(provenAt) || before.length === 0) {
    return {
      name: 'soak',
      isMet: false,
      text: `${formatDuration(soakMs)} in ${names}, not started`,
      until: undefined,
    };
  }
  const end = new Date(provenAt + soakMs).toISOString().replace('.000Z', 'Z');
  const isMet = now.getTime() >= provenAt + soakMs;
  const text = isMet
    ? `${names} ran it healthily for ${formatDuration(soakMs)}`
    : `${formatDuration(soakMs)} in ${names}, ends at ${end}`;
  return { name: 'soak', isMet, text, until: isMet ? undefined : end };
}

/** Whether one review is an approval that counts, and if not, why. */
function whyNotCounted(
  review: Review,
  pullRequest: PullRequest,
  approval: Approval,
  authors: ReadonlySet<string> | undefined,
): string | undefined {
  if (review.author === pullRequest.author) return `${review.author} opened the pull request`;
  if (review.isBot) return `${review.author} is a bot`;
  if (approval.excludeAuthors && !authors) return `whether ${review.author} wrote a commit that ships is not known`;
  if (approval.excludeAuthors && authors?.has(review.author)) return `${review.author} wrote a commit that ships`;
  if (review.headOid !== pullRequest.headOid) return `${review.author} approved an older head`;
  if (review.isRightUnknown) return `GitHub does not let us read ${rightsText(approval)} of ${review.author}`;
  if (!review.hasRight) return `${review.author} ${rightText(approval)}`;
  return undefined;
}

const rightsText = ({ team }: Approval): string =>
  team === undefined ? 'the permission' : `the teams (the App needs Members: read)`;

function rightText(approval: Approval): string {
  return approval.team ? `is not in team ${approval.team}` : `has no ${approval.permission} permission`;
}

export function countedApprovals(
  pullRequest: PullRequest,
  approval: Approval,
  authors: ReadonlySet<string> | undefined,
): string[] {
  return pullRequest.reviews
    .filter(
      (review) => review.state === 'approved' && whyNotCounted(review, pullRequest, approval, authors) === undefined,
    )
    .map(({ author }) => author);
}

function approvalGate(
  approval: Approval,
  pullRequest: PullRequest | undefined,
  authors: ReadonlySet<string> | undefined,
): Gate {
  const who = approval.team ? `team ${approval.team}` : `somebody with ${approval.permission} permission`;
  const needed = approval.count === 1 ? `a review by ${who}` : `${approval.count} reviews by ${who}`;
  const gate = (isMet: boolean, text: string): Gate => ({ name: 'approval', isMet, text, until: undefined });
  if (!pullRequest) return gate(false, `waits for ${needed}`);
  const counted = countedApprovals(pullRequest, approval, authors);
  const objection = pullRequest.reviews.find(
    (review) => review.state === 'changes requested' && review.headOid === pullRequest.headOid && review.hasRight,
  );
  if (objection) return gate(false, `${objection.author} requested changes`);
  if (counted.length >= approval.count) return gate(true, `approved by ${counted.join(' and ')}`);
  const refused = pullRequest.reviews.flatMap((review) =>
    review.state === 'approved' ? (whyNotCounted(review, pullRequest, approval, authors) ?? []) : [],
  );
  const note = refused.length > 0 ? ` (does not count: ${refused.join(', ')})` : '';
  return gate(false, `waits for ${needed}${note}`);
}

/** Checks of a head that was just made are registered a moment later. */
const TIME_TO_BEGIN_MS = 60_000;

/** @param required one check at least must have passed. */
function checksGate(pullRequest: PullRequest, required: boolean, now: Date): Gate | undefined {
  const gate = (isMet: boolean, text: string, until?: string): Gate => ({ name: 'checks', isMet, text, until });
  const failed = pullRequest.checks.filter(({ state }) => state === 'failed').map(({ name }) => name);
  if (failed.length > 0) return gate(false, `failed: ${failed.join(', ')}`);
  const pending = pullRequest.checks.filter(({ state }) => state === 'pending').map(({ name }) => name);
  if (pending.length > 0) return gate(false, `running: ${pending.join(', ')}`);
  const unreadable = pullRequest.checks.filter(({ state }) => state === 'unreadable').map(({ name }) => name);
  if (unreadable.length > 0) return gate(false, unreadable.join('; '));
  if (pullRequest.checks.length > 0) return gate(true, 'all passed');
  if (required) return gate(false, 'waits for one that reports; write checks: false where nothing checks this branch');
  const begunBy = Date.parse(pullRequest.headAt) + TIME_TO_BEGIN_MS;
  if (!(now.getTime() < begunBy)) return undefined;
  return gate(false, 'none has begun yet', new Date(begunBy).toISOString().replace('.000Z', 'Z'));
}

/** Authors of all commits that come with `release` over `from`; undefined where they are not all known. */
export function shippedAuthors(
  { lineage }: PipelineSnapshot,
  release: Release,
  from: Release | undefined,
): ReadonlySet<string> | undefined {
  const first = from ? undefined : shippedCommits(lineage, release, undefined);
  const commits = from ? exactlyShipped(lineage, release, from) : first?.length === 0 ? undefined : first;
  const authors = commits?.map(({ author }) => author);
  // An address that belongs to no account may be anybody's.
  return authors?.every((author) => author !== undefined) ? new Set(authors) : undefined;
}

export function evaluateGates(
  snapshot: PipelineSnapshot,
  target: EnvironmentSnapshot,
  before: readonly EnvironmentSnapshot[],
  release: Release,
  from: Release | undefined,
  now: Date,
): Gate[] {
  const { gates } = target.declared;
  const evaluated: Gate[] = [];
  if (before.length > 0) {
    const names = before.map(({ declared }) => declared.name).join(' and ');
    evaluated.push({
      name: 'health',
      isMet: true,
      text: `${names} ${before.length > 1 ? 'run' : 'runs'} it healthily`,
      until: undefined,
    });
  }
  if (gates.soak !== undefined) evaluated.push(soakGate(gates.soak, before, now));
  if (gates.approval)
    evaluated.push(approvalGate(gates.approval, target.pullRequest, shippedAuthors(snapshot, release, from)));
  const { pullRequest } = target;
  const checks = gates.checks !== false && pullRequest && checksGate(pullRequest, gates.checks === true, now);
  if (checks) evaluated.push(checks);
  return evaluated;
}
