// A promotion that people approve: its pull request is opened, kept up to date, and merged when every gate is met.
import { branchName, pullRequestBody, subject } from './describe-change.ts';
import { countedApprovals, shippedAuthors } from './gates.ts';
import type { MergeMethod } from './pipeline.ts';
import { about, causeOf, hold, type Proposal, type Wait, waitOf } from './proposal.ts';
import type { EnvironmentDecision, ForeignHead, Merge, Merging, PullRequest, Update } from './promotion.ts';
import { referenceOf, type Release } from './release.ts';

interface Text {
  title: string;
  body: string;
}

export function decidePullRequest(proposal: Proposal): EnvironmentDecision {
  const { target, release, from, gates } = proposal;
  const { pullRequest } = target;
  const text = textOf(proposal);
  if (!pullRequest) {
    const { manifest } = target.declared;
    return { kind: 'propose', ...about(proposal, causeOf(proposal)), release, from, manifest, gates, ...text };
  }
  const { record, foreign } = pullRequest;
  if (foreign?.kind === 'extended')
    return hold(proposal, { reason: foreignCommit(proposal, pullRequest, foreign), release, gates });
  if (!record || referenceOf(record.release) !== referenceOf(release) || pullRequest.isConflicting)
    return update(proposal, pullRequest, text);
  const wait = waitOf(gates);
  if (wait) return waitIn(proposal, pullRequest, wait, text);
  // A merge queue brings it up to date itself.
  const mustCatchUp = pullRequest.isBehind && !proposal.merging.hasQueue;
  return mustCatchUp ? update(proposal, pullRequest, text) : merge(proposal, pullRequest, text);
}

function textOf({ snapshot, target, release, from, gates }: Proposal): Text {
  const [pipeline, environment] = [snapshot.declared.name, target.declared.name];
  return {
    title: subject(pipeline, environment, release),
    body: pullRequestBody({ pipeline, environment, release, from, gates, lineage: snapshot.lineage }),
  };
}

function foreignCommit({ snapshot, target }: Proposal, { number }: PullRequest, { reason }: ForeignHead): string {
  const branch = branchName(snapshot.declared.name, target.declared.name);
  return `#${number} has a commit on ${branch} that the promoter did not make (${reason}); merge or close it`;
}

/** Rule 5: a newer release takes the place of the older one in the same pull request; what is not ours is written again. */
function update(proposal: Proposal, pullRequest: PullRequest, text: Text): Update {
  const { target, release, from, gates } = proposal;
  const { number } = pullRequest;
  const reason = whyUpdated(pullRequest, release);
  const { manifest } = target.declared;
  return { kind: 'update', ...about(proposal, reason), release, from, manifest, gates, ...text, number };
}

function whyUpdated({ number, record, foreign, isConflicting }: PullRequest, release: Release): string {
  if (!record)
    return `#${number} is not what the promoter wrote: ${foreign?.reason ?? 'its head promotes nothing here'}`;
  if (isConflicting) return `#${number} conflicts with the base branch`;
  if (referenceOf(record.release) === referenceOf(release))
    return `#${number} must be up to date with the base branch before it merges`;
  return `${release.tag} replaces ${record.release.tag} in #${number}`;
}

/** The pull request's text says how the gates stand; where it already does, there is nothing to do. */
function waitIn(
  proposal: Proposal,
  { number, title: currentTitle, body: current }: PullRequest,
  { reason, until }: Wait,
  { title, body }: Text,
): EnvironmentDecision {
  const { release, gates } = proposal;
  if (current.trim() === body.trim() && currentTitle.trim() === title.trim())
    return hold(proposal, { reason, release, until, gates });
  return { kind: 'describe', ...about(proposal, reason), release, number, title, body, gates, until };
}

/** Rule 6: at the head that was reviewed. */
function merge(proposal: Proposal, pullRequest: PullRequest, { body }: Text): Merge {
  const { snapshot, target, release, from, merging } = proposal;
  const { number, headOid } = pullRequest;
  const { approval } = target.declared.gates;
  const approvedBy = approval ? countedApprovals(pullRequest, approval, shippedAuthors(snapshot, release, from)) : [];
  const reason = approvedBy.length > 0 ? `approved by ${approvedBy.join(' and ')}` : 'every gate is open';
  const by = mergeMethodOf(snapshot.declared.mergeMethod, merging);
  return { kind: 'merge', ...about(proposal, reason), release, from, number, headOid, approvedBy, by, body };
}

/** What is declared where the repository allows it, otherwise the first that it allows: GitHub has one switch for each. */
function mergeMethodOf(declared: MergeMethod | undefined, { methods, hasQueue }: Merging): Merge['by'] {
  if (hasQueue) return 'merge queue';
  if (declared && methods.includes(declared)) return declared;
  return methods[0] ?? declared ?? 'squash';
}
