import { describe, expect, it } from 'vitest';
import { record } from '../../test/fixtures.ts';
import { candidateFor } from './candidate.ts';
import { parsePromotionFile } from './promotion-config.ts';
import type { EnvironmentSnapshot, PipelineSnapshot, PullRequest } from './promotion.ts';
import type { Release } from './release.ts';

const [declared] = parsePromotionFile(
  'p.yaml',
  `pipelines:
  - name: todo
    image: ghcr.io/acme/todo
    tags: ^main-(?<number>\\d+)$
    environments: [{ name: dev, manifest: dev.yaml, promote: pull-request }, { name: prod, after: [dev], manifest: prod.yaml }]
`,
).pipelines;
const release = (number: number): Release => ({
  image: 'ghcr.io/acme/todo',
  tag: `main-${number}`,
  digest: `sha256:${String(number).repeat(64)}`,
  commit: undefined,
});
const [one, two, three] = [release(1), release(2), release(3)];

function environment(index: 0 | 1, proposed: Release | undefined): EnvironmentSnapshot {
  const environments = declared?.environments ?? [];
  const found = environments[index];
  if (!found) throw new Error('the pipeline has two environments');
  const brought = proposed && record(found.name, proposed);
  const pullRequest: PullRequest = {
    id: 'PR_7',
    number: 7,
    url: '',
    title: '',
    body: '',
    author: 'promoter',
    headOid: '9'.repeat(40),
    headAt: '2026-11-23T10:00:00Z',
    isConflicting: false,
    isMergeableKnown: true,
    isBehind: false,
    queue: undefined,
    openedAt: '2026-11-23T10:00:00Z',
    record: brought,
    foreign: brought ? undefined : { kind: 'altered', reason: 'another tree' },
    reviews: [],
    checks: [],
  };
  return {
    declared: found,
    manifest: '',
    file: { path: 'dev.yaml', isExecutable: false },
    image: { tag: one.tag, digest: one.digest },
    record: undefined,
    previous: undefined,
    branch: undefined,
    pullRequest,
    declined: [],
    rollout: { state: 'unknown', reason: '' },
  };
}

function candidate(index: 0 | 1, proposed: Release | undefined, candidates: Release[] = []): Release | undefined {
  if (!declared) throw new Error('the pipeline does not parse');
  const target = environment(index, proposed);
  const snapshot: PipelineSnapshot = { declared, candidates, lineage: undefined, environments: [target] };
  return candidateFor(snapshot, target, []).release;
}

describe('the candidate of a first environment', () => {
  it('is what its own pull request proposes, when nothing else remembers that release', () => {
    expect(candidate(0, two)).toEqual(two);
  });

  it('is what was published, when that is newer', () => {
    expect(candidate(0, two, [three])).toEqual(three);
    expect(candidate(0, three, [two])).toEqual(three);
  });

  it('is never what a head says that the promoter did not write', () => {
    expect(candidate(0, undefined)).toBeUndefined();
  });

  it('is not what the pull request of a later environment proposes', () => {
    expect(candidate(1, two)).toBeUndefined();
  });
});
