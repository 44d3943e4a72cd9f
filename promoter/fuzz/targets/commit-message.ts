import * as fc from 'fast-check';
import { formatTrailers, parseTrailers } from '../../src/decide/commit-trailers.ts';
import { mutateText } from '../mutate-text.ts';
import type { Target } from '../run-target.ts';

const digest = `sha256:${'ab'.repeat(32)}`;
const record = formatTrailers({
  pipeline: 'todo',
  environment: 'dev',
  release: { image: 'ghcr.io/acme/todo', tag: 'main-42-3f2a9c1', digest, commit: '3f2a9c1'.padEnd(40, '0') },
  source: { owner: 'acme', name: 'todo' },
  sourceDate: '2026-11-23T10:15:00Z',
  replaces: digest,
  rollsBack: { image: 'ghcr.io/acme/todo', tag: 'main-41-aaaaaaa', digest, commit: undefined },
  failedAt: '2026-11-23T10:15:00Z',
  pullRequest: 'https://github.com/acme/gitops-config/pull/7',
  approvedBy: ['rene', 'ria'],
  traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`,
});
const messages = [
  `promote(todo): dev to main-42-3f2a9c1\n\nPromoted because the image was published.\n\n${record}\n`,
  `promote: three\n\n${record}\n${record}\n${record}`,
  'docs: explain the record\n\nPromotion: todo/dev\n\nand more text\n',
  'Merge pull request #7 from acme/promote/todo/prod\n\n* one\n* two\n\nCo-authored-by: Dana <dana@example.com>\n',
];

export const commitMessage: Target<[string, string, string]> = {
  name: 'commit messages',
  share: 0.2,
  inputs: fc.tuple(mutateText(messages), fc.constant('c'.repeat(40)), fc.constant('2026-11-23T10:15:00Z')),
  run([message, commit, committedAt]) {
    for (const { pipeline, environment, release } of parseTrailers(message, commit, committedAt)) {
      if (!pipeline || !environment || !/^sha256:[0-9a-f]{64}$/.test(release.digest))
        throw new Error('a record without pipeline, environment or digest');
    }
  },
};
