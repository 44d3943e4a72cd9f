import { describe, expect, it } from 'vitest';
import { configRevision, contains, ELSEWHERE } from './config-revision.ts';

const COMMIT = 'c'.repeat(40);
const asked = { repository: 'https://github.com/acme/config', recentCommits: ['c3', 'c2', 'c1'] };
const config = { repoURL: 'https://github.com/acme/config.git' };
const chart = { repoURL: 'https://charts.example.com', chart: 'todo' };

describe('the commit of the config repository among the revisions of a sync', () => {
  it.each([
    ['the only revision of the only source', [config], { revision: COMMIT }, COMMIT],
    ['the only revision, where the sources are not known', [], { revision: COMMIT }, COMMIT],
    ['a known commit, wherever it stands', [], { revision: '', revisions: ['1.4.2', 'c2'] }, 'c2'],
    ['the one at the place of its source', [chart, config], { revision: '', revisions: ['1.4.2', COMMIT] }, COMMIT],
    ['not named yet', [config], { revision: '' }, undefined],
    ['not named yet, with several sources', [chart, config], { revision: null, revisions: [] }, undefined],
    ['not named where there is no result', [config], null, undefined],
    ['not among them: a chart alone', [chart], { revision: '1.4.2' }, ELSEWHERE],
    [
      'not among them: an OCI artifact',
      [{ repoURL: 'oci://ghcr.io/acme/manifests' }],
      { revision: 'sha256:ab' },
      ELSEWHERE,
    ],
    [
      'not among them: another repository',
      [{ repoURL: 'https://github.com/acme/app' }],
      { revision: COMMIT },
      ELSEWHERE,
    ],
    ['not a chart of the same path', [{ ...config, chart: 'todo' }], { revision: '1.4.2' }, ELSEWHERE],
  ])('is %s', (_case, sources, revisions, expected) => {
    expect(configRevision(asked, sources, revisions)).toBe(expected);
  });

  it.each([
    'https://github.com/acme/config',
    'https://github.com/Acme/Config.git',
    'https://token@github.com/acme/config/',
    'git@github.com:acme/config.git',
    'ssh://git@ssh.github.com:443/acme/config.git',
    'http://mirror.internal/acme/config',
  ])('is that of %s', (repoURL) => {
    expect(configRevision(asked, [chart, { repoURL }], { revisions: ['1.4.2', COMMIT] })).toBe(COMMIT);
  });
});

describe('a revision contains a commit', () => {
  it.each([
    ['that it is', 'c2', 'c2', true],
    ['that came before it', 'c3', 'c2', true],
    ['not one that came after it', 'c1', 'c2', false],
    ['not where no revision is named', undefined, 'c2', false],
    ['not where the revision is unknown, as after a force-push', 'x', 'c2', false],
    ['that is older than the recent history, for all that is known', 'x', 'c0', true],
    ['for all that is known, where no source has commits of that repository', ELSEWHERE, 'c2', true],
  ] as const)('%s', (_case, revision, commit, expected) => {
    expect(contains(asked.recentCommits, revision, commit)).toBe(expected);
  });
});
