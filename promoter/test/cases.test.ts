// Situations from public reports, each with its right value: test/cases/README.md.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseEvent } from '../src/accept/parse-delivery.ts';
import { setImage } from '../src/decide/edit-manifest.ts';
import { relate } from '../src/decide/order-releases.ts';
import { parsePromotionFile } from '../src/decide/promotion-config.ts';
import type { Release } from '../src/decide/release.ts';
import { judgeRollout } from '../src/observe/judge-rollout.ts';
import { Application } from '../src/observe/parse-application.ts';
import { Workload } from '../src/observe/parse-workload.ts';
import { CONFIG_URL, declare, environment, record } from './fixtures.ts';

/** What must happen, and the report that it comes from. */
const about = { because: z.string().min(1), source: z.string().min(1) };
const Case = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('config'),
    ...about,
    problems: z.array(z.strictObject({ at: z.string(), reason: z.string() })),
    pipelines: z.array(z.string()),
    freezesEverything: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('event'), ...about, event: z.string(), expect: z.record(z.string(), z.unknown()) }),
  z.strictObject({
    kind: z.literal('manifest'),
    ...about,
    image: z.string(),
    tag: z.string(),
    digest: z.string(),
    /** Why nothing is written; where it is missing, expected.yaml is what is written. */
    problem: z.strictObject({ line: z.number(), reason: z.string() }).optional(),
  }),
  z.strictObject({
    kind: z.literal('rollout'),
    ...about,
    digest: z.string(),
    commit: z.string(),
    recentCommits: z.array(z.string()),
    expect: z.string(),
    reason: z.string().optional(),
  }),
  z.strictObject({ kind: z.literal('order'), ...about, newer: z.string(), older: z.string(), expect: z.string() }),
]);
type Case = z.infer<typeof Case>;

const FOLDER = path.join(import.meta.dirname, 'cases');
const CONTEXT = { owner: 'acme', name: 'gitops-config', branch: 'main' };

const names = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const read = (name: string, file: string): string => readFileSync(path.join(FOLDER, name, file), 'utf8');
const release = (tag: string, digit: string): Release => ({
  image: 'ghcr.io/acme/todo',
  tag,
  digest: `sha256:${digit.repeat(64)}`,
  commit: undefined,
});

function edit(name: string, { image, tag, digest, problem }: Extract<Case, { kind: 'manifest' }>): void {
  const input = read(name, 'input.yaml');
  if (!problem) {
    expect(setImage(input, image, { tag, digest })).toBe(read(name, 'expected.yaml'));
    return;
  }
  const { line, reason } = problem;
  const message = expect.stringContaining(reason) as string;
  expect(() => setImage(input, image, { tag, digest })).toThrow(expect.objectContaining({ line, message }) as Error);
}

function judge(name: string, right: Extract<Case, { kind: 'rollout' }>) {
  const { digest, commit, recentCommits } = right;
  const brought = { ...release('v2', '1'), digest };
  const { declared, record: promoted } = environment(declare(), 'dev', brought, {
    record: record('dev', brought, { commit, committedAt: '2026-11-25T10:00:00Z' }),
  });
  const facts = {
    application: Application.parse(JSON.parse(read(name, 'application.json'))),
    workloads: z.array(Workload).parse(JSON.parse(read(name, 'workloads.json'))),
    unreadable: undefined,
    pods: [],
    hasAllPods: true,
    windows: '',
  };
  const question = { environment: declared, repository: CONFIG_URL, digest, record: promoted, recentCommits };
  return judgeRollout(question, facts, new Date('2026-11-25T10:05:00Z'));
}

function run(name: string, right: Case): void {
  if (right.kind === 'manifest') {
    edit(name, right);
    return;
  }
  if (right.kind === 'rollout') {
    const reason = right.reason === undefined ? {} : { reason: right.reason };
    expect(judge(name, right)).toMatchObject({ state: right.expect, ...reason });
    return;
  }
  if (right.kind === 'event') {
    const payload: unknown = JSON.parse(read(name, 'payload.json'));
    expect(parseEvent(right.event, payload, CONTEXT)).toMatchObject(right.expect);
    return;
  }
  const { pipelines, problems, freezes } = parsePromotionFile('promotion.yaml', read(name, 'promotion.yaml'));
  if (right.kind === 'order') {
    const [pipeline] = pipelines;
    expect(problems).toEqual([]);
    if (pipeline)
      // What the registry has now, and what it had.
      expect(
        relate({ ...release(right.newer, '1'), isConfirmed: true }, release(right.older, '2'), pipeline, undefined),
      ).toBe(right.expect);
    return;
  }
  expect(problems).toMatchObject(
    right.problems.map(({ at, reason }) => {
      const [line, column] = at.split(':').map(Number);
      return { line, column, reason: expect.stringContaining(reason) as string };
    }),
  );
  expect(pipelines.map((pipeline) => pipeline.name)).toEqual(right.pipelines);
  expect(freezes.some(({ environments }) => environments.includes('*'))).toBe(right.freezesEverything);
}

describe('reported by others', () => {
  it.each(names)('%s', (name) => {
    run(name, Case.parse(JSON.parse(read(name, 'case.json'))));
  });
});
