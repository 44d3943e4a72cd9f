import { describe, expect, it } from 'vitest';
import { record } from '../../test/fixtures.ts';
import { parsePromotionFile } from '../decide/promotion-config.ts';
import type { EnvironmentSnapshot, PipelineSnapshot } from '../decide/promotion.ts';
import { describeObserved, describeOpenRequest } from './describe-observed.ts';

const NOW = Date.UTC(2026, 10, 23, 10);
const SECOND = 1_000;
const commit = 'c'.repeat(40);
const [pipeline] = parsePromotionFile(
  'p.yaml',
  'pipelines:\n  - name: todo\n    image: ghcr.io/acme/todo\n    source: acme/todo\n    tags: (?<number>\\d+)\n    environments: [{ name: dev, manifest: d.yaml }, { name: prod, after: [dev], manifest: p.yaml, promote: pull-request }]\n',
).pipelines;
const prod = pipeline?.environments[1];
if (!pipeline || !prod) throw new Error('the pipeline does not parse');

const release = { image: 'ghcr.io/acme/todo', tag: 'main-1', digest: `sha256:${'d'.repeat(64)}`, commit };
const proposed = record('prod', release, { commit: 'on the branch', committedAt: '' });
/** Nothing runs in prod yet; a pull request is open for it. */
const environment: EnvironmentSnapshot = {
  declared: prod,
  manifest: '',
  file: { path: 'dev.yaml', isExecutable: false },
  image: { tag: '', digest: '' },
  record: undefined,
  previous: undefined,
  branch: undefined,
  pullRequest: {
    id: 'PR_7',
    number: 7,
    url: 'https://github.com/acme/config/pull/7',
    title: 'promote(todo): prod to main-1',
    body: '',
    author: 'promoter',
    headOid: '',
    headAt: new Date(NOW - 30 * SECOND).toISOString(),
    isConflicting: false,
    isMergeableKnown: true,
    isBehind: false,
    queue: undefined,
    openedAt: new Date(NOW - 30 * SECOND).toISOString(),
    record: proposed,
    foreign: undefined,
    reviews: [],
    checks: [],
  },
  declined: [],
  rollout: { state: 'unknown', reason: 'nothing is released yet' },
};
const read: PipelineSnapshot = {
  declared: pipeline,
  candidates: [],
  lineage: { url: 'https://github.com/acme/todo', commits: {}, comparisons: {} },
  environments: [environment],
};
const about = (startedMs: number) => ({
  pipeline: read,
  environment,
  configUrl: 'https://github.com/acme/config',
  facts: undefined,
  nowMs: NOW,
  exact: { publishedMs: () => undefined, committedMs: () => undefined, proposedMs: () => undefined },
  startedMs,
});

describe('a pull request that is open when a promoter starts', () => {
  it('is recorded where the one before may have died before it could, though nothing runs there yet', () => {
    expect(describeObserved(about(NOW))).toBeUndefined();
    expect(describeOpenRequest(about(NOW))?.map(({ service, name }) => `${service}: ${name}`)).toEqual([
      'promoter: open pull request',
      'gitops-config: pull request',
    ]);
  });

  it('is not recorded again by one that starts much later', () => {
    expect(describeOpenRequest(about(NOW + 600 * SECOND))).toBeUndefined();
  });
});
