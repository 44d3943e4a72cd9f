import { describe, expect, it } from 'vitest';
import { declare, release } from '../../test/fixtures.ts';
import type { Ring } from './inbox.ts';
import type { PromotionEvent } from './parse-delivery.ts';
import { createEventTaker, ringFor, type Taken } from './take-event.ts';

const todo = declare();
const twin = declare({ name: 'twin', environments: [{ name: 'dev', manifest: 'twin.yaml' }] });
const other = declare({
  name: 'other',
  image: 'ghcr.io/acme/other',
  environments: [{ name: 'dev', manifest: 'dev.yaml' }],
});
const pipelines = [todo, twin, other];
const files = ['promotion.yaml', 'teams'];

const released = (image = 'ghcr.io/acme/todo', tag = release('b').tag): PromotionEvent => ({
  kind: 'released',
  release: release('b', { image, tag }),
  repository: undefined,
});
const changed = (...paths: string[]): PromotionEvent => ({ kind: 'config changed', paths });
const pullRequest = (pipeline: string): PromotionEvent => ({ kind: 'pull request changed', pipeline });
const ring = (scope: 'all' | string[], releases: Ring['releases'] = []): Ring => ({
  scope: scope === 'all' ? scope : new Set(scope),
  releases,
});

const declared = { pipelines, isComplete: true };

describe('an event rings', () => {
  it.each<[string, PromotionEvent, Ring]>([
    ['for every pipeline that promotes the image', released(), ring(['todo', 'twin'], [release('b')])],
    ['for the pipeline whose pull request changed', pullRequest('other'), ring(['other'])],
    ['for every pipeline whose manifest changed', changed('README.md', 'dev.yaml'), ring(['todo', 'other'])],
    ['for the one pipeline whose manifest changed', changed('prod.yaml'), ring(['todo'])],
    ['for all when a promotion file changed', changed('dev.yaml', 'promotion.yaml'), ring('all')],
    ['for all when something in a folder of promotion files changed', changed('teams/new/a.yaml'), ring('all')],
    ['for all when anything may have changed', { kind: 'config changed', paths: undefined }, ring('all')],
  ])('%s', (_case, event, expected) => {
    expect(ringFor(event, declared, files)).toEqual(expected);
  });

  it.each([
    ['the file that a link leads to', 'real/dev.yaml'],
    ['a link on the way to it', 'real'],
  ])('for the pipeline whose manifest is %s', (_what, path) => {
    const linked = [{ pipeline: 'twin', path: 'real/dev.yaml' }];
    expect(ringFor(changed(path), declared, files, linked)).toEqual(ring(['twin']));
  });

  it.each<[string, PromotionEvent, string]>([
    ['an image that no pipeline promotes', released('ghcr.io/acme/new'), 'no pipeline promotes ghcr.io/acme/new'],
    ['a pull request of a pipeline that is gone', pullRequest('gone'), 'no pipeline is called gone'],
    ['files that deploy nothing', changed('README.md'), 'the push touches no manifest and no promotion file'],
    ['no files', changed(), 'the push touches no manifest and no promotion file'],
    [
      'files that only begin with the name of one that counts',
      changed('promotion.yaml.bak', 'teams.md', 'prod.yaml/x'),
      'the push touches no manifest and no promotion file',
    ],
  ])('for nothing, with a reason: %s', (_case, event, reason) => {
    expect(ringFor(event, declared, files)).toBe(reason);
  });

  it('for no pipeline yet, but keeps the release, while no promotion file was read', () => {
    expect(ringFor(released('ghcr.io/acme/new'), { pipelines: [], isComplete: false }, files)).toEqual(
      ring([], [release('b', { image: 'ghcr.io/acme/new' })]),
    );
  });
});

describe('taking an event', () => {
  function take(
    event: PromotionEvent,
    isFull = false,
  ): { taken: Taken; rings: Ring[]; filesChanged: number; lookedFor: string[] } {
    const rings: Ring[] = [];
    let filesChanged = 0;
    const lookedFor: string[] = [];
    const taker = createEventTaker({
      inbox: { ring: (one) => !isFull && rings.push(one) > 0 },
      declared: () => declared,
      linked: () => [],
      promotionFiles: files,
      onOtherTag: (image) => void lookedFor.push(image),
      onPromotionFilesChanged: () => void (filesChanged += 1),
    });
    return { taken: taker(event), rings, filesChanged, lookedFor };
  }

  it.each<[string, string, PromotionEvent, string[]]>([
    [
      'looks',
      'of another tag of its build: GitHub names one of them',
      released(undefined, 'latest'),
      ['ghcr.io/acme/todo'],
    ],
    ['does not look', 'of a signature beside it', released(undefined, `sha256-${'a'.repeat(64)}.sig`), []],
    ['does not look', 'of an image that no pipeline promotes', released('ghcr.io/acme/new', 'latest'), []],
    ['does not look', 'of a release', released(), []],
  ])('%s for the releases of an image at the event %s (build-push-action#877)', (_what, _case, event, images) => {
    expect(take(event).lookedFor).toEqual(images);
  });

  it.each<[string, PromotionEvent, boolean, Taken, number, number]>([
    ['queues what rings', released(), false, { kind: 'queued' }, 1, 0],
    ['says that the inbox is full', released(), true, { kind: 'full' }, 0, 0],
    [
      'ignores what rings for nothing',
      pullRequest('gone'),
      false,
      { kind: 'ignored', reason: 'no pipeline is called gone' },
      0,
      0,
    ],
    [
      'looks for releases of what a promotion file may declare',
      changed('promotion.yaml'),
      false,
      { kind: 'queued' },
      1,
      1,
    ],
    ['looks for them also when the inbox is full', changed('promotion.yaml'), true, { kind: 'full' }, 0, 1],
    ['looks for none when manifests changed', changed('dev.yaml'), false, { kind: 'queued' }, 1, 0],
  ])('%s', (_case, event, isFull, taken, rings, filesChanged) => {
    const found = take(event, isFull);

    expect([found.taken, found.rings.length, found.filesChanged]).toEqual([taken, rings, filesChanged]);
  });
});
