// Calls every REST operation that the project uses, and validates each response against GitHub's description.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { personalToken } from '../../src/github/callers.ts';
import { type GitHubServer, startGitHubServer } from './github-server.ts';
import { judgeResponse, operations } from './openapi.ts';

const CONFIG = '/repos/acme/gitops-config';
const SOURCE = '/repos/acme/todo';

const Deliveries = z.array(z.object({ id: z.number(), guid: z.string(), redelivery: z.boolean() }));

describe('the REST API of the GitHub stand-in', () => {
  let server: GitHubServer;
  let installation: string;
  let jwt: string;
  const answered = new Set<string>();
  const complaints: string[] = [];

  beforeAll(async () => {
    server = await startGitHubServer();
    jwt = await server.appToken();
    const minted = await call('POST', '/app/installations/7/access_tokens', jwt, {
      repositories: ['gitops-config', 'todo'],
    });
    installation = String(minted.body['token']);
  });
  afterAll(() => server.close());

  interface Answer {
    status: number;
    headers: Headers;
    body: Record<string, unknown>;
  }

  async function call(
    method: string,
    route: string,
    token: string | undefined,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(`${server.url}/api/v3${route}`, {
      method,
      headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const parsed = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
    if (response.status !== 401 && response.status !== 304) {
      const pathname = new URL(route, server.url).pathname;
      const verdict = judgeResponse(
        method,
        decodeURIComponent(pathname),
        response.status,
        text === '' ? undefined : parsed,
      );
      answered.add(verdict.operation);
      complaints.push(...verdict.problems.map((problem) => `${verdict.operation} ${response.status}: ${problem}`));
    }
    return { status: response.status, headers: response.headers, body: parsed };
  }
  const bot = (method: string, route: string, body?: unknown) => call(method, route, installation, body);
  const as = (login: string, method: string, route: string, body?: unknown) =>
    call(method, route, personalToken(login), body);
  const headOf = async (route: string): Promise<string> =>
    ((await bot('GET', `${route}/git/ref/heads/main`)).body['object'] as { sha: string }).sha;

  it('reads and writes Git data', async () => {
    const head = await headOf(CONFIG);
    const commit = await bot('GET', `${CONFIG}/git/commits/${head}`);
    const tree = (commit.body['tree'] as { sha: string }).sha;
    const blob = await bot('POST', `${CONFIG}/git/blobs`, { content: 'hello', encoding: 'utf-8' });
    const written = await bot('POST', `${CONFIG}/git/trees`, {
      base_tree: tree,
      tree: [{ path: 'notes/a.md', mode: '100644', type: 'blob', sha: blob.body['sha'] }],
    });
    const made = await bot('POST', `${CONFIG}/git/commits`, {
      message: 'docs: a',
      tree: written.body['sha'],
      parents: [head],
    });

    expect((await bot('GET', `${CONFIG}/git/blobs/${String(blob.body['sha'])}`)).body['content']).toBe('aGVsbG8=');
    expect((await bot('GET', `${CONFIG}/git/trees/${String(written.body['sha'])}?recursive=1`)).status).toBe(200);
    expect((await bot('POST', `${CONFIG}/git/refs`, { ref: 'refs/heads/a', sha: made.body['sha'] })).status).toBe(201);
    const again = await bot('POST', `${CONFIG}/git/refs`, { ref: 'refs/heads/a', sha: made.body['sha'] });
    expect([again.status, again.body['message']]).toEqual([422, 'Reference already exists']);
    expect((await bot('GET', `${CONFIG}/git/matching-refs/heads/a`)).status).toBe(200);
    const backwards = await bot('PATCH', `${CONFIG}/git/refs/heads/a`, { sha: head });
    expect([backwards.status, backwards.body['message']]).toEqual([422, 'Update is not a fast forward']);
    expect((await bot('PATCH', `${CONFIG}/git/refs/heads/a`, { sha: head, force: true })).status).toBe(200);
    expect((await bot('DELETE', `${CONFIG}/git/refs/heads/a`)).status).toBe(204);
    expect((await bot('GET', `${CONFIG}/git/ref/heads/a`)).status).toBe(404);
  });

  it('reads and writes contents, and refuses a stale file', async () => {
    const file = `${CONFIG}/contents/notes%2Fb.md`;
    const created = await as('dana', 'PUT', file, { message: 'docs: b', content: 'Yg==' });
    const sha = (created.body['content'] as { sha: string }).sha;
    expect(created.status).toBe(201);
    expect((await as('dana', 'PUT', file, { message: 'docs: b2', content: 'YjI=', sha: '0'.repeat(40) })).status).toBe(
      409,
    );
    const changed = await as('dana', 'PUT', file, { message: 'docs: b2', content: 'YjI=', sha });
    expect(changed.status).toBe(200);
    expect((await bot('GET', file)).body['content']).toBe('YjI=');
    expect(
      (
        await as('dana', 'DELETE', file, {
          message: 'docs: no b',
          sha: (changed.body['content'] as { sha: string }).sha,
        })
      ).status,
    ).toBe(200);
    expect((await bot('GET', file)).status).toBe(404);
  });

  it('opens, reviews, updates and merges a pull request under GitHub’s rules', async () => {
    const head = await headOf(CONFIG);
    await bot('POST', `${CONFIG}/git/refs`, { ref: 'refs/heads/change', sha: head });
    expect((await bot('POST', `${CONFIG}/pulls`, { title: 't', head: 'change', base: 'main' })).status).toBe(422);
    const put = await bot('PUT', `${CONFIG}/contents/notes%2Fc.md`, {
      message: 'docs: c',
      content: 'Yw==',
      branch: 'change',
    });
    expect(put.status).toBe(201);
    const opened = await bot('POST', `${CONFIG}/pulls`, {
      title: 'docs: c',
      body: 'why',
      head: 'change',
      base: 'main',
    });
    const number = Number(opened.body['number']);
    const pull = `${CONFIG}/pulls/${number}`;
    const headSha = (opened.body['head'] as { sha: string }).sha;
    expect(opened.status).toBe(201);
    expect((await bot('POST', `${CONFIG}/pulls`, { title: 'again', head: 'change', base: 'main' })).status).toBe(422);
    expect((await bot('GET', `${CONFIG}/pulls?state=all&head=acme:change`)).status).toBe(200);
    expect((await bot('GET', pull)).body['mergeable']).toBe(true);
    expect((await bot('PATCH', pull, { title: 'docs: add c', body: 'because' })).body['title']).toBe('docs: add c');
    expect((await bot('GET', `${pull}/files`)).status).toBe(200);
    expect((await bot('POST', `${pull}/requested_reviewers`, { reviewers: ['rene'] })).status).toBe(201);

    const own = await bot('POST', `${pull}/reviews`, { event: 'APPROVE' });
    expect([own.status, own.body['errors']]).toEqual([422, ['Can not approve your own pull request']]);
    const review = await as('rene', 'POST', `${pull}/reviews`, { event: 'APPROVE', body: 'fine' });
    expect([review.status, review.body['state'], review.body['commit_id']]).toEqual([200, 'APPROVED', headSha]);
    expect((await as('vera', 'POST', `${pull}/reviews`, { event: 'REQUEST_CHANGES' })).status).toBe(422);
    expect((await bot('GET', `${pull}/reviews`)).status).toBe(200);
    expect((await bot('GET', `${pull}/reviews/${String(review.body['id'])}`)).status).toBe(200);
    expect(
      (await bot('PUT', `${pull}/reviews/${String(review.body['id'])}/dismissals`, { message: 'stale' })).body['state'],
    ).toBe('DISMISSED');

    const comment = await bot('POST', `${CONFIG}/issues/${number}/comments`, { body: 'a comment' });
    expect(comment.status).toBe(201);
    expect(
      (await bot('PATCH', `${CONFIG}/issues/comments/${String(comment.body['id'])}`, { body: 'edited' })).body['body'],
    ).toBe('edited');
    expect((await bot('GET', `${CONFIG}/issues/${number}/comments`)).status).toBe(200);
    expect((await bot('POST', `${CONFIG}/issues/${number}/labels`, { labels: ['promotion'] })).status).toBe(200);
    expect((await bot('DELETE', `${CONFIG}/issues/${number}/labels/promotion`)).status).toBe(200);

    expect((await bot('GET', `${pull}/merge`)).status).toBe(404);
    const stale = await bot('PUT', `${pull}/merge`, { sha: head });
    expect([stale.status, stale.body['message']]).toEqual([
      409,
      'Head branch was modified. Review and try the merge again.',
    ]);
    expect((await as('vera', 'PUT', `${pull}/merge`, { sha: headSha })).status).toBe(403);
    const merged = await bot('PUT', `${pull}/merge`, {
      sha: headSha,
      merge_method: 'squash',
      commit_title: 'docs: c',
      commit_message: 'Key: value',
    });
    expect(merged.status).toBe(200);
    expect((await bot('GET', `${pull}/merge`)).status).toBe(204);
    expect((await bot('PUT', `${pull}/merge`, { sha: headSha })).status).toBe(405);
    expect((await bot('GET', `${CONFIG}/git/ref/heads/change`)).status).toBe(404);
    expect((await bot('GET', `${CONFIG}/commits/${String(merged.body['sha'])}/pulls`)).status).toBe(200);
    const message = (
      (await bot('GET', `${CONFIG}/commits/${String(merged.body['sha'])}`)).body['commit'] as { message: string }
    ).message;
    expect(message).toBe('docs: c\n\nKey: value');
  });

  it('compares, merges and lists commits', async () => {
    const before = await headOf(CONFIG);
    await as('dana', 'PUT', `${CONFIG}/contents/notes%2Fd.md`, { message: 'docs: d', content: 'ZA==' });
    const after = await headOf(CONFIG);
    await bot('POST', `${CONFIG}/git/refs`, { ref: 'refs/heads/side', sha: before });
    await bot('PUT', `${CONFIG}/contents/notes%2Fe.md`, { message: 'docs: e', content: 'ZQ==', branch: 'side' });

    expect((await bot('GET', `${CONFIG}/compare/${before}...${after}`)).body).toMatchObject({
      status: 'ahead',
      ahead_by: 1,
    });
    expect((await bot('GET', `${CONFIG}/compare/${after}...${before}`)).body).toMatchObject({
      status: 'behind',
      behind_by: 1,
    });
    expect((await bot('GET', `${CONFIG}/compare/main...side`)).body).toMatchObject({ status: 'diverged' });
    expect((await bot('POST', `${CONFIG}/merges`, { base: 'main', head: 'side' })).status).toBe(201);
    expect((await bot('POST', `${CONFIG}/merges`, { base: 'main', head: 'side' })).status).toBe(204);
    expect((await bot('GET', `${CONFIG}/commits?per_page=2`)).status).toBe(200);
    expect((await bot('GET', `${CONFIG}/branches/main`)).status).toBe(200);
    expect((await bot('GET', `${CONFIG}/rules/branches/main`)).status).toBe(200);
    expect((await bot('GET', CONFIG)).body['default_branch']).toBe('main');
  });

  it('keeps checks, statuses and deployments', async () => {
    const head = await headOf(CONFIG);
    expect((await as('dana', 'POST', `${CONFIG}/check-runs`, { name: 'gates', head_sha: head })).status).toBe(403);
    const run = await bot('POST', `${CONFIG}/check-runs`, {
      name: 'gates',
      head_sha: head,
      status: 'in_progress',
      output: { title: 't', summary: 's' },
    });
    const id = String(run.body['id']);
    expect(run.status).toBe(201);
    expect((await bot('PATCH', `${CONFIG}/check-runs/${id}`, { conclusion: 'success' })).body['status']).toBe(
      'completed',
    );
    expect((await bot('GET', `${CONFIG}/check-runs/${id}`)).status).toBe(200);
    expect((await bot('GET', `${CONFIG}/commits/${head}/check-runs`)).body['total_count']).toBe(1);
    expect((await bot('POST', `${CONFIG}/statuses/${head}`, { state: 'success', context: 'soak' })).status).toBe(201);
    expect((await bot('GET', `${CONFIG}/commits/${head}/status`)).body['state']).toBe('success');
    const deployment = await bot('POST', `${CONFIG}/deployments`, {
      ref: 'main',
      environment: 'prod',
      required_contexts: [],
    });
    const statuses = `${CONFIG}/deployments/${String(deployment.body['id'])}/statuses`;
    expect(
      (await bot('POST', statuses, { state: 'success', description: 'runs', log_url: `${server.url}/log` })).status,
    ).toBe(201);
    expect((await bot('GET', statuses)).status).toBe(200);
    expect((await bot('GET', `${CONFIG}/deployments?environment=prod`)).status).toBe(200);
  });

  it('reports permissions, teams and people', async () => {
    const permissionOf = async (login: string) =>
      (await bot('GET', `${CONFIG}/collaborators/${login}/permission`)).body;
    expect(await permissionOf('rene')).toMatchObject({ permission: 'write', role_name: 'maintain' });
    expect(await permissionOf('vera')).toMatchObject({ permission: 'read', role_name: 'read' });
    expect((await bot('GET', `${CONFIG}/collaborators/nobody/permission`)).status).toBe(404);
    expect((await bot('GET', '/orgs/acme/teams/release-managers/memberships/rene')).body['state']).toBe('active');
    expect((await bot('GET', '/orgs/acme/teams/release-managers/memberships/dana')).status).toBe(404);
    expect((await as('dana', 'GET', '/user')).body['login']).toBe('dana');
    expect((await bot('GET', '/users/dana')).status).toBe(200);
    expect((await bot('GET', '/users/nobody')).status).toBe(404);
    expect((await bot('GET', '/meta')).status).toBe(200);
    expect((await bot('GET', '/rate_limit')).status).toBe(200);
    expect((await bot('GET', `${SOURCE}/attestations/sha256:${'0'.repeat(64)}`)).status).toBe(200);
  });

  it('knows the App, its installation and scoped tokens', async () => {
    expect((await call('GET', '/app', jwt)).body['slug']).toBe('promoter');
    expect((await call('GET', '/app/installations', jwt)).status).toBe(200);
    expect((await call('GET', `${CONFIG}/installation`, jwt)).body['id']).toBe(7);
    expect((await bot('GET', '/installation/repositories')).body['total_count']).toBe(2);
    expect((await bot('GET', '/app')).status).toBe(401);
    const narrow = await call('POST', '/app/installations/7/access_tokens', jwt, {
      repositories: ['todo'],
      permissions: { contents: 'read' },
    });
    const refused = await call('POST', `${CONFIG}/git/refs`, String(narrow.body['token']), {
      ref: 'refs/heads/x',
      sha: await headOf(CONFIG),
    });
    expect(refused.status).toBe(403);
    expect(
      (await call('POST', '/app/installations/7/access_tokens', jwt, { permissions: { administration: 'write' } }))
        .status,
    ).toBe(422);
    const expires = Date.parse(String(narrow.body['expires_at'])) - Date.now();
    expect(expires).toBeGreaterThan(59 * 60_000);
    expect(expires).toBeLessThanOrEqual(60 * 60_000);
  });

  it('keeps a log of deliveries, with redelivery under the same guid', async () => {
    await server.github.settled();
    const listed = await call('GET', '/app/hook/deliveries?per_page=1', jwt);
    const [newest] = Deliveries.parse(listed.body);
    expect(listed.headers.get('link')).toMatch(/cursor=\d+>; rel="next"/);
    expect((await call('GET', `/app/hook/deliveries/${newest?.id}`, jwt)).status).toBe(200);
    expect((await call('POST', `/app/hook/deliveries/${newest?.id}/attempts`, jwt)).status).toBe(202);
    await server.github.settled();
    const [again] = Deliveries.parse((await call('GET', '/app/hook/deliveries?per_page=1', jwt)).body);
    expect(again).toMatchObject({ guid: newest?.guid, redelivery: true });
    expect((await call('GET', '/app/hook/deliveries/1', jwt)).status).toBe(422);
  });

  it('has hooks of single repositories for their administrators', async () => {
    const { world } = server.github.hub.store;
    const source = world.repositories.find(({ name }) => name === 'todo');
    if (source) source.collaborators['rene'] = 'admin';
    expect((await as('dana', 'GET', `${SOURCE}/hooks`)).status).toBe(403);
    const hook = await as('rene', 'POST', `${SOURCE}/hooks`, {
      config: { url: `${server.url}/nowhere`, content_type: 'json', secret: 's' },
      events: ['push'],
    });
    const deliveries = `${SOURCE}/hooks/${String(hook.body['id'])}/deliveries`;
    expect(hook.status).toBe(201);
    await as('dana', 'PUT', `${SOURCE}/contents/notes.md`, { message: 'docs: notes', content: 'bg==' });
    await server.github.settled();
    const [delivery] = Deliveries.parse((await as('rene', 'GET', deliveries)).body);
    expect((await as('rene', 'GET', `${SOURCE}/hooks`)).status).toBe(200);
    expect((await as('rene', 'GET', `${deliveries}/${delivery?.id}`)).status).toBe(200);
    expect((await as('rene', 'POST', `${deliveries}/${delivery?.id}/attempts`)).status).toBe(202);
  });

  it('lists packages for people and not for Apps, and workflow runs for both', async () => {
    const { world } = server.github.hub.store;
    const at = '2026-11-23T10:00:00Z';
    world.packageVersions.push({
      id: 9001,
      image: 'acme/todo',
      repository: 'acme/todo',
      digest: `sha256:${'a'.repeat(64)}`,
      tags: ['main-1'],
      createdAt: at,
    });
    const job = {
      id: 9003,
      name: 'image',
      status: 'completed' as const,
      conclusion: 'success' as const,
      startedAt: at,
      completedAt: at,
      steps: [],
    };
    const sha = await headOf(SOURCE);
    world.workflowRuns.push({
      id: 9002,
      repository: 'acme/todo',
      name: 'release',
      path: '.github/workflows/release.yml',
      number: 1,
      event: 'push',
      headBranch: 'main',
      headSha: sha,
      actor: 'dana',
      status: 'completed',
      conclusion: 'success',
      createdAt: at,
      startedAt: at,
      updatedAt: at,
      job,
      log: '',
    });

    expect((await as('dana', 'GET', '/orgs/acme/packages/container/todo/versions')).status).toBe(200);
    expect((await as('dana', 'GET', '/users/acme/packages/container/todo/versions')).status).toBe(200);
    expect((await bot('GET', '/orgs/acme/packages/container/todo/versions')).status).toBe(403);
    expect((await bot('GET', `${SOURCE}/actions/runs`)).body['total_count']).toBe(1);
    expect((await bot('GET', `${SOURCE}/actions/runs/9002`)).status).toBe(200);
    expect((await bot('GET', `${SOURCE}/actions/runs/9002/attempts/1/jobs`)).status).toBe(200);
  });

  it('answers conditional requests with 304, which cost nothing', async () => {
    const first = await bot('GET', CONFIG);
    const etag = String(first.headers.get('etag'));
    const second = await call('GET', CONFIG, installation, undefined, { 'if-none-match': etag });
    const left = (answer: Answer): number => Number(answer.headers.get('x-ratelimit-remaining'));

    expect(second.status).toBe(304);
    expect(left(second)).toBe(left(first));
    expect(left(await bot('GET', CONFIG))).toBe(left(first) - 1);
  });

  it('refuses unknown tokens and unsigned ones', async () => {
    expect((await call('GET', CONFIG, 'ghp_nobody')).status).toBe(401);
    expect((await call('GET', '/app', 'not.a.token')).status).toBe(401);
    expect((await call('POST', `${CONFIG}/git/refs`, undefined, { ref: 'refs/heads/x', sha: 'x' })).status).toBe(401);
  });

  it('every answer was as GitHub describes it, and every described operation was called', () => {
    // GitHub's description of this list asks that an account be a user and an enterprise at once (allOf for anyOf).
    const isGitHubs = (complaint: string): boolean =>
      complaint.startsWith('GET /app/installations 200: /0/account must');
    expect(complaints.filter((complaint) => !isGitHubs(complaint))).toEqual([]);
    const missing = operations
      .map(({ method, path }) => `${method} ${path}`)
      .filter((operation) => !answered.has(operation));
    expect(missing).toEqual([]);
  });
});
