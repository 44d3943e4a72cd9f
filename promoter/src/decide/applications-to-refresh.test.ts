import { describe, expect, it } from 'vitest';
import { applicationsToRefresh } from './applications-to-refresh.ts';
import { parsePromotionFile } from './promotion-config.ts';
import type { Decision, EnvironmentSnapshot, PipelineSnapshot, Rollout } from './promotion.ts';

const [pipeline] = parsePromotionFile(
  'p.yaml',
  `pipelines:
  - name: todo
    image: ghcr.io/acme/todo
    tags: (?<number>\\d+)
    environments:
      - { name: dev, manifest: dev.yaml, application: todo-dev }
      - { name: staging, after: [dev], manifest: staging.yaml, application: todo-staging, promote: pull-request }
      - { name: prod, after: [staging], manifest: prod.yaml }
`,
).pipelines;
if (!pipeline) throw new Error('the pipeline does not parse');
const release = { image: 'ghcr.io/acme/todo', tag: 'main-1', digest: `sha256:${'a'.repeat(64)}`, commit: undefined };

function read(rollouts: Record<string, Rollout> = {}): { pipelines: PipelineSnapshot[] } {
  if (!pipeline) throw new Error('the pipeline does not parse');
  const environments = pipeline.environments.map((declared): EnvironmentSnapshot => ({
    declared,
    manifest: '',
    file: { path: 'dev.yaml', isExecutable: false },
    image: { tag: '', digest: '' },
    record: undefined,
    previous: undefined,
    branch: undefined,
    pullRequest: undefined,
    declined: [],
    rollout: rollouts[declared.name] ?? { state: 'unknown', reason: '' },
  }));
  return { pipelines: [{ declared: pipeline, candidates: [], lineage: undefined, environments }] };
}
const about = (environment: string) => ({ pipeline: 'todo', environment, reason: '', release, from: undefined });
const promote: Decision = { kind: 'promote', ...about('dev'), manifest: 'dev.yaml' };
const rollBack: Decision = { kind: 'roll back', ...about('dev'), from: release, manifest: 'dev.yaml', failedAt: '' };
const merge: Decision = {
  kind: 'merge',
  ...about('staging'),
  number: 7,
  headOid: '',
  approvedBy: [],
  by: 'squash',
  body: '',
};
const nothing = { committed: false, merged: new Set<number>() };

describe('Argo CD is asked to look', () => {
  it.each([promote, rollBack])('at what was committed: $kind', (decision) => {
    expect(applicationsToRefresh(read(), [decision], { ...nothing, committed: true })).toEqual(['todo-dev']);
    expect(applicationsToRefresh(read(), [decision], nothing)).toEqual([]);
  });

  it('at what was merged, and not at what GitHub refused to merge', () => {
    expect(applicationsToRefresh(read(), [merge], { ...nothing, merged: new Set([7]) })).toEqual(['todo-staging']);
    expect(applicationsToRefresh(read(), [merge], { ...nothing, merged: new Set([8]) })).toEqual([]);
  });

  it('at a commit that it has not seen, which a promoter that died did not ask about', () => {
    const awaitsSync: Rollout = { state: 'progressing', reason: '', awaitsSync: true };

    expect(applicationsToRefresh(read({ dev: awaitsSync }), [], nothing)).toEqual(['todo-dev']);
    expect(applicationsToRefresh(read({ dev: { state: 'progressing', reason: '' } }), [], nothing)).toEqual([]);
  });

  it('once, however many reasons there are, and never without an Application', () => {
    const awaitsSync: Rollout = { state: 'progressing', reason: '', awaitsSync: true };
    const toProd: Decision = { kind: 'promote', ...about('prod'), manifest: 'prod.yaml' };

    expect(
      applicationsToRefresh(read({ dev: awaitsSync }), [promote, toProd], { ...nothing, committed: true }),
    ).toEqual(['todo-dev']);
  });
});
