// Changes branches by compare-and-swap, and triggers what follows from the change.
import { ApiError, validationFailed } from '../errors.ts';
import { ZERO_OID } from '../../git/git-object.ts';
import { type RefUpdate, StaleRefError } from '../../git/git-repository.ts';
import type { Hub } from '../hub.ts';
import type { Account, Repository } from '../world.ts';
import { enforceRefRules } from './branch-rules.ts';

export interface RefUpdateRequest extends RefUpdate {
  force: boolean;
}

const REF_NAME = /^refs\/(heads|tags)\/(?!.*(\.\.|\/\/|@\{|[\s~^:?*[\\]))[^/.].*(?<![/.])$/;

/** Updates all refs or none. @throws ApiError 422 when a ref is not at its `before`, or the update is not a fast-forward. */
export async function updateRefs(
  hub: Hub,
  repository: Repository,
  actor: Account,
  requests: readonly RefUpdateRequest[],
): Promise<void> {
  const git = hub.gitOf(repository);
  const changes: { ref: string; before: string; after: string; forced: boolean }[] = [];
  for (const { ref, before, after, force } of requests) {
    if (!REF_NAME.test(ref)) throw new ApiError(422, `${ref} is not a valid ref name.`);
    const creates = before === ZERO_OID;
    const deletes = after === ZERO_OID;
    if (!deletes && !(await git.commit(after))) throw new ApiError(422, 'Object does not exist');
    const forced = !creates && !deletes && (await git.aheadBehind(before, after)).behind > 0;
    if (forced && !force) throw new ApiError(422, 'Update is not a fast forward');
    const change = { ref, before, after, forced };
    await enforceRefRules(hub, repository, actor.login, change);
    changes.push(change);
  }
  try {
    await git.updateRefs(changes);
  } catch (error) {
    if (error instanceof StaleRefError)
      throw new ApiError(422, 'Reference cannot be updated', { graphqlType: 'STALE_DATA' });
    throw error;
  }
  for (const change of changes) await hub.onRefChange({ repository, actor, ...change });
}

/** @throws ApiError 422 `Reference already exists` */
export async function createRef(
  hub: Hub,
  repository: Repository,
  actor: Account,
  ref: string,
  oid: string,
): Promise<void> {
  const git = hub.gitOf(repository);
  if (!REF_NAME.test(ref)) throw validationFailed([{ resource: 'Reference', field: 'ref', code: 'invalid' }]);
  if (await git.ref(ref)) throw new ApiError(422, 'Reference already exists');
  await updateRefs(hub, repository, actor, [{ ref, before: ZERO_OID, after: oid, force: false }]);
}
