import { describe, expect, it } from 'vitest';
import type { Lineage } from './lineage.ts';
import { commitOfTag, relate } from './order-releases.ts';
import type { Pipeline } from './pipeline.ts';
import { parsePromotionFile } from './promotion-config.ts';
import type { Release } from './release.ts';

function pipelineOf(tags: string, order?: string): Pipeline {
  const text = `pipelines:
  - name: todo
    image: ghcr.io/acme/todo
    ${order ? `order: ${order}` : 'source: acme/todo'}
    tags: '${tags}'
    environments: [{ name: dev, manifest: dev.yaml }]
`;
  const { pipelines, problems } = parsePromotionFile('promotion.yaml', text);
  expect(problems).toEqual([]);
  return pipelines[0] as Pipeline;
}
const release = (tag: string, digit: string): Release => ({
  image: 'ghcr.io/acme/todo',
  tag,
  digest: `sha256:${digit.repeat(64)}`,
  commit: undefined,
});

describe('what tags say', () => {
  it.each([
    ['number', '2.0', '1.10', 'newer'],
    ['number', '1.10', '1.9', 'newer'],
    ['number', '1.9', '2.0', 'older'],
    ['number', '1.0.1', '1.0', 'newer'],
    ['number', '1.0', '1.0.0', 'unrelated'],
    ['number', '90071992547409930002', '90071992547409930001', 'newer'],
    ['number', '1.90071992547409930002', '1.90071992547409930001', 'newer'],
    ['number', '007', '6', 'newer'],
    ['number', 'abc', '1', 'unknown'],
    ['timestamp', '2026-11-23T10-15-00', '20261122235959', 'newer'],
    ['semver', '1.2.3_build.5', '1.2.2_build.9', 'newer'],
    ['semver', 'v1.10.0', '1.9.9', 'newer'],
    ['semver', '1.0.0-rc.10', '1.0.0-rc.2', 'newer'],
    ['semver', '1.0', '0.9.0', 'unknown'],
  ])('by %s, %s is to %s: %s', (order, one, other, relation) => {
    const pipeline = pipelineOf(`^(?<${order}>.+)$`, order);
    expect(relate(release(one, '1'), release(other, '2'), pipeline, undefined)).toBe(relation);
  });
});

describe('the commit that a tag names', () => {
  const pipeline = pipelineOf('^(?<commit>.+)$');
  it.each([
    ['3f2a9c1', '3f2a9c1'],
    ['f'.repeat(40), 'f'.repeat(40)],
    ['f'.repeat(41), undefined],
    ['3f2a9', undefined],
    ['constructor', undefined],
    ['__proto__', undefined],
    ['main', undefined],
  ])('of %s is %s', (tag, commit) => {
    expect(commitOfTag(tag, pipeline)).toBe(commit);
  });

  it('is looked up among commits alone, whatever the tag is called', () => {
    const lineage: Lineage = { url: 'https://github.com/acme/todo', commits: {}, comparisons: {} };
    for (const tag of ['constructor', '__proto__', 'hasOwnProperty', 'toString'])
      expect(relate(release(tag, '1'), release('3f2a9c1', '2'), pipeline, lineage)).toBe('unknown');
  });
});
