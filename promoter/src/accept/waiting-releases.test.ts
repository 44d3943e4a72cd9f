import { describe, expect, it } from 'vitest';
import type { Declarations } from '../decide/judge-release.ts';
import { parsePromotionFile } from '../decide/promotion-config.ts';
import type { Release } from '../decide/release.ts';
import { createWaitingReleases } from './waiting-releases.ts';

const declarationsOf = (tags: string): Declarations => ({
  ...parsePromotionFile(
    'p.yaml',
    `pipelines: [{ name: todo, image: ghcr.io/acme/todo, source: acme/todo, tags: '${tags}', environments: [{ name: dev, manifest: dev.yaml }] }]`,
  ),
  isComplete: true,
});
const numbered = declarationsOf(String.raw`^main-(?<number>\d+)$`);
const broken: Declarations = { pipelines: [], isComplete: false };
let serial = 0;
const release = (tag: string, image = 'ghcr.io/acme/todo'): Release => {
  serial += 1;
  return { image, tag, digest: `sha256:${serial.toString(16).padStart(64, '0')}`, commit: undefined };
};

function start(initial: Declarations) {
  let declared = initial;
  const bounds: string[] = [];
  const waiting = createWaitingReleases({
    declared: () => declared,
    lineageOf: () => undefined,
    onBound: (bound) => void bounds.push(bound),
  });
  const tags = () => [...waiting.offer().values()].flat().map(({ tag }) => tag);
  return { waiting, bounds, tags, declare: (next: Declarations) => (declared = next) };
}

describe('releases that wait', () => {
  it('are the newest of a burst, also when the newest came first', () => {
    const { waiting, bounds, tags } = start(numbered);
    for (let number = 400; number > 0; number -= 1) expect(waiting.add(release(`main-${number}`))).toBe(true);

    expect(tags()).toHaveLength(20);
    expect(tags()).toContain('main-400');
    expect(tags()).toContain('main-381');
    expect(waiting.count()).toBe(20);
    expect(new Set(bounds)).toEqual(new Set(['releases_of_an_image']));
  });

  it('lose no place to tags that no pipeline may promote', () => {
    const { waiting, bounds, tags } = start(numbered);
    waiting.add(release('main-1'));
    for (let number = 0; number < 200; number += 1) waiting.add(release(`pr-${number}`));

    expect(tags()).toEqual(['main-1']);
    expect(bounds).toEqual([]);
  });

  it('are all kept where nothing orders them, up to a bound that refuses instead of dropping', () => {
    const { waiting, bounds } = start(declarationsOf('^[a-z0-9]+$'));
    const taken = Array.from({ length: 501 }, (_, index) => waiting.add(release(`tag${index}`)));

    expect(taken.filter(Boolean)).toHaveLength(500);
    expect(waiting.count()).toBe(500);
    expect(bounds).toEqual(['unordered_releases']);
  });

  it('have a place while promotion files are broken, whatever unknown images crowd in', () => {
    const { waiting, bounds, declare, tags } = start(broken);
    for (let index = 0; index < 5_000; index += 1)
      expect(waiting.add(release('main-1', `ghcr.io/acme/unclaimed${index}`))).toBe(true);
    expect(waiting.count()).toBe(1_000);
    expect(new Set(bounds)).toEqual(new Set(['unclaimed_releases']));
    waiting.add(release('main-7'));

    declare(numbered);

    expect(waiting.add(release('main-8'))).toBe(true);
    expect(tags()).toEqual(['main-8', 'main-7']);
    expect(waiting.count()).toBe(2);
  });

  it('wait on when their promotion file breaks, and are wanted again when it is repaired', () => {
    const { waiting, tags, declare } = start(numbered);
    for (let number = 1; number <= 25; number += 1) waiting.add(release(`main-${number}`));
    declare(broken);
    expect(tags()).toHaveLength(25);
    declare(numbered);

    expect(tags()).toHaveLength(20);
    expect(tags()).toContain('main-25');
  });

  it('are offered again until they are settled; what came meanwhile stays', () => {
    const { waiting, tags } = start(numbered);
    waiting.add(release('main-1'));
    waiting.add(release('main-2'));
    const offered = waiting.offer();
    waiting.add(release('main-3'));
    const second = [...offered.values()].flat().filter(({ tag }) => tag === 'main-2');

    waiting.settle(offered, second);

    expect(tags()).toEqual(['main-2', 'main-3']);
  });
});
