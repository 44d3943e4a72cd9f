// What every change of a branch triggers: pull requests are updated, and events are sent.
import { ZERO_OID } from '../../git/git-object.ts';
import { type Hub, now, type RefChange } from '../hub.ts';
import { pushPayload } from '../webhooks/payloads.ts';
import { dequeue } from './merge-queue.ts';
import { closePullRequest, emitPullRequest } from './pull-requests.ts';
import { fullName } from '../world.ts';

export async function followRefChange(hub: Hub, change: RefChange): Promise<void> {
  const { repository, ref, before, after, actor } = change;
  const pushedAt = now(hub);
  repository.pushedAt = pushedAt;
  const branch = ref.replace('refs/heads/', '');
  const git = hub.gitOf(repository);
  for (const pull of hub.store.world.pullRequests) {
    if (pull.repository !== fullName(repository) || pull.state !== 'open') continue;
    if (pull.baseRef === branch && after !== ZERO_OID) pull.baseSha = after;
    if (pull.headRef !== branch || pull.forkOwner !== undefined) continue;
    if (after === ZERO_OID) {
      await closePullRequest(hub, pull, actor);
      continue;
    }
    await dequeue(hub, repository, pull, actor, 'the head branch was changed');
    pull.headSha = after;
    pull.updatedAt = now(hub);
    await emitPullRequest(hub, 'synchronize', pull, actor, { before, after });
    // GitHub closes a pull request when its branch has nothing left to merge.
    if ((await git.aheadBehind(pull.baseSha, after)).ahead === 0) await closePullRequest(hub, pull, actor);
  }
  hub.store.save();
  // GitHub responds to its caller first and assembles the push event afterwards.
  hub.background(
    (async () => {
      const payload = await pushPayload(hub, change, pushedAt);
      hub.webhooks.emit({ event: 'push', repositoryId: repository.id, payload });
    })(),
  );
}
