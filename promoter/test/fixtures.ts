// What many tests begin with, as literals: the pipeline `todo`, its releases, and what was read of its environments.
import type { SpanRecord } from '@delivery/telemetry/release';
import type { Lineage, SourceCommit } from '../src/decide/lineage.ts';
import type { Pipeline } from '../src/decide/pipeline.ts';
import { parsePromotionFile } from '../src/decide/promotion-config.ts';
import type { EnvironmentSnapshot, Merging, PromotionRecord, PullRequest } from '../src/decide/promotion.ts';
import type { Release } from '../src/decide/release.ts';
import type { KnownPipeline, ObservedPipeline } from '../src/ports.ts';

export const CONFIG_URL = 'https://github.com/acme/config';
export const SOURCE_URL = 'https://github.com/acme/todo';

export const sha = (letter: string): string => letter.repeat(40);
export const digestOf = (letter: string): string => `sha256:${letter.repeat(64)}`;

/** A release is known by one hex digit: of its commit, of its digest, and in its tag. */
export const release = (letter: string, more: Partial<Release> = {}): Release => ({
  image: 'ghcr.io/acme/todo',
  tag: `main-${Number.parseInt(letter, 16)}-${letter.repeat(7)}`,
  digest: digestOf(letter),
  commit: sha(letter),
  ...more,
});

const TODO = {
  name: 'todo',
  image: 'ghcr.io/acme/todo',
  source: 'acme/todo',
  tags: String.raw`^main-(?<number>\d+)-(?<commit>[0-9a-f]{7})$`,
  environments: [
    { name: 'dev', manifest: 'dev.yaml', application: 'todo-dev' },
    { name: 'prod', after: ['dev'], manifest: 'prod.yaml', application: 'todo-prod', promote: 'pull-request' },
  ],
};

/** @param more fields as in promotion.yaml, in place of the usual ones; undefined takes one away. */
export function declare(more: Record<string, unknown> = {}): Pipeline {
  const { pipelines, problems } = parsePromotionFile('p.yaml', JSON.stringify({ pipelines: [{ ...TODO, ...more }] }));
  const [pipeline] = pipelines;
  if (!pipeline) throw new Error(problems.map(({ reason }) => reason).join('; '));
  return pipeline;
}

export const record = (name: string, brought: Release, more: Partial<PromotionRecord> = {}): PromotionRecord => ({
  pipeline: 'todo',
  environment: name,
  release: brought,
  replaces: undefined,
  rollsBack: undefined,
  failedAt: undefined,
  sourceDate: undefined,
  pullRequest: undefined,
  approvedBy: [],
  commit: sha('e'),
  committedAt: '2026-11-23T10:00:00Z',
  ...more,
});

/** One that runs a release healthily since eleven o'clock, put there by the promoter at ten; or nothing. */
export function environment(
  pipeline: Pipeline,
  name: string,
  runs?: Release,
  more: Partial<EnvironmentSnapshot> = {},
): EnvironmentSnapshot {
  const declared = pipeline.environments.find((one) => one.name === name);
  if (!declared) throw new Error(`the pipeline has no environment ${name}`);
  return {
    declared,
    manifest: '',
    file: { path: declared.manifest, isExecutable: false },
    image: { tag: runs?.tag ?? '', digest: runs?.digest ?? '' },
    record: runs && record(name, runs),
    previous: undefined,
    branch: undefined,
    pullRequest: undefined,
    declined: [],
    rollout: runs
      ? { state: 'healthy', digest: runs.digest, since: '2026-11-23T11:00:00Z' }
      : { state: 'unknown', reason: 'nothing is released yet' },
    ...more,
  };
}

export const pullRequest = (more: Partial<PullRequest> = {}): PullRequest => ({
  id: 'PR_7',
  number: 7,
  url: `${CONFIG_URL}/pull/7`,
  title: '',
  body: '',
  author: 'promoter',
  headOid: sha('9'),
  headAt: '2026-11-23T10:30:00Z',
  isConflicting: false,
  isMergeableKnown: true,
  isBehind: false,
  queue: undefined,
  openedAt: '2026-11-23T10:30:00Z',
  record: undefined,
  foreign: undefined,
  reviews: [],
  checks: [],
  ...more,
});

/** What GitHub says of a repository as it makes it. */
export const MERGE_SETTINGS = {
  mergeCommitAllowed: true,
  rebaseMergeAllowed: true,
  squashMergeAllowed: true,
  mergeQueue: null,
};
/** The same, as it is decided by. */
export const MERGING: Merging = { methods: ['squash', 'merge', 'rebase'], hasQueue: false };

/** @param before letters of its ancestors, newest first. */
export const sourceCommit = (letter: string, ...before: string[]): SourceCommit => ({
  sha: sha(letter),
  committedAt: '2026-11-23T09:00:00Z',
  headline: `commit ${letter}`,
  author: `author-${letter}`,
  releaseUrl: undefined,
  history: [letter, ...before].map((one) => ({
    sha: sha(one),
    committedAt: '2026-11-23T09:00:00Z',
    headline: `commit ${one}`,
    author: `author-${one}`,
  })),
  deployments: [],
});

export const lineageOf = (...commits: SourceCommit[]): Lineage => ({
  url: SOURCE_URL,
  commits: Object.fromEntries(commits.map((commit) => [commit.sha, commit])),
  comparisons: {},
  ranges: Object.fromEntries(commits.flatMap(rangesOf)),
});

/** What a commit ships over each of its ancestors, where history is a line. */
export const rangesOf = ({ sha: head, history }: SourceCommit) =>
  history.map((base, index) => [`${base.sha}...${head}`, history.slice(0, index)] as const);

export const observed = (
  declared: Pipeline,
  environments: readonly EnvironmentSnapshot[],
  more: Partial<ObservedPipeline> = {},
): ObservedPipeline => ({
  declared,
  candidates: [],
  lineage: undefined,
  environments,
  facts: new Map(),
  ...more,
});

export const known = (pipeline: ObservedPipeline, more: Partial<KnownPipeline['history']> = {}): KnownPipeline => ({
  pipeline,
  history: { url: CONFIG_URL, recentCommits: [], recentRecords: [], ...more },
});

export const TRACE_ID = 'a'.repeat(32);

/** A span of a second; its id is its role. */
export const span = (role: SpanRecord['role'], more: Partial<SpanRecord> = {}): SpanRecord => ({
  traceId: TRACE_ID,
  spanId: role,
  role,
  parentSpanId: undefined,
  service: 'promoter',
  name: role,
  kind: 'INTERNAL',
  startMs: 0,
  endMs: 1_000,
  attributes: {},
  links: [],
  error: undefined,
  ...more,
});

/** The characters of a page that make it HTML: text that is escaped adds none, whatever it says. */
export const markupOf = (html: string): string => html.replaceAll(/[^<>"]/g, '');

/** What a page shows where a value is missing and the page does not handle it. */
export const FORGOTTEN = /undefined|null|NaN|Infinity|\[object/;

/** The promoter on GitHub, and what GitHub says of a commit that it made. */
export const SELF = { kind: 'app', login: 'promoter', host: 'github.com' } as const;
export const madeBySelf = {
  author: { name: 'promoter[bot]', email: '4242+promoter[bot]@users.noreply.github.com', user: null },
  signature: { isValid: true, wasSignedByGitHub: true },
};
export const madeBy = (login: string) => ({
  author: { name: login, email: `${login}@example.org`, user: { login } },
  signature: null,
});
