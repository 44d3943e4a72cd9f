import { describe, expect, it } from 'vitest';
import { newestTags } from './newest-tags.ts';
import type { Pipeline } from './pipeline.ts';
import { parsePromotionFile } from './promotion-config.ts';

function pipelineOf(tags: string): Pipeline {
  const [pipeline] = parsePromotionFile(
    'p.yaml',
    `pipelines: [{ name: todo, image: ghcr.io/acme/todo, source: acme/todo, tags: '${tags}', environments: [{ name: dev, manifest: dev.yaml }] }]`,
  ).pipelines;
  if (!pipeline) throw new Error('the pipeline does not parse');
  return pipeline;
}

describe('the newest tags of an image', () => {
  it('are by number, not by spelling, and of the pipeline alone', () => {
    const tags = ['latest', 'main-10', 'main-9', 'main-100', `sha256-${'a'.repeat(64)}.sig`, 'pr-1000'];

    expect(newestTags(tags, pipelineOf(String.raw`^main-(?<number>\d+)$`), 2)).toEqual(['main-100', 'main-10']);
  });

  it('are the last that the registry lists, where nothing orders them', () => {
    expect(newestTags(['b', 'a', 'd', 'c'], pipelineOf('^[a-d]$'), 2)).toEqual(['c', 'd']);
  });

  it('are no signatures, whatever the pattern says', () => {
    expect(newestTags([`sha256-${'a'.repeat(64)}`], pipelineOf('.*'), 2)).toEqual([]);
  });
});
