import * as fc from 'fast-check';
import { combine } from '../../src/decide/promotion-config.ts';
import { readPromotionFile } from '../../src/decide/promotion-file.ts';
import { mutateText } from '../mutate-text.ts';
import { nastyTexts } from '../nasty.ts';
import type { Target } from '../run-target.ts';

const pipelines = String.raw`# what is promoted
pipelines:
  - name: todo
    image: ghcr.io/acme/todo
    source: acme/todo
    tags: ^main-(?<number>\d+)-(?<commit>[0-9a-f]{7,40})$
    order: number
    mergeMethod: squash
    environments: &environments
      - name: dev
        manifest: apps/todo/overlays/dev/kustomization.yaml
        path: [web.image, 'jobs[0].image']
        application: todo-dev
        rollback: { within: 10m }
      - name: prod
        after: [dev]
        manifest: apps/todo/overlays/prod/kustomization.yaml
        promote: pull-request
        gates:
          soak: 1h
          approval: { team: release-managers, count: 1, excludeAuthors: true }
          checks: true
`;
const freezes = `freezes:
  - environments: [todo/prod, '*']
    reason: end-of-year sales
    until: 2027-01-04T08:00:00Z
`;
const evil = pipelines.replace(/tags: .*/, "tags: '^(?<number>(a+)+)$'");

export const promotionFile: Target<[string, string, string]> = {
  name: 'promotion files',
  share: 0.2,
  inputs: fc.tuple(
    mutateText([pipelines + freezes, pipelines, evil]),
    fc.oneof(fc.constant('freezes: []\n'), mutateText([freezes])),
    fc.oneof(fc.constantFrom(...nastyTexts), fc.string({ maxLength: 130 })),
  ),
  run([one, other, tag]) {
    const config = combine([readPromotionFile('a.yaml', one), readPromotionFile('freezes.yaml', other)]);
    for (const { reason, line, column } of config.problems) {
      if (reason === '') throw new Error('a problem without a reason');
      if ((line ?? 1) < 1 || (column ?? 1) < 1) throw new Error(`a problem at ${line}:${column}`);
    }
    if (
      config.problems.some(({ freezesAll }) => freezesAll) &&
      !config.freezes.some(({ environments }) => environments.includes('*'))
    )
      throw new Error('a freeze that is not understood freezes nothing');
    for (const { tags, environments } of config.pipelines) {
      tags.match(tag);
      for (const { manifest } of environments)
        if (/^\/|(^|\/)\.{0,2}(\/|$)/.test(manifest)) throw new Error(`the manifest ${manifest} has another name`);
    }
  },
};
