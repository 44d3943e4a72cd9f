// What Argo CD says of the sync: whether it has brought the promotion's commit, and if not, why.
import type { Rollout } from '../decide/promotion.ts';
import type { RolloutQuestion } from '../ports.ts';
import { type ConfigRevision, configRevision, contains, ELSEWHERE, sourcesOf } from './config-revision.ts';
import type { Application, OperationState, Revisions } from './parse-application.ts';

export type SyncVerdict =
  | { kind: 'pending'; rollout: Rollout }
  | { kind: 'failed'; since: string; reason: string; revision: ConfigRevision }
  /** `at`: the release cannot have been deployed by this Application before. */
  | { kind: 'done'; at: string; revision: ConfigRevision };

/** Conditions under which Argo CD compares nothing, so that no waiting and no refresh will help. */
const BROKEN: Readonly<Record<string, string>> = {
  InvalidSpecError: 'Argo CD rejects this Application',
  ComparisonError: 'Argo CD cannot compare',
  UnknownError: 'Argo CD failed',
};

const unknown = (reason: string): SyncVerdict => ({ kind: 'pending', rollout: { state: 'unknown', reason } });
const pending = (reason: string, awaitsSync = false): SyncVerdict => ({
  kind: 'pending',
  rollout: { state: 'progressing', reason, ...(awaitsSync ? { awaitsSync } : {}) },
});

export const shortly = (revision: ConfigRevision): string =>
  typeof revision === 'string' && revision !== '' ? revision.slice(0, 7) : 'its sources';

/** @param windows what the project says of when this Application may be synced; empty where nothing is known to forbid it. */
export function judgeSync(question: RolloutQuestion, application: Application, windows: string): SyncVerdict {
  const { metadata, spec, operation, status } = application;
  const sources = sourcesOf({ spec });
  const revisionOf = (revisions: Revisions | null | undefined): ConfigRevision =>
    configRevision(question, sources, revisions);
  const { record, recentCommits } = question;
  const isReached = (revision: ConfigRevision): boolean => !record || contains(recentCommits, revision, record.commit);

  if (metadata.deletionTimestamp !== undefined) return unknown('Argo CD is deleting this Application');
  const broken = status.conditions?.find(({ type }) => type in BROKEN);
  if (broken) return unknown(`${BROKEN[broken.type]}: ${broken.message}`);

  const compared = status.sync?.status === 'Synced' ? revisionOf(status.sync) : undefined;
  const isComparedReached = compared !== undefined && isReached(compared);
  const state = status.operationState;
  if (!state) {
    if (operation) return pending(`Argo CD is starting a sync of ${shortly(revisionOf(operation.sync))}`);
    // Recreated over what already runs: nothing had to be synced, and nothing will be until the next change.
    if (isComparedReached && status.reconciledAt)
      return { kind: 'done', at: metadata.creationTimestamp ?? status.reconciledAt, revision: compared };
    if (!status.sync) return pending('Argo CD has not looked at this Application yet');
    return notReached(question, windows);
  }

  const synced = revisionOf(state.syncResult) ?? revisionOf(state.operation?.sync);
  if (state.phase === 'Running' || state.phase === 'Terminating')
    return isReached(synced) ? running(state, synced) : otherRunning(question, state, synced);
  const hasReached = isReached(synced) && !isBefore(record, synced, state);
  if (!hasReached && !isComparedReached) return notReached(question, windows, failureOf(state));
  if (state.phase !== 'Succeeded' && hasReached) {
    const since = state.finishedAt ?? state.startedAt;
    if (!since) return pending('Argo CD does not say yet since when its sync failed');
    return { kind: 'failed', since, reason: `the sync failed: ${state.message ?? state.phase}`, revision: synced };
  }
  if (!state.finishedAt) return pending('Argo CD is syncing');
  if (!status.reconciledAt || Date.parse(status.reconciledAt) < Date.parse(state.finishedAt))
    return pending('Argo CD has not looked at the result of its sync yet');
  return { kind: 'done', at: state.finishedAt, revision: compared ?? synced };
}

/** A chart's revision does not say which promotion it deployed; a sync that ended before one was committed did not. */
function isBefore(record: RolloutQuestion['record'], synced: ConfigRevision, { finishedAt }: OperationState): boolean {
  if (!record || synced !== ELSEWHERE || !finishedAt) return false;
  return Date.parse(finishedAt) < Date.parse(record.committedAt);
}

function notReached({ record }: RolloutQuestion, windows: string, failure = ''): SyncVerdict {
  const what = record ? `${shortly(record.commit)} ` : '';
  return pending(`Argo CD has not synced ${what}yet${failure}${windows}`, true);
}

const failureOf = ({ phase, message }: OperationState): string =>
  phase === 'Succeeded' ? '' : `; its last sync failed: ${message ?? phase}`;

/** Running with an end is a failed attempt that waits for the next. */
function running({ phase, finishedAt, retryCount, message }: OperationState, revision: ConfigRevision): SyncVerdict {
  const what = `its sync of ${shortly(revision)}`;
  if (phase === 'Terminating') return pending(`Argo CD is stopping ${what}`);
  if (finishedAt)
    return pending(`attempt ${retryCount ?? 1} of ${what} failed, and Argo CD tries again: ${message ?? ''}`);
  const attempt = retryCount ? `, attempt ${retryCount + 1}` : '';
  return pending(`Argo CD is syncing ${shortly(revision)}${attempt}${message ? `: ${message}` : ''}`);
}

/** What is synced came before the promotion, and may be retried for minutes. */
function otherRunning({ record }: RolloutQuestion, state: OperationState, revision: ConfigRevision): SyncVerdict {
  const what = `${shortly(revision)}, which is older than ${shortly(record?.commit)}`;
  const why = state.finishedAt ? `, and tries again after a failure: ${state.message ?? ''}` : '';
  return pending(`Argo CD is still syncing ${what}${why}`, true);
}

/** What Argo CD has deployed, as far as it is a commit of the config repository. */
export const isCommit = (revision: ConfigRevision): revision is string =>
  revision !== undefined && revision !== ELSEWHERE;
