import { describe, expect, it } from 'vitest';
import {
  declare,
  digestOf,
  environment,
  lineageOf,
  observed,
  pullRequest,
  release,
  sha,
  sourceCommit,
} from '../../test/fixtures.ts';
import type { EnvironmentSnapshot, Merge, Promote, Propose, RollBack } from '../decide/promotion.ts';
import { TerminalError } from '../errors.ts';
import { directMessage, editedFiles, environmentOf, mergeMessage, proposalMessage } from './promotion-commit.ts';

const [A, B] = [release('a'), release('b')];
const todo = declare();
const other = declare({
  name: 'other',
  image: 'ghcr.io/acme/other',
  source: undefined,
  tags: '^v(?<number>[0-9]+)$',
  environments: [{ name: 'dev', manifest: 'dev.yaml' }],
});
const V2 = release('c', { image: 'ghcr.io/acme/other', tag: 'v2', commit: undefined });
const lineage = lineageOf(sourceCommit('a'), sourceCommit('b', 'a'));
const read = (prod: Partial<EnvironmentSnapshot> = {}, dev: Partial<EnvironmentSnapshot> = {}) => ({
  pipelines: [
    observed(todo, [environment(todo, 'dev', A, dev), environment(todo, 'prod', A, prod)], { lineage }),
    observed(other, [environment(other, 'dev', undefined, dev)]),
  ],
});

const promote: Promote = {
  kind: 'promote',
  pipeline: 'todo',
  environment: 'dev',
  reason: 'the image was published',
  release: B,
  from: A,
  manifest: 'dev.yaml',
};
const promoteOther: Promote = { ...promote, pipeline: 'other', release: V2, from: undefined };
const rollBack: RollBack = {
  ...promote,
  kind: 'roll back',
  reason: `${B.tag} turned Degraded: crash loop`,
  release: A,
  from: B,
  failedAt: '2026-11-23T10:05:00Z',
};
const propose: Propose = {
  ...promote,
  kind: 'propose',
  environment: 'prod',
  reason: 'dev proved it',
  manifest: 'prod.yaml',
  gates: [],
  title: 'promote(todo): prod to main-11-bbbbbbb',
  body: 'what people read',
};

// The ids are sha256 of `delivery-trace/v1\n<repository url>\n<commit>`, cut to 32 digits, and of
// `<trace id>\npromote\n<environment>\n<digest>`, cut to 16.
describe('the message of a commit', () => {
  it('of one promotion', () => {
    expect(directMessage([promote], read())).toEqual({
      headline: 'promote(todo): dev to main-11-bbbbbbb',
      body: `Promoted because the image was published.

Promotion: todo/dev
Image: ghcr.io/acme/todo:main-11-bbbbbbb@${digestOf('b')}
Source: acme/todo@${sha('b')}
Source-Date: 2026-11-23T09:00:00Z
Replaces: ${digestOf('a')}
Traceparent: 00-568c71ca400d87e20a102f9683e06ef7-0446114e9503278f-01
Argocd-reference-commit-sha: ${sha('b')}`,
    });
  });

  it('of the first promotion of an image of which no commit is known', () => {
    expect(directMessage([promoteOther], read())).toEqual({
      headline: 'promote(other): dev to v2',
      body: `Promoted because the image was published.

Promotion: other/dev
Image: ghcr.io/acme/other:v2@${digestOf('c')}`,
    });
  });

  it('of several images, one group of trailers each', () => {
    expect(directMessage([promote, promoteOther], read())).toEqual({
      headline: 'promote: 2 images to dev',
      body: `- todo/dev to main-11-bbbbbbb: the image was published
- other/dev to v2: the image was published

Promotion: todo/dev
Image: ghcr.io/acme/todo:main-11-bbbbbbb@${digestOf('b')}
Source: acme/todo@${sha('b')}
Source-Date: 2026-11-23T09:00:00Z
Replaces: ${digestOf('a')}
Traceparent: 00-568c71ca400d87e20a102f9683e06ef7-0446114e9503278f-01
Promotion: other/dev
Image: ghcr.io/acme/other:v2@${digestOf('c')}`,
    });
  });

  it('of several environments names each once', () => {
    const toProd = { ...promote, environment: 'prod', manifest: 'prod.yaml' };

    expect(directMessage([toProd, promote, promoteOther], read()).headline).toBe('promote: 3 images to prod, dev');
  });

  it('of a rollback', () => {
    expect(directMessage([rollBack], read())).toEqual({
      headline: 'rollback(todo): dev to main-10-aaaaaaa',
      body: `Rolled back because main-11-bbbbbbb turned Degraded: crash loop.

Promotion: todo/dev
Image: ghcr.io/acme/todo:main-10-aaaaaaa@${digestOf('a')}
Source: acme/todo@${sha('a')}
Source-Date: 2026-11-23T09:00:00Z
Replaces: ${digestOf('b')}
Rolls-back: ghcr.io/acme/todo:main-11-bbbbbbb@${digestOf('b')}
Failed-at: 2026-11-23T10:05:00Z
Traceparent: 00-53befa67355b6f7626549fc13febb507-991a0b5e319634d9-01
Argocd-reference-commit-sha: ${sha('a')}`,
    });
  });

  it('of a proposal, whose text people read elsewhere', () => {
    expect(proposalMessage(propose, read())).toEqual({
      headline: 'promote(todo): prod to main-11-bbbbbbb',
      body: `dev proved it.

Promotion: todo/prod
Image: ghcr.io/acme/todo:main-11-bbbbbbb@${digestOf('b')}
Source: acme/todo@${sha('b')}
Source-Date: 2026-11-23T09:00:00Z
Replaces: ${digestOf('a')}
Traceparent: 00-568c71ca400d87e20a102f9683e06ef7-0ddd832a1bfbd681-01`,
    });
  });

  it('of a merge, with its pull request and who approved it', () => {
    const merge: Merge = {
      kind: 'merge',
      pipeline: 'todo',
      environment: 'prod',
      reason: 'approved by rene and ria',
      release: B,
      from: A,
      number: 7,
      headOid: sha('9'),
      approvedBy: ['rene', 'ria'],
      by: 'squash',
      body: '',
    };

    expect(mergeMessage(merge, read({ pullRequest: pullRequest() }))).toEqual({
      headline: 'promote(todo): prod to main-11-bbbbbbb',
      body: `Promoted because approved by rene and ria.

Promotion: todo/prod
Image: ghcr.io/acme/todo:main-11-bbbbbbb@${digestOf('b')}
Source: acme/todo@${sha('b')}
Source-Date: 2026-11-23T09:00:00Z
Replaces: ${digestOf('a')}
Pull-request: https://github.com/acme/config/pull/7
Approved-by: rene
Approved-by: ria
Traceparent: 00-568c71ca400d87e20a102f9683e06ef7-0ddd832a1bfbd681-01`,
    });
  });
});

describe('the files of a commit', () => {
  const manifest = `images:
  # one file for both
  - name: ghcr.io/acme/todo
    newTag: ${A.tag}
    digest: ${A.digest}
  - name: ghcr.io/acme/other
    newTag: unreleased
    digest: ""
`;
  const edited = manifest
    .replace(A.tag, B.tag)
    .replace(A.digest, B.digest)
    .replace('unreleased', 'v2')
    .replace('""', `"${V2.digest}"`);

  it('hold every edit of the same file, each built on the one before', () => {
    expect(editedFiles([promote, promoteOther], read({}, { manifest }))).toEqual([
      { path: 'dev.yaml', isExecutable: false, text: edited },
    ]);
  });

  it('are what a link leads to, in its mode', () => {
    const file = { path: 'apps/dev.yaml', isExecutable: true };
    const files = editedFiles([promote], read({}, { manifest, file }));

    expect(files).toMatchObject([{ path: 'apps/dev.yaml', isExecutable: true }]);
  });

  it('are none where an edit would reach more than the image', () => {
    const shared = manifest.replace('newTag: ', 'newTag: &t ').concat('x: *t\n');

    expect(() => editedFiles([promote], read({}, { manifest: shared }))).toThrow(TerminalError);
  });

  it('are one for each manifest that changes', () => {
    const files = editedFiles([promote, propose], read({ manifest }, { manifest }));

    expect(files.map(({ path }) => path)).toEqual(['dev.yaml', 'prod.yaml']);
    expect(new Set(files.map(({ text }) => text)).size).toBe(1);
  });

  it.each([
    ['no such file', promote, 'there is no file dev.yaml to edit'],
    [
      'no such environment in the snapshot',
      { ...promote, environment: 'eu' },
      'the snapshot has no environment todo/eu',
    ],
    ['no such pipeline in the snapshot', { ...promote, pipeline: 'gone' }, 'the snapshot has no pipeline gone'],
  ])('are refused for good where there is %s', (_case, change, message) => {
    expect(() => editedFiles([change], read({}, { manifest: undefined }))).toThrow(new TerminalError(message));
  });

  it('belong to an environment that is found by its pipeline and its name', () => {
    expect(environmentOf(read(), { pipeline: 'other', environment: 'dev' }).declared).toBe(other.environments[0]);
  });
});
