// The flow behind a promotion: what happens in the cluster rings for the environments that wait for it.
import type { Inbox } from './accept/inbox.ts';
import { createCluster, type ObservedCluster } from './observe/cluster.ts';
import { type ApplicationWatch, watchApplications } from './observe/watch-applications.ts';
import type { Logger } from '@delivery/telemetry/logger';
import type { Rollout } from './decide/promotion.ts';

export interface FollowDeps {
  cluster: { kubeconfig: string | undefined; namespace: string } | undefined;
  /** Resolved late: the inbox needs the cluster to decide, and the cluster rings the inbox. */
  inbox: () => Inbox;
  onChange(): void;
  onObserved(pipeline: string, environment: string, rollout: Rollout): void;
  logger: Logger;
}

export function follow({
  cluster: settings,
  inbox,
  onChange,
  onObserved,
  logger,
}: FollowDeps): ObservedCluster & { stop(): void } {
  const ring = (pipeline: string): void => {
    logger.debug({ stage: 'observe', pipeline }, 'rollout changed');
    inbox().ring({ scope: new Set([pipeline]), releases: [] });
  };
  let watch: ApplicationWatch | undefined;
  const cluster = createCluster({
    watch: settings
      ? {
          facts: (name) => watch?.facts(name),
          refresh: (name) => watch?.refresh(name) ?? Promise.resolve(),
          problem: () => watch?.problem(),
        }
      : undefined,
    onObserved,
    onAnswerChanged: ring,
  });
  if (settings) {
    watch = watchApplications({
      ...settings,
      logger,
      onChange(application) {
        cluster.reconsider(application);
        onChange();
      },
    });
  }
  return { ...cluster, stop: () => watch?.stop() };
}
