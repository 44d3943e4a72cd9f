// The mutations that change repositories, by the same operations as REST.
import { authorize, type Caller } from '../callers.ts';
import { ApiError, notFound } from '../errors.ts';
import { ZERO_OID } from '../../git/git-object.ts';
import { type Hub, personOf, repositoryNamed } from '../hub.ts';
import { createCommitOnBranch } from '../operations/commits.ts';
import { dequeue, enqueue } from '../operations/merge-queue.ts';
import { editPullRequest, mergePullRequest } from '../operations/pull-requests.ts';
import { createRef, updateRefs } from '../operations/refs.ts';
import { numberOfNode } from '../shapes/links.ts';
import type { PullRequest, Repository } from '../world.ts';
import type { RepositoryResolvers } from './query.ts';

interface Input<Fields> {
  input: Fields & { clientMutationId?: string | null };
}

export function mutations(hub: Hub, caller: Caller, resolversOf: (repository: Repository) => RepositoryResolvers) {
  const byId = (id: string): Repository => {
    const found = hub.store.world.repositories.find((repository) => repository.id === numberOfNode(id));
    if (!found) throw notFound(`Could not resolve to a node with the global id of '${id}'`);
    return found;
  };
  const pullById = (id: string): { repository: Repository; pull: PullRequest } => {
    const pull = hub.store.world.pullRequests.find((candidate) => candidate.id === numberOfNode(id));
    if (!pull) throw notFound(`Could not resolve to a node with the global id of '${id}'`);
    return { repository: repositoryNamed(hub, pull.repository), pull };
  };

  return {
    async createCommitOnBranch({
      input,
    }: Input<{
      branch: { id?: string; repositoryNameWithOwner?: string; branchName?: string };
      expectedHeadOid: string;
      message: { headline: string; body?: string | null };
      fileChanges?: { additions?: { path: string; contents: string }[]; deletions?: { path: string }[] };
    }>) {
      const { repositoryNameWithOwner, branchName: branch } = input.branch;
      if (repositoryNameWithOwner === undefined || branch === undefined)
        throw new ApiError(422, 'The sandbox finds a branch by repositoryNameWithOwner and branchName only');
      const repository = repositoryNamed(hub, repositoryNameWithOwner);
      const actor = authorize(caller, repository, 'contents', 'write');
      await commitOfSomebodyElse(hub, repository, branch);
      const { headline, body } = input.message;
      const oid = await hub.exclusively(repository, () =>
        createCommitOnBranch(hub, repository, actor, {
          branch,
          expectedHeadOid: input.expectedHeadOid,
          message: body ? `${headline}\n\n${body}` : headline,
          additions: (input.fileChanges?.additions ?? []).map(({ path, contents }) => ({
            path,
            content: Buffer.from(contents, 'base64'),
          })),
          deletions: (input.fileChanges?.deletions ?? []).map(({ path }) => path),
        }),
      );
      const resolvers = resolversOf(repository);
      return {
        clientMutationId: input.clientMutationId,
        commit: resolvers.git.commitOf(oid),
        ref: resolvers.git.ref(branch),
      };
    },
    async createRef({ input }: Input<{ repositoryId: string; name: string; oid: string }>) {
      const repository = byId(input.repositoryId);
      const actor = authorize(caller, repository, 'contents', 'write');
      await hub.exclusively(repository, () => createRef(hub, repository, actor, input.name, input.oid));
      return { clientMutationId: input.clientMutationId, ref: resolversOf(repository).git.ref(input.name) };
    },
    async updateRefs({
      input,
    }: Input<{
      repositoryId: string;
      refUpdates: { name: string; afterOid: string; beforeOid?: string | null; force?: boolean | null }[];
    }>) {
      const repository = byId(input.repositoryId);
      const actor = authorize(caller, repository, 'contents', 'write');
      await hub.exclusively(repository, async () => {
        const requests = await Promise.all(
          input.refUpdates.map(async ({ name, afterOid, beforeOid, force }) => ({
            ref: name,
            before: beforeOid ?? (await hub.gitOf(repository).ref(name)) ?? ZERO_OID,
            after: afterOid,
            force: force ?? false,
          })),
        );
        await updateRefs(hub, repository, actor, requests);
      });
      return { clientMutationId: input.clientMutationId };
    },
    async updatePullRequest({
      input,
    }: Input<{ pullRequestId: string; title?: string; body?: string; state?: 'OPEN' | 'CLOSED' }>) {
      const { repository, pull } = pullById(input.pullRequestId);
      const actor = authorize(caller, repository, 'pull_requests', 'write');
      const state = input.state === 'CLOSED' ? 'closed' : input.state === 'OPEN' ? 'open' : undefined;
      await hub.exclusively(repository, () =>
        editPullRequest(hub, pull, actor, { title: input.title, body: input.body, state }),
      );
      return { clientMutationId: input.clientMutationId, pullRequest: resolversOf(repository).pullRequest(pull) };
    },
    async mergePullRequest({
      input,
    }: Input<{
      pullRequestId: string;
      expectedHeadOid?: string;
      mergeMethod?: 'MERGE' | 'SQUASH' | 'REBASE';
      commitHeadline?: string;
      commitBody?: string;
    }>) {
      const { repository, pull } = pullById(input.pullRequestId);
      const actor = authorize(caller, repository, 'contents', 'write');
      const request = {
        sha: input.expectedHeadOid,
        method: ({ SQUASH: 'squash', REBASE: 'rebase', MERGE: 'merge' } as const)[input.mergeMethod ?? 'MERGE'],
        title: input.commitHeadline,
        message: input.commitBody,
      };
      await hub.exclusively(repository, () => mergePullRequest(hub, repository, pull, actor, request));
      return { clientMutationId: input.clientMutationId, pullRequest: resolversOf(repository).pullRequest(pull) };
    },
    async enqueuePullRequest({ input }: Input<{ pullRequestId: string; expectedHeadOid?: string | null }>) {
      const { repository, pull } = pullById(input.pullRequestId);
      const actor = authorize(caller, repository, 'pull_requests', 'write');
      const head = input.expectedHeadOid ?? undefined;
      await hub.exclusively(repository, () => enqueue(hub, repository, pull, actor, head));
      return { clientMutationId: input.clientMutationId, mergeQueueEntry: null };
    },
    async dequeuePullRequest({ input }: Input<{ id: string }>) {
      const { repository, pull } = pullById(input.id);
      const actor = authorize(caller, repository, 'pull_requests', 'write');
      await hub.exclusively(repository, () => dequeue(hub, repository, pull, actor, null));
      return { clientMutationId: input.clientMutationId, mergeQueueEntry: null };
    },
    enablePullRequestAutoMerge({ input }: Input<{ pullRequestId: string }>) {
      const { repository } = pullById(input.pullRequestId);
      authorize(caller, repository, 'pull_requests', 'write');
      throw new ApiError(422, 'Auto merge is not allowed for this repository');
    },
  };
}

/** The `stale-head` fault: somebody else commits between the caller's read and its write. */
async function commitOfSomebodyElse(hub: Hub, repository: Repository, branch: string): Promise<void> {
  if (hub.faults.takeApiFault(`stale-head ${branch}`)?.kind !== 'stale-head') return;
  const somebody = hub.store.world.accounts.find(({ type }) => type === 'User');
  if (!somebody) return;
  await hub.exclusively(repository, async () => {
    const git = hub.gitOf(repository);
    const ref = `refs/heads/${branch}`;
    const before = await git.ref(ref);
    if (!before) return;
    const author = personOf(hub, somebody);
    const path = `notes/${before.slice(0, 7)}.md`;
    const changes = [{ path, content: Buffer.from(`A note beside ${before}\n`) }];
    const after = await git.createCommit({
      parent: before,
      changes,
      message: 'docs: a note',
      author,
      committer: author,
    });
    await git.updateRefs([{ ref, before, after }]);
    await hub.onRefChange({ repository, ref, before, after, actor: somebody, forced: false });
  });
}
