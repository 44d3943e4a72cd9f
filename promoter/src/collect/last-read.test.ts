import { describe, expect, it } from 'vitest';
import { CONFIG_URL, declare, environment, observed, record, release, MERGING } from '../../test/fixtures.ts';
import type { Pipeline } from '../decide/pipeline.ts';
import type { Rollout } from '../decide/promotion.ts';
import type { ConfigSnapshot, ObservedPipeline, PromotionFiles, RolloutAnswer } from '../ports.ts';
import type { RolloutFacts } from '../trace/facts.ts';
import { createLastRead } from './last-read.ts';

const A = release('a');
const [todo, other] = [declare(), declare({ name: 'other' })];
const files = (...pipelines: Pipeline[]): PromotionFiles => ({ pipelines, freezes: [], problems: [], texts: '' });
const snapshot = (head: string, ...pipelines: ObservedPipeline[]): ConfigSnapshot => ({
  head,
  url: CONFIG_URL,
  repositoryId: '',
  tree: '',
  recentCommits: [head],
  recentRecords: [record('dev', A)],
  pipelines,
  merging: MERGING,
  freezes: [],
  problems: [],
});
const facts: RolloutFacts = { sync: undefined, deployment: undefined, pods: [] };
const healthy = (since: string): Rollout => ({ state: 'healthy', digest: A.digest, since });
const answer = (rollout: Rollout, found: RolloutFacts | undefined = facts): RolloutAnswer => ({
  rollout,
  facts: found,
});

describe('what was read last', () => {
  it('is nothing before the first read', () => {
    const lastRead = createLastRead();

    expect([lastRead.config(), lastRead.files()]).toEqual([undefined, undefined]);
    expect([lastRead.declared(), lastRead.pipelines()]).toEqual([[], []]);
  });

  it('is every pipeline as it stood when it was read last, each with the history of that read', () => {
    const lastRead = createLastRead();
    lastRead.keepFiles(files(todo, other));
    lastRead.keepSnapshot(snapshot('one', observed(todo, []), observed(other, [])));
    lastRead.keepSnapshot(snapshot('two', observed(todo, [environment(todo, 'dev')])));

    expect(lastRead.config()).toEqual({ url: CONFIG_URL, head: 'two' });
    expect(lastRead.declared()).toEqual([todo, other]);
    expect(
      lastRead
        .pipelines()
        .map(({ pipeline, history }) => [pipeline.declared.name, pipeline.environments.length, history]),
    ).toEqual([
      ['todo', 1, { url: CONFIG_URL, recentCommits: ['two'], recentRecords: [record('dev', A)] }],
      ['other', 0, { url: CONFIG_URL, recentCommits: ['one'], recentRecords: [record('dev', A)] }],
    ]);
  });

  it('forgets a pipeline once the promotion files no longer declare it', () => {
    const lastRead = createLastRead();
    lastRead.keepFiles(files(todo, other));
    lastRead.keepSnapshot(snapshot('one', observed(todo, []), observed(other, [])));
    lastRead.keepFiles(files(other));

    expect(lastRead.pipelines().map(({ pipeline }) => pipeline.declared.name)).toEqual(['other']);
    expect(lastRead.files()).toEqual(files(other));
    expect(lastRead.keepRollout('todo', 'dev', answer(healthy('10:00')))).toBe(false);
  });
});

describe('how an environment stands now', () => {
  function readWith(rollout: Rollout) {
    const lastRead = createLastRead();
    const environments = [environment(todo, 'dev', A, { rollout }), environment(todo, 'prod', A)];
    lastRead.keepFiles(files(todo));
    lastRead.keepSnapshot(snapshot('one', observed(todo, environments)));
    return lastRead;
  }

  it('is kept beside all else that was read', () => {
    const lastRead = readWith({ state: 'progressing', reason: 'syncing' });
    const [before] = lastRead.pipelines();
    lastRead.keepRollout('todo', 'dev', answer(healthy('10:00')));
    const [after] = lastRead.pipelines();

    expect(after?.pipeline.environments[0]).toEqual({ ...before?.pipeline.environments[0], rollout: healthy('10:00') });
    expect(after?.pipeline.environments[1]).toBe(before?.pipeline.environments[1]);
    expect([...(after?.pipeline.facts ?? [])]).toEqual([['dev', facts]]);
    // What was handed out stays as it was.
    expect(before?.pipeline.environments[0]?.rollout.state).toBe('progressing');
    expect(before?.pipeline.facts.size).toBe(0);
  });

  it('loses its facts when the cluster says nothing more', () => {
    const lastRead = readWith(healthy('10:00'));
    lastRead.keepRollout('todo', 'dev', answer(healthy('10:00')));
    lastRead.keepRollout('todo', 'dev', { rollout: { state: 'unknown', reason: 'gone' }, facts: undefined });

    expect(lastRead.pipelines()[0]?.pipeline.facts.size).toBe(0);
  });

  it.each<[boolean, string, Rollout, Rollout]>([
    [true, 'another state', { state: 'progressing', reason: 'syncing' }, healthy('10:00')],
    [true, 'the same state since another time', healthy('10:00'), healthy('11:00')],
    [false, 'the same state since the same time', healthy('10:00'), healthy('10:00')],
    [
      false,
      'the same state for another reason',
      { state: 'progressing', reason: 'syncing' },
      { state: 'progressing', reason: 'rolling out' },
    ],
  ])('has changed (%s) where it is %s', (isChanged, _case, before, now) => {
    const lastRead = readWith(before);

    expect(lastRead.keepRollout('todo', 'dev', answer(now))).toBe(isChanged);
    expect(lastRead.pipelines()[0]?.pipeline.environments[0]?.rollout).toEqual(now);
  });

  it('is not kept for an environment that was not read', () => {
    const lastRead = readWith(healthy('10:00'));

    expect(lastRead.keepRollout('todo', 'eu', answer(healthy('11:00')))).toBe(false);
    expect(lastRead.keepRollout('other', 'dev', answer(healthy('11:00')))).toBe(false);
    expect(lastRead.pipelines()[0]?.pipeline.facts.size).toBe(0);
  });
});
