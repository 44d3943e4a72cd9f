// What Argo CD and Kubernetes say of a rollout, as facts with times. What a release's trace is made from; it decides nothing.
import type { RolloutQuestion } from '../ports.ts';
import type { PodFact, RolloutFacts, SyncFact } from '../trace/facts.ts';
import { configRevision, contains, ELSEWHERE, sourcesOf } from './config-revision.ts';
import type { ClusterFacts } from './judge-rollout.ts';
import type { Revisions } from './parse-application.ts';
import type { Pod } from './parse-pod.ts';
import { workloadsWith } from './parse-workload.ts';

/** @returns undefined where the cluster says nothing. */
export function rolloutFacts(question: RolloutQuestion, facts: ClusterFacts | undefined): RolloutFacts | undefined {
  if (!facts) return undefined;
  const hasDigest = ({ image }: { image: string }): boolean => image.endsWith(`@${question.digest}`);
  const [workload] = workloadsWith(question.digest, facts.workloads);
  return {
    sync: endedSync(question, facts),
    deployment: workload && { name: workload.metadata.name, namespace: workload.metadata.namespace },
    pods: facts.pods.filter(({ spec }) => spec.containers.some(hasDigest)).map(podFact),
  };
}

/** The sync that brought the promotion's commit, once it ended; undefined before, and while another one is on top. */
function endedSync(question: RolloutQuestion, { application }: ClusterFacts): SyncFact | undefined {
  const { record, digest, recentCommits } = question;
  const operation = application.status.operationState;
  const synced = configRevision(question, sourcesOf(application), operation?.syncResult);
  const revision = synced === ELSEWHERE ? firstOf(operation?.syncResult) : synced;
  if (!operation?.finishedAt || !revision) return undefined;
  if (operation.phase === 'Running' || operation.phase === 'Terminating') return undefined;
  const isOurs = record?.release.digest === digest;
  if (isOurs && !contains(recentCommits, synced, record.commit)) return undefined;
  const by = operation.operation?.initiatedBy;
  return {
    revision,
    startedMs: Date.parse(operation.startedAt ?? operation.finishedAt),
    finishedMs: Date.parse(operation.finishedAt),
    isManual: by?.automated === false || Boolean(by?.username),
    by: by?.username ?? undefined,
    error: operation.phase === 'Succeeded' ? undefined : (operation.message ?? operation.phase),
  };
}

/** What is not a commit of the config repository: the version of a chart, or an artifact's digest. */
const firstOf = (revisions: Revisions | null | undefined): string | undefined =>
  revisions?.revisions?.[0] ?? revisions?.revision ?? undefined;

function podFact({ metadata, status }: Pod): PodFact {
  const ready = status.conditions.find(({ type, status: is }) => type === 'Ready' && is === 'True');
  return {
    name: metadata.name,
    createdMs: Date.parse(metadata.creationTimestamp),
    readyMs: ready?.lastTransitionTime ? Date.parse(ready.lastTransitionTime) : undefined,
  };
}
