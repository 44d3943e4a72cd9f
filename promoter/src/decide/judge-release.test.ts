import { describe, expect, it } from 'vitest';
import { judgeRelease } from './judge-release.ts';
import { parsePromotionFile } from './promotion-config.ts';

const { pipelines } = parsePromotionFile(
  'p.yaml',
  `pipelines:
  - { name: main, image: ghcr.io/acme/todo, tags: '^main-(?<number>\\d+)$', environments: [{ name: dev, manifest: dev.yaml }] }
  - { name: hotfix, image: ghcr.io/acme/todo, tags: '^hotfix-(?<number>\\d+)$', environments: [{ name: dev, manifest: other.yaml }] }
`,
);
const release = (tag: string, image = 'ghcr.io/acme/todo') => ({
  image,
  tag,
  digest: `sha256:${'a'.repeat(64)}`,
  commit: undefined,
});

describe('a release is', () => {
  it('wanted by the pipelines that may promote it', () => {
    const standing = judgeRelease(release('hotfix-3'), { pipelines, isComplete: true });

    expect(standing.kind === 'wanted' && standing.by.map(({ name }) => name)).toEqual(['hotfix']);
  });

  it('unwanted with every reason, where no pipeline of its image may promote it', () => {
    expect(judgeRelease(release('pr-7'), { pipelines, isComplete: true })).toEqual({
      kind: 'unwanted',
      reason: String.raw`pipeline main: its tag pr-7 does not match ^main-(?<number>\d+)$; pipeline hotfix: its tag pr-7 does not match ^hotfix-(?<number>\d+)$`,
      isOtherTag: true,
    });
  });

  it('unwanted where no pipeline has its image', () => {
    expect(judgeRelease(release('main-1', 'ghcr.io/acme/other'), { pipelines, isComplete: true })).toEqual({
      kind: 'unwanted',
      reason: 'no pipeline promotes ghcr.io/acme/other',
      isOtherTag: false,
    });
  });

  it('unclaimed as long as a pipeline may want it that is not known yet', () => {
    for (const one of [release('pr-7'), release('main-1', 'ghcr.io/acme/other')])
      expect(judgeRelease(one, { pipelines, isComplete: false })).toEqual({ kind: 'unclaimed' });
  });
});
