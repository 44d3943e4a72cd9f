// What the rulesets of a repository forbid, in GitHub's own sentences.
// https://docs.github.com/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/available-rules-for-rulesets
import { ZERO_OID } from '../../git/git-object.ts';
import { ApiError } from '../errors.ts';
import type { Hub } from '../hub.ts';
import {
  type CheckRun,
  fullName,
  type MergeMethod,
  mergeMethodsOf,
  type PullRequest,
  type Repository,
  type Rule,
} from '../world.ts';
import { latestOpinions } from './reviews.ts';
import { atLeast, permissionOf } from '../callers.ts';
import { isSigned } from './signed-commit.ts';

const matches = ({ branch }: Rule, name: string): boolean =>
  branch.endsWith('*') ? name.startsWith(branch.slice(0, -1)) : name === branch;

type RuleOf<Type extends Rule['type']> = Extract<Rule, { type: Type }>;

/** The rules of a type that bind a person or an App on a branch. */
export function rulesOf<Type extends Rule['type']>(
  repository: Repository,
  type: Type,
  branch: string,
  login?: string,
): RuleOf<Type>[] {
  return (repository.rules ?? []).filter(
    (rule): rule is RuleOf<Type> =>
      rule.type === type && matches(rule, branch) && !(login !== undefined && (rule.bypass ?? []).includes(login)),
  );
}

export const violation = (...sentences: readonly string[]): string =>
  `Repository rule violations found\n\n${sentences.join('\n\n')}\n\n`;

export interface RefChangeRequest {
  ref: string;
  before: string;
  after: string;
  forced: boolean;
}

/** @throws ApiError 422 with every rule that the change of a branch breaks. */
export async function enforceRefRules(
  hub: Hub,
  repository: Repository,
  login: string,
  { ref, before, after, forced }: RefChangeRequest,
): Promise<void> {
  const branch = ref.replace('refs/heads/', '');
  const binds = (type: Rule['type']): boolean => rulesOf(repository, type, branch, login).length > 0;
  const creates = before === ZERO_OID;
  const changes = !creates && after !== ZERO_OID;
  const commit = after === ZERO_OID ? undefined : await hub.gitOf(repository).commit(after);
  const broken = [
    creates && binds('creation') ? 'Cannot create ref due to creations being restricted.' : undefined,
    changes && binds('update') ? 'Cannot update this protected ref.' : undefined,
    changes && forced && binds('non_fast_forward') ? 'Cannot force-push to this branch' : undefined,
    changes && (binds('pull_request') || binds('merge_queue'))
      ? 'Changes must be made through a pull request.'
      : undefined,
    binds('required_linear_history') && (commit?.parents.length ?? 0) > 1
      ? 'This branch must not contain merge commits.'
      : undefined,
    binds('required_signatures') && commit && !isSigned(hub, commit.oid)
      ? 'Commits must have verified signatures.'
      : undefined,
  ].filter((sentence) => sentence !== undefined);
  if (broken.length > 0) throw new ApiError(422, violation(...broken));
}

/** The state of a required check: its last run or status by that name; undefined where there is none. */
function checkState(hub: Hub, repository: Repository, sha: string, context: string): string | undefined {
  const { checkRuns, statuses } = hub.store.world;
  const of = fullName(repository);
  const run = checkRuns.findLast(
    ({ repository: name, headSha, name: check }: CheckRun) => name === of && headSha === sha && check === context,
  );
  if (run) return run.status === 'completed' ? (run.conclusion ?? 'failure') : 'pending';
  return statuses.findLast((status) => status.repository === of && status.sha === sha && status.context === context)
    ?.state;
}

const PASSED = ['success', 'neutral', 'skipped'];

/** Why required checks on a commit do not let it be merged. */
export function brokenChecks(hub: Hub, repository: Repository, branch: string, sha: string): string[] {
  const contexts = rulesOf(repository, 'required_status_checks', branch).flatMap((rule) => rule.contexts);
  return contexts.flatMap((context) => {
    const state = checkState(hub, repository, sha, context);
    if (state === undefined) return [`Required status check "${context}" is expected.`];
    if (state === 'pending') return [`Required status check "${context}" is pending.`];
    return PASSED.includes(state) ? [] : [`Required status check "${context}" is failing.`];
  });
}

/** A pattern of CODEOWNERS that this stand-in knows: everything, a folder, or a file. */
function owns(pattern: string, path: string): boolean {
  if (/[?[\]!]|\*./.test(pattern)) throw new Error(`The stand-in knows no pattern of CODEOWNERS such as ${pattern}`);
  const from = pattern.replace(/^\//, '');
  return pattern === '*' || path === from || (from.endsWith('/') && path.startsWith(from));
}

/** https://docs.github.com/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners */
async function missingOwners(hub: Hub, repository: Repository, pull: PullRequest): Promise<string[]> {
  const git = hub.gitOf(repository);
  const file = await git.read(`${pull.baseSha}:.github/CODEOWNERS`);
  if (!file) return [];
  const lines = file.content.toString().split('\n');
  const entries = lines.map((line) => line.replace(/#.*/, '').trim().split(/\s+/)).filter(([pattern]) => pattern);
  const approved = latestOpinions(hub, pull).filter(({ state }) => state === 'APPROVED');
  const changed = await git.diff(pull.baseSha, pull.headSha);
  const missing = changed.flatMap(({ path }) => {
    const owners = entries.findLast(([pattern = '']) => owns(pattern, path))?.slice(1) ?? [];
    const isApproved = owners.some((owner) => {
      const [, slug] = owner.split('/');
      const team = hub.store.world.teams.find((one) => one.slug === slug);
      const people = team ? team.members : [owner.slice(1)];
      return approved.some(({ author }) => people.includes(author));
    });
    return owners.length === 0 || isApproved ? [] : [owners.join(' or ').replaceAll('@', '')];
  });
  return [...new Set(missing)].map((owner) => `Waiting on code owner review from ${owner}.`);
}

/** Why a pull request may not be merged yet. */
export async function brokenMergeRules(hub: Hub, repository: Repository, pull: PullRequest): Promise<string[]> {
  const needed = rulesOf(repository, 'pull_request', pull.baseRef);
  const approvals = Math.max(0, ...needed.map((rule) => rule.approvals ?? 0));
  const given = latestOpinions(hub, pull).filter(
    ({ state, author }) => state === 'APPROVED' && atLeast(permissionOf(repository, author), 'write'),
  ).length;
  return [
    ...(given < approvals
      ? [
          `At least ${approvals} approving review${approvals === 1 ? ' is' : 's are'} required by reviewers with write access.`,
        ]
      : []),
    ...(needed.some(({ codeOwners }) => codeOwners) ? await missingOwners(hub, repository, pull) : []),
    ...brokenChecks(hub, repository, pull.baseRef, pull.headSha),
  ];
}

/** Whether it has to be brought up to date with its base first. */
export async function isBehind(hub: Hub, repository: Repository, pull: PullRequest): Promise<boolean> {
  const strict = rulesOf(repository, 'required_status_checks', pull.baseRef).some((rule) => rule.strict);
  return strict && (await hub.gitOf(repository).aheadBehind(pull.baseSha, pull.headSha)).behind > 0;
}

const REFUSED_METHODS: Record<MergeMethod, string> = {
  squash: 'Squash merges are not allowed on this repository.',
  merge: 'Merge commits are not allowed on this repository.',
  rebase: 'Rebase merges are not allowed on this repository.',
};

/** @throws ApiError 405 as GitHub refuses a merge. */
export async function enforceMergeRules(
  hub: Hub,
  repository: Repository,
  pull: PullRequest,
  method: MergeMethod,
): Promise<void> {
  if (!mergeMethodsOf(repository).includes(method)) throw new ApiError(405, REFUSED_METHODS[method]);
  if (rulesOf(repository, 'merge_queue', pull.baseRef).length > 0)
    throw new ApiError(405, violation('Changes must be made through the merge queue'));
  const broken = await brokenMergeRules(hub, repository, pull);
  const isMergeCommit = method === 'merge' && rulesOf(repository, 'required_linear_history', pull.baseRef).length > 0;
  if (isMergeCommit) broken.push('This branch must not contain merge commits.');
  if (await isBehind(hub, repository, pull)) broken.push('Head branch is not up to date with the base branch.');
  if (broken.length > 0) throw new ApiError(405, violation(...broken));
}
