// Decisions -> GitHub. All direct promotions of one reconcile are one commit; everything else is one pull request each.
// A stale head is not an error: whoever asked reads again and decides again.
import type { Octokit } from '@octokit/rest';
import { branchName, subject } from '../decide/describe-change.ts';
import type { Close, Decision, Describe, Merge, Propose, Update } from '../decide/promotion.ts';
import { TerminalError } from '../errors.ts';
import type { ConfigSnapshot, Enacted } from '../ports.ts';
import {
  type DirectChange,
  directMessage,
  editedFiles,
  environmentOf,
  type FileText,
  pipelineOf,
  trailersOf,
} from './promotion-commit.ts';
import { graphqlTypes, statusOf, toPromoterError } from '../github/errors.ts';

export interface Enactor {
  enact(decisions: readonly Decision[], snapshot: ConfigSnapshot): Promise<Enacted[]>;
}

export interface EnactorDeps {
  octokitOf: () => Promise<Octokit>;
  repository: { owner: string; name: string; branch: string };
}

const CREATE_COMMIT = `mutation CreateCommit($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid url committedDate } }
}`;
const MOVE_BRANCH = `mutation MoveBranch($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }`;

const whereOf = ({ pipeline, environment }: { pipeline: string; environment: string }) => ({ pipeline, environment });

export function createEnactor({ octokitOf, repository }: EnactorDeps): Enactor {
  const { owner, name: repo, branch } = repository;
  const label = `${owner}/${repo}`;

  async function commitOn(
    target: string,
    expectedHeadOid: string,
    message: string,
    files: readonly FileText[],
  ): Promise<{ oid: string; url: string; at: string } | 'stale'> {
    const [headline = '', ...rest] = message.split('\n');
    const additions = files.map(({ path, text }) => ({ path, contents: Buffer.from(text).toString('base64') }));
    const input = {
      branch: { repositoryNameWithOwner: label, branchName: target },
      expectedHeadOid,
      message: { headline, body: rest.join('\n').trim() },
      fileChanges: { additions },
    };
    try {
      const octokit = await octokitOf();
      const answer = await octokit.graphql<{
        createCommitOnBranch: { commit: { oid: string; url: string; committedDate: string } };
      }>(CREATE_COMMIT, { input });
      const { oid, url, committedDate: at } = answer.createCommitOnBranch.commit;
      return { oid, url, at };
    } catch (error) {
      if (graphqlTypes(error).includes('STALE_DATA')) return 'stale';
      throw toPromoterError(`commit to ${target} of ${label}`, error);
    }
  }

  async function promoteDirectly(changes: readonly DirectChange[], snapshot: ConfigSnapshot): Promise<Enacted[]> {
    if (changes.length === 0) return [];
    const message = directMessage(changes, snapshot);
    const commit = await commitOn(branch, snapshot.head, message, editedFiles(changes, snapshot));
    if (commit === 'stale') return [{ kind: 'stale' }];
    return [{ kind: 'committed', ...commit, subject: message.split('\n')[0] ?? '' }];
  }

  /** The pull request's branch, at the base's head and one commit more. */
  async function writeBranch(change: Propose | Update, snapshot: ConfigSnapshot): Promise<'written' | 'stale'> {
    const target = branchName(change.pipeline, change.environment);
    const existing = environmentOf(snapshot, change).branch;
    const message = `${change.title}\n\n${change.reason}.\n\n${trailersOf(change, snapshot)}`;
    const files = editedFiles([change], snapshot);
    const octokit = await octokitOf();
    if (!existing) {
      try {
        await octokit.rest.git.createRef({ owner, repo, ref: `refs/heads/${target}`, sha: snapshot.head });
      } catch (error) {
        if (statusOf(error) === 422) return 'stale'; // another process made it: read again
        throw toPromoterError(`create branch ${target} of ${label}`, error);
      }
      return (await commitOn(target, snapshot.head, message, files)) === 'stale' ? 'stale' : 'written';
    }
    // A commit of an earlier attempt that did not get as far as its pull request.
    if (change.kind === 'propose' && existing.record?.release.digest === change.release.digest) return 'written';
    try {
      // The branch moves once, from commit to commit: were it at the base's head in between, GitHub would close the pull request.
      const tree = files.map(({ path, text }) => ({
        path,
        mode: '100644' as const,
        type: 'blob' as const,
        content: text,
      }));
      const { data: written } = await octokit.rest.git.createTree({ owner, repo, base_tree: snapshot.tree, tree });
      const { data: commit } = await octokit.rest.git.createCommit({
        owner,
        repo,
        message,
        tree: written.sha,
        parents: [snapshot.head],
      });
      const move = { name: `refs/heads/${target}`, beforeOid: existing.oid, afterOid: commit.sha, force: true };
      await octokit.graphql(MOVE_BRANCH, { input: { repositoryId: snapshot.repositoryId, refUpdates: [move] } });
      return 'written';
    } catch (error) {
      if (graphqlTypes(error).includes('STALE_DATA')) return 'stale';
      throw toPromoterError(`move branch ${target} of ${label}`, error);
    }
  }

  async function propose(change: Propose, snapshot: ConfigSnapshot): Promise<Enacted> {
    if ((await writeBranch(change, snapshot)) === 'stale') return { kind: 'stale' };
    const octokit = await octokitOf();
    const head = branchName(change.pipeline, change.environment);
    try {
      const { data } = await octokit.rest.pulls.create({
        owner,
        repo,
        title: change.title,
        body: change.body,
        head,
        base: branch,
      });
      return { kind: 'opened', ...whereOf(change), number: data.number, subject: change.title };
    } catch (error) {
      if (statusOf(error) === 422) return { kind: 'stale' }; // it exists already: read again and find it
      throw toPromoterError(`open pull request ${head} of ${label}`, error);
    }
  }

  async function edit(number: number, change: { title?: string; body: string; state?: 'closed' }): Promise<void> {
    const octokit = await octokitOf();
    try {
      await octokit.rest.pulls.update({ owner, repo, pull_number: number, ...change });
    } catch (error) {
      throw toPromoterError(`edit #${number} of ${label}`, error);
    }
  }

  async function update(change: Update, snapshot: ConfigSnapshot): Promise<Enacted> {
    if ((await writeBranch(change, snapshot)) === 'stale') return { kind: 'stale' };
    await edit(change.number, { title: change.title, body: change.body });
    return { kind: 'updated', ...whereOf(change), number: change.number, subject: change.title };
  }

  async function describe({ number, body, reason, ...where }: Describe): Promise<Enacted> {
    await edit(number, { body });
    return { kind: 'described', ...whereOf(where), number, subject: reason };
  }

  async function close({ number, body, reason, ...where }: Close): Promise<Enacted> {
    await edit(number, { body, state: 'closed' });
    return { kind: 'closed', ...whereOf(where), number, subject: reason };
  }

  async function merge(change: Merge, snapshot: ConfigSnapshot): Promise<Enacted> {
    const { pipeline, pullRequest } = {
      ...environmentOf(snapshot, change),
      pipeline: pipelineOf(snapshot, change.pipeline).pipeline,
    };
    const octokit = await octokitOf();
    try {
      const { data } = await octokit.rest.pulls.merge({
        owner,
        repo,
        pull_number: change.number,
        sha: change.headOid,
        merge_method: pipeline.mergeMethod,
        commit_title: `${subject(change.pipeline, change.environment, change.release)} (#${change.number})`,
        commit_message: `Promoted because ${change.reason}.\n\n${trailersOf(change, snapshot, pullRequest?.url)}`,
      });
      const title = subject(change.pipeline, change.environment, change.release);
      return {
        kind: 'merged',
        ...whereOf(change),
        number: change.number,
        oid: data.sha,
        subject: `${title}, ${change.reason}`,
      };
    } catch (error) {
      const status = statusOf(error);
      if (status === 409) return { kind: 'stale' };
      if (status === 405)
        return {
          kind: 'refused',
          number: change.number,
          reason: error instanceof Error ? error.message : String(error),
        };
      throw toPromoterError(`merge #${change.number} of ${label}`, error);
    }
  }

  return {
    async enact(decisions, snapshot) {
      const direct = decisions.filter(
        (decision): decision is DirectChange => decision.kind === 'promote' || decision.kind === 'roll back',
      );
      const enacted = await promoteDirectly(direct, snapshot);
      let failure: TerminalError | undefined;
      for (const decision of decisions) {
        try {
          if (decision.kind === 'propose') enacted.push(await propose(decision, snapshot));
          if (decision.kind === 'update') enacted.push(await update(decision, snapshot));
          if (decision.kind === 'describe') enacted.push(await describe(decision));
          if (decision.kind === 'close') enacted.push(await close(decision));
          if (decision.kind === 'merge') enacted.push(await merge(decision, snapshot));
        } catch (error) {
          // What one pull request runs into stops only that one; a limit or an outage stops them all.
          if (!(error instanceof TerminalError)) throw error;
          failure ??= error;
        }
      }
      if (failure) throw failure;
      return enacted;
    },
  };
}
