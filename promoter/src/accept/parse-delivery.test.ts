import { describe, expect, it } from 'vitest';
import { parseDelivery, parseEvent } from './parse-delivery.ts';

const context = { owner: 'acme', name: 'gitops-config', branch: 'main' };
const digest = `sha256:${'ab'.repeat(32)}`;
const sha = 'c'.repeat(40);

/** A real container event, trimmed (octokit/webhooks.js#646). */
function packageEvent(
  root: 'package' | 'registry_package',
  change: {
    tag?: string;
    version?: string;
    labels?: object;
    config?: string;
    type?: string;
    url?: string;
    action?: string;
  } = {},
): object {
  return {
    action: change.action ?? 'published',
    [root]: {
      name: 'svc',
      namespace: 'acme',
      package_type: change.type ?? 'CONTAINER',
      package_version: {
        version: change.version ?? digest,
        package_url: change.url ?? `ghcr.io/acme/svc:${change.tag ?? '1.1.0'}`,
        container_metadata: {
          tag: { name: change.tag ?? '1.1.0', digest },
          labels: change.labels ?? { revision: '', all_labels: { 'org.opencontainers.image.revision': sha } },
          manifest: { config: { media_type: change.config ?? 'application/vnd.docker.container.image.v1+json' } },
        },
      },
    },
    repository: { full_name: 'acme/svc' },
  };
}

describe('package events', () => {
  it.each(['package', 'registry_package'] as const)('%s announces a release', (root) => {
    expect(parseEvent(root, packageEvent(root), context)).toEqual({
      kind: 'released',
      release: { image: 'ghcr.io/acme/svc', tag: '1.1.0', digest, commit: sha },
      repository: { owner: 'acme', name: 'svc' },
    });
  });

  it('is a fact of its release too, however it was sent', () => {
    expect(parseDelivery('package', packageEvent('package'), context, 7).fact).toEqual({
      kind: 'published',
      image: 'ghcr.io/acme/svc',
      tag: '1.1.0',
      digest,
      receivedMs: 7,
    });
    expect(parseDelivery('package', packageEvent('package', { tag: '' }), context, 7).fact).toBeUndefined();
  });

  it('of an index carries no commit, which the tag may know', () => {
    const index = packageEvent('registry_package', {
      labels: { revision: '', all_labels: { 'github.internal.platforms': '[]' } },
      config: '',
    });
    expect(parseEvent('registry_package', index, context)).toMatchObject({ release: { commit: undefined } });
  });

  it.each([
    ['a child of an index', { tag: '', url: 'ghcr.io/acme/svc:' }, /no tag/],
    ['a signature', { tag: `sha256-${'ab'.repeat(32)}` }, /signature/],
    ['a cosign signature of old', { tag: `sha256-${'ab'.repeat(32)}.sig` }, /signature/],
    ['a Helm chart', { config: 'application/vnd.cncf.helm.config.v1+json' }, /artefact/],
    ['an npm package', { type: 'npm' }, /not a container/],
    ['a version without a digest', { version: '1.1.0' }, /no digest/],
    ['a deletion', { action: 'deleted' }, /publishes nothing/],
  ])('ignores %s', (_case, change, reason) => {
    const parsed = parseEvent('registry_package', packageEvent('registry_package', change), context);
    expect(parsed).toMatchObject({ kind: 'ignored', reason: expect.stringMatching(reason) as string });
  });

  it.each([
    null,
    [],
    'text',
    3,
    {},
    { action: 1 },
    { action: 'published', registry_package: { name: 'x', package_version: 7 } },
  ])('ignores %j without throwing', (payload) => {
    expect(parseEvent('registry_package', payload, context).kind).toBe('ignored');
  });
});

describe('events of the config repository', () => {
  const push = (change: object = {}) =>
    parseEvent(
      'push',
      {
        ref: 'refs/heads/main',
        repository: { full_name: 'Acme/GitOps-Config' },
        forced: false,
        commits: [{ added: ['a.yaml'], modified: ['b.yaml'] }, { modified: ['b.yaml'] }],
        ...change,
      },
      context,
    );
  it('a push says which paths changed, once each', () => {
    expect(push()).toEqual({ kind: 'config changed', paths: ['a.yaml', 'b.yaml'] });
  });
  it.each([
    ['a forced push', { forced: true }],
    ['as many commits as GitHub lists', { commits: Array.from({ length: 20 }, () => ({})) }],
    ['no commits', { commits: [] }],
    ['commits without lists of files', { commits: [{}, {}] }],
    ['commits with empty lists of files', { commits: [{ added: [], removed: [], modified: [] }] }],
  ])('anything may have changed by %s', (_case, change) => {
    expect(push(change)).toEqual({ kind: 'config changed', paths: undefined });
  });
  it('other branches and repositories decide nothing', () => {
    expect(push({ ref: 'refs/heads/feature' })).toMatchObject({ kind: 'ignored' });
    expect(push({ repository: { full_name: 'acme/todo' } })).toMatchObject({ kind: 'ignored' });
  });

  const pull = (ref: string, action = 'closed', repository = 'acme/gitops-config') =>
    parseEvent(
      'pull_request_review',
      { action, repository: { full_name: repository }, pull_request: { head: { ref }, base: { ref: 'main' } } },
      context,
    );
  it('a review or a change of a promotion pull request rings for its pipeline', () => {
    expect(pull('promote/todo/prod')).toEqual({ kind: 'pull request changed', pipeline: 'todo' });
  });
  it.each([
    ['feature/x', 'closed', 'acme/gitops-config'],
    ['promote/todo/prod', 'edited', 'acme/gitops-config'],
    ['promote/todo/prod', 'closed', 'acme/todo'],
  ])('nothing else does: %s %s %s', (...parts) => {
    expect(pull(...parts).kind).toBe('ignored');
  });

  const RENAMED = { full_name: 'platform/deployments', id: 7 };
  const pushAs = (repository: object, id?: number) =>
    parseEvent('push', { ref: 'refs/heads/main', repository, forced: true, commits: [] }, { ...context, id });
  it('it is known by its number under any name, once that was read', () => {
    expect(pushAs(RENAMED, 7)).toEqual({ kind: 'config changed', paths: undefined });
    expect(pushAs(RENAMED, 8).kind).toBe('ignored');
    expect(pushAs({ full_name: 'acme/todo' }).kind).toBe('ignored');
  });

  const suite = { head_branch: 'promote/todo/prod', pull_requests: [] };
  const check = (event: string, part: object, more: object = {}) =>
    parseEvent(
      event,
      { action: 'completed', repository: { full_name: 'acme/gitops-config' }, [event]: part, ...more },
      context,
    );
  it.each([
    ['a run that names its pull request', 'check_run', { pull_requests: [{ head: { ref: 'promote/todo/prod' } }] }],
    ['a run without pull requests, by the branch of its suite', 'check_run', { pull_requests: [], check_suite: suite }],
    ['a run that has no list of them', 'check_run', { check_suite: suite }],
    ['a suite without pull requests', 'check_suite', suite],
  ])('the end of a check rings for its pipeline: %s', (_case, event, part) => {
    expect(check(event, part)).toEqual({ kind: 'pull request changed', pipeline: 'todo' });
  });
  it.each([
    ['one of another branch', { check_suite: { head_branch: 'main' } }, {}],
    ['one of a commit without a branch', { check_suite: { head_branch: null } }, {}],
    ['one that begins', { check_suite: suite }, { action: 'created' }],
  ])('and %s does not', (_case, part, more) => {
    expect(check('check_run', part, more).kind).toBe('ignored');
  });

  const status = (branch: string, change: object = {}) =>
    parseEvent(
      'status',
      {
        state: 'success',
        context: 'atlantis/plan',
        branches: [{ name: 'main' }, { name: branch }],
        repository: { full_name: 'acme/gitops-config' },
        ...change,
      },
      context,
    );
  it.each(['success', 'failure', 'error'])('a commit status that ends with %s rings for its pipeline', (state) => {
    expect(status('promote/todo/prod', { state })).toEqual({ kind: 'pull request changed', pipeline: 'todo' });
  });
  it.each([
    ['a pending one', 'promote/todo/prod', { state: 'pending' }],
    ['one of another branch', 'feature/x', {}],
    ['one of another repository', 'promote/todo/prod', { repository: { full_name: 'acme/todo' } }],
    ['one without branches', 'promote/todo/prod', { branches: undefined }],
  ])('and %s does not', (_case, branch, change) => {
    expect(status(branch, change).kind).toBe('ignored');
  });
});
