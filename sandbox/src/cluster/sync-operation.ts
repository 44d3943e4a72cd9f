// One sync operation, with its retries: argo-cd controller/appcontroller.go processRequestedAppOperation. A failed attempt stays in phase
// Running, with its end and a count, until the last one is Failed.
import { setTimeout as wait } from 'node:timers/promises';
import { groupVersionOf, type KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import { metav1Time } from '../kubernetes/metav1-time.ts';
import type { RetryPolicy } from './application.ts';
import { historyWith, runningOperation, type RequestedOperation, syncResult } from './application-status.ts';
import { Deployment } from './deployment.ts';
import type { KubernetesStore } from './kubernetes-store.ts';

export interface SyncDeps {
  store: KubernetesStore;
  /** Undefined: one attempt. */
  retry: RetryPolicy | undefined;
  /** Changes the Application. */
  patch(change: object): void;
  current(): KubernetesObject | undefined;
  /** Before another attempt Argo CD compares again. */
  compareAgain(): void;
  clock: () => Date;
  signal: AbortSignal;
}

/** What runs pods in a cluster and not here. */
const NOT_RUN = new Set(['StatefulSet', 'DaemonSet', 'Rollout', 'Job', 'CronJob']);

/** @returns whether it succeeded; it has not when it was given up. */
export async function runSync(
  requested: RequestedOperation,
  objects: readonly KubernetesObject[],
  deps: SyncDeps,
): Promise<boolean> {
  const { store, retry, patch, current, compareAgain, clock, signal } = deps;
  const now = (): string => metav1Time(clock());
  const operation = { requested, startedAt: now() };
  const limit = retry?.limit ?? 0;
  patch({ status: { operationState: runningOperation(operation) } });
  for (let retries = 0; ; retries += 1) {
    const refused = refusals(objects);
    const result = syncResult(operation, objects, refused);
    if (refused.size === 0) {
      for (const object of objects) store.apply(object);
      patch({ status: { history: historyWith(current(), operation, now()) } });
      const message = 'successfully synced (all tasks run)';
      patch({
        operation: null,
        status: { operationState: { phase: 'Succeeded', finishedAt: now(), message, syncResult: result } },
      });
      return true;
    }
    const problem = `one or more objects failed to apply, reason: ${[...refused.values()].join(',')}`;
    if (!retry || retries >= limit) {
      const message = retries === 0 ? problem : `${problem} (retried ${retries} times).`;
      patch({
        operation: null,
        status: { operationState: { phase: 'Failed', finishedAt: now(), message, syncResult: result } },
      });
      return false;
    }
    const pauseMs = pauseBefore(retries, retry);
    const at = new Date(clock().getTime() + pauseMs).toLocaleTimeString('en-US', {
      hour: 'numeric',
      minute: '2-digit',
    });
    const message = `${problem}. Retrying attempt #${retries + 1} at ${at.replace(/\s/, '')}.`;
    patch({ status: { operationState: { retryCount: retries + 1, finishedAt: now(), message, syncResult: result } } });
    await wait(pauseMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return false;
    compareAgain();
    patch({ status: { operationState: { finishedAt: null, message: `Retrying operation. Attempt #${retries + 1}` } } });
  }
}

/** What an API server, or this one, does not take. */
function refusals(objects: readonly KubernetesObject[]): Map<KubernetesObject, string> {
  return new Map(
    objects.flatMap((object) => {
      const problem = whyRefused(object);
      return problem === undefined ? [] : [[object, problem] as const];
    }),
  );
}

function whyRefused(object: KubernetesObject): string | undefined {
  const { kind, metadata } = object;
  if (NOT_RUN.has(kind))
    return `${kind} "${metadata.name}" is refused: this cluster is a stand-in, which runs Deployments alone`;
  if (kind !== 'Deployment') return undefined;
  const parsed = Deployment.safeParse({ ...object, metadata: { ...metadata, generation: 1 } });
  const [issue] = parsed.error?.issues ?? [];
  return (
    issue &&
    `Deployment.${groupVersionOf(object).group} "${metadata.name}" is invalid: ${issue.path.join('.')}: ${issue.message}`
  );
}

function pauseBefore(retries: number, { backoff }: RetryPolicy): number {
  return Math.min(milliseconds(backoff.duration) * backoff.factor ** retries, milliseconds(backoff.maxDuration));
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** As Go writes a duration of one unit. @throws Error that names another. */
function milliseconds(duration: string): number {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(duration) ?? [];
  const unitMs = UNITS[unit];
  if (amount === undefined || unitMs === undefined) throw new Error(`the duration ${duration} is not supported here`);
  return Number(amount) * unitMs;
}
