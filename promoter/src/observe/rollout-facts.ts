// What Argo CD and Kubernetes say of a rollout, as facts with times. What a release's trace is made from; it decides nothing.
import type { RolloutQuestion } from '../ports.ts';
import type { PodFact, RolloutFacts, SyncFact } from '../trace/facts.ts';
import { type ClusterFacts, contains, syncedRevision } from './judge-rollout.ts';
import type { Pod } from './parse-application.ts';

/** @returns undefined where the cluster says nothing. */
export function rolloutFacts(question: RolloutQuestion, facts: ClusterFacts | undefined): RolloutFacts | undefined {
  if (!facts) return undefined;
  const hasDigest = ({ image }: { image: string }): boolean => image.endsWith(`@${question.digest}`);
  const deployment = facts.deployments.find(({ spec }) => spec.template.spec.containers.some(hasDigest));
  return {
    sync: endedSync(question, facts),
    deployment: deployment && { name: deployment.metadata.name, namespace: deployment.metadata.namespace },
    pods: facts.pods.filter(({ spec }) => spec.containers.some(hasDigest)).map(podFact),
  };
}

/** The sync that brought the promotion's commit, once it ended; undefined before, and while another one is on top. */
function endedSync(
  { record, digest, recentCommits }: RolloutQuestion,
  { application }: ClusterFacts,
): SyncFact | undefined {
  const operation = application.status.operationState;
  const revision = operation && syncedRevision(operation);
  if (!operation?.finishedAt || !revision) return undefined;
  if (operation.phase === 'Running' || operation.phase === 'Terminating') return undefined;
  const isOurs = record?.release.digest === digest;
  if (isOurs && !contains(recentCommits, revision, record.commit)) return undefined;
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

function podFact({ metadata, status }: Pod): PodFact {
  const ready = status.conditions.find(({ type, status: is }) => type === 'Ready' && is === 'True');
  return {
    name: metadata.name,
    createdMs: Date.parse(metadata.creationTimestamp),
    readyMs: ready?.lastTransitionTime ? Date.parse(ready.lastTransitionTime) : undefined,
  };
}
