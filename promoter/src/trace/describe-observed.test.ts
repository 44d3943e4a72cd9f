import { describe, expect, it } from 'vitest';
import { parsePromotionFile } from '../decide/pipeline.ts';
import type { EnvironmentSnapshot, PipelineSnapshot, PromotionRecord } from '../decide/promotion.ts';
import type { ConfigSnapshot } from '../ports.ts';
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

const record: PromotionRecord = {
  pipeline: 'todo',
  environment: 'prod',
  release: { image: 'ghcr.io/acme/todo', tag: 'main-1', digest: `sha256:${'d'.repeat(64)}`, commit },
  replaces: undefined,
  rollsBack: undefined,
  failedAt: undefined,
  sourceDate: undefined,
  pullRequest: undefined,
  approvedBy: [],
  commit: 'on the branch',
  committedAt: '',
};
/** Nothing runs in prod yet; a pull request is open for it. */
const environment: EnvironmentSnapshot = {
  environment: prod,
  manifest: '',
  image: { tag: '', digest: '' },
  record: undefined,
  previous: undefined,
  branch: undefined,
  pullRequest: {
    id: '',
    number: 7,
    url: 'https://github.com/acme/config/pull/7',
    title: 'promote(todo): prod to main-1',
    body: '',
    author: 'promoter',
    headOid: '',
    isConflicting: false,
    openedAt: new Date(NOW - 30 * SECOND).toISOString(),
    record,
    reviews: [],
    checks: [],
  },
  declined: [],
  rollout: { state: 'unknown', reason: 'nothing is released yet' },
};
const read: PipelineSnapshot = {
  pipeline,
  file: 'p.yaml',
  candidates: [],
  lineage: { url: 'https://github.com/acme/todo', commits: {}, comparisons: {} },
  environments: [environment],
};
const snapshot: ConfigSnapshot = {
  head: '',
  repositoryId: '',
  declared: [],
  url: 'https://github.com/acme/config',
  tree: '',
  recentCommits: [],
  recentRecords: [],
  pipelines: [read],
  freezes: [],
  problems: [],
};
const about = (startedMs: number) => ({
  snapshot,
  pipeline: read,
  environment,
  rollout: environment.rollout,
  facts: undefined,
  nowMs: NOW,
  exact: { publishedMs: () => undefined, landedMs: () => undefined },
  startedMs,
});

describe('a pull request that is open when a promoter starts', () => {
  it('is told where the one before may have died before it could, though nothing runs there yet', () => {
    expect(describeObserved(about(NOW))).toBeUndefined();
    expect(describeOpenRequest(about(NOW))?.map(({ service, name }) => `${service}: ${name}`)).toEqual([
      'promoter: open pull request',
      'gitops-config: pull request',
    ]);
  });

  it('is not told again by one that starts much later', () => {
    expect(describeOpenRequest(about(NOW + 600 * SECOND))).toBeUndefined();
  });
});
