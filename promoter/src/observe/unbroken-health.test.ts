import { describe, expect, it } from 'vitest';
import { release } from '../../test/fixtures.ts';
import type { Rollout } from '../decide/promotion.ts';
import type { ClusterFacts } from './judge-rollout.ts';
import { Application } from './parse-application.ts';
import { Pod } from './parse-pod.ts';
import { Workload } from './parse-workload.ts';
import { continueHealth, type SeenHealthy } from './unbroken-health.ts';

const { digest } = release('b');
const [FIRST, LATER] = ['2026-11-23T10:00:00Z', '2026-11-23T10:30:00Z'];

interface Stands {
  replicas?: number;
  available?: number;
  /** The last transition of Available. */
  since?: string;
  startedAt?: string;
  image?: string;
}
const factsWith = ({
  replicas = 2,
  available = replicas,
  since = FIRST,
  startedAt = FIRST,
  image = `todo@${digest}`,
}: Stands): ClusterFacts => ({
  application: Application.parse({
    metadata: { name: 'todo-dev', namespace: 'argocd' },
    status: { operationState: { phase: 'Succeeded', startedAt } },
  }),
  workloads: [
    Workload.parse({
      kind: 'Deployment',
      metadata: { name: 'todo', namespace: 'todo-dev', uid: '1', generation: 1 },
      spec: { replicas, template: { spec: { containers: [{ image }] } } },
      status: {
        observedGeneration: 1,
        replicas,
        updatedReplicas: replicas,
        availableReplicas: available,
        conditions: [{ type: 'Available', status: 'True', lastTransitionTime: since }],
      },
    }),
  ],
  unreadable: undefined,
  pods: [],
  hasAllPods: true,
  windows: '',
});
const healthy = (since: string): Rollout => ({ state: 'healthy', digest, since });
const progressing: Rollout = { state: 'progressing', reason: '' };

/** Healthy since FIRST with two pods, then what a test says. @returns since when it is healthy at the end. */
function sinceAfter(...steps: [Stands, Rollout][]): string | undefined {
  let seen: SeenHealthy | undefined;
  let last: Rollout = progressing;
  for (const [stands, rollout] of [[{}, healthy(FIRST)] as const, ...steps])
    ({ rollout: last, seen } = continueHealth(seen, digest, rollout, factsWith(stands)));
  return 'since' in last ? last.since : undefined;
}

describe('a release is healthy without a break', () => {
  it.each<[string, [Stands, Rollout][]]>([
    ['while nothing happens', [[{}, healthy(FIRST)]]],
    [
      'while an autoscaler adds a pod',
      [
        [{ replicas: 3, available: 2 }, progressing],
        [{ replicas: 3, since: LATER }, healthy(LATER)],
      ],
    ],
    ['while that happens unseen', [[{ replicas: 3, since: LATER }, healthy(LATER)]]],
    [
      'long after that',
      [
        [{ replicas: 3, since: LATER }, healthy(LATER)],
        [{ replicas: 3, since: LATER }, healthy(LATER)],
      ],
    ],
    ['while something else in the Application is synced', [[{ startedAt: LATER }, healthy(LATER)]]],
    ['while it is scaled down', [[{ replicas: 1 }, healthy(LATER)]]],
    [
      'while something else in the Application is Degraded',
      [
        [{}, progressing],
        [{}, healthy(LATER)],
      ],
    ],
  ])('%s', (_case, steps) => {
    expect(sinceAfter(...steps)).toBe(FIRST);
  });

  it.each<[string, [Stands, Rollout][]]>([
    [
      'a pod was lost',
      [
        [{ available: 1 }, progressing],
        [{ since: LATER }, healthy(LATER)],
      ],
    ],
    ['a pod was lost unseen', [[{ since: LATER }, healthy(LATER)]]],
    [
      'a pod was lost while it was scaled',
      [
        [{ replicas: 3, available: 1 }, progressing],
        [{ replicas: 3, since: LATER }, healthy(LATER)],
      ],
    ],
    [
      'the cluster could not be read',
      [
        [{}, { state: 'unknown', reason: '' }],
        [{ replicas: 3, since: LATER }, healthy(LATER)],
      ],
    ],
    ['its specification changed', [[{ replicas: 3, image: `ghcr.io/acme/todo@${digest}` }, healthy(LATER)]]],
  ])('no longer where %s', (_case, steps) => {
    expect(sinceAfter(...steps)).toBe(LATER);
  });

  it('only as far as anybody saw it: after a start the later time counts', () => {
    const facts = factsWith({ replicas: 3, since: LATER });

    expect(continueHealth(undefined, digest, healthy(LATER), facts).rollout).toEqual(healthy(LATER));
  });

  it('by the pods, where a StatefulSet has no conditions', () => {
    const withPod = (readyAt: string): ClusterFacts => {
      const facts = factsWith({});
      const [deployment] = facts.workloads;
      const set = Workload.parse({ ...deployment, kind: 'StatefulSet' });
      const pod = Pod.parse({
        metadata: {
          name: 'todo-0',
          creationTimestamp: FIRST,
          ownerReferences: [{ kind: 'StatefulSet', name: 'todo', controller: true }],
        },
        spec: { containers: [{ image: `todo@${digest}` }] },
        status: { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: readyAt }] },
      });
      return { ...facts, workloads: [set], pods: [pod] };
    };
    const { seen } = continueHealth(undefined, digest, healthy(FIRST), withPod(FIRST));

    expect(continueHealth(seen, digest, healthy(LATER), withPod(FIRST)).rollout).toEqual(healthy(FIRST));
    expect(continueHealth(seen, digest, healthy(LATER), withPod(LATER)).rollout).toEqual(healthy(LATER));
  });
});
