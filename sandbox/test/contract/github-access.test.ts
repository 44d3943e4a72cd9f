// What GitHub answers where a repository is renamed or archived, and where an App may not do what it asks.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { personalToken } from '../../src/github/callers.ts';
import { repositoryNamed } from '../../src/github/hub.ts';
import { renameRepository } from '../../src/github/operations/rename-repository.ts';
import { type GitHubServer, startGitHubServer } from './github-server.ts';

describe('access to the GitHub stand-in', () => {
  let server: GitHubServer;
  beforeAll(async () => {
    server = await startGitHubServer();
  });
  afterAll(() => server.close());

  const call = (method: string, route: string, token: string, body?: object): Promise<Response> =>
    fetch(`${server.url}/api/v3${route}`, {
      method,
      redirect: 'manual',
      headers: { authorization: `Bearer ${token}` },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
  const mint = async (): Promise<Response> =>
    call('POST', `/app/installations/${server.github.hub.app.installationId}/access_tokens`, await server.appToken());
  const tokenOf = async (minted: Response): Promise<string> => ((await minted.json()) as { token: string }).token;
  const dana = personalToken('dana');

  it('redirects former names of a repository to its number: a GET with 301, others with 307', async () => {
    const { hub } = server.github;
    const repository = repositoryNamed(hub, 'acme/todo');
    renameRepository(hub, repository, { name: 'tasks' });
    const byNumber = `${server.url}/api/v3/repositories/${repository.id}`;

    const read = await call('GET', '/repos/acme/todo/commits?per_page=1', dana);
    expect([read.status, read.headers.get('location')]).toEqual([301, `${byNumber}/commits?per_page=1`]);
    expect(await read.json()).toMatchObject({ message: 'Moved Permanently' });
    const written = await call('POST', '/repos/acme/todo/git/refs', dana, {});
    expect([written.status, written.headers.get('location')]).toEqual([307, `${byNumber}/git/refs`]);

    const found = (await (await call('GET', `/repositories/${repository.id}`, dana)).json()) as { full_name: string };
    expect(found.full_name).toBe('acme/tasks');
    renameRepository(hub, repository, { name: 'todo' });
    expect((await call('GET', '/repos/acme/todo', dana)).status).toBe(200);
  });

  it('refuses every change of an archived repository, and says so', async () => {
    const repository = repositoryNamed(server.github.hub, 'acme/todo');
    repository.isArchived = true;

    const refused = await call('POST', '/repos/acme/todo/git/refs', dana, { ref: 'refs/heads/x', sha: '0'.repeat(40) });
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ message: 'Repository was archived so is read-only.' });
    expect(await (await call('GET', '/repos/acme/todo', dana)).json()).toMatchObject({ archived: true });
    delete repository.isArchived;
  });

  it('ends tokens that are revoked, and installations that are suspended or removed', async () => {
    const { app, callers } = server.github.hub;
    const token = await tokenOf(await mint());
    expect((await call('GET', '/repos/acme/todo', token)).status).toBe(200);

    app.suspendedAt = '2026-11-25T10:00:00Z';
    expect([(await call('GET', '/repos/acme/todo', token)).status, (await mint()).status]).toEqual([403, 403]);
    const installation = await call('GET', '/repos/acme/todo/installation', await server.appToken());
    expect(await installation.json()).toMatchObject({ suspended_at: '2026-11-25T10:00:00Z' });
    delete app.suspendedAt;

    callers.revokeInstallationTokens();
    expect((await call('GET', '/repos/acme/todo', token)).status).toBe(401);
    const { installationId: removed } = app;
    app.installationId = removed + 1;
    const gone = await call('POST', `/app/installations/${removed}/access_tokens`, await server.appToken());
    expect([gone.status, (await mint()).status]).toEqual([404, 201]);
  });

  it('answers null with a reason for checks that an App may not read, beside what it may', async () => {
    const { hub } = server.github;
    const head = await hub.gitOf(repositoryNamed(hub, 'acme/todo')).ref('refs/heads/main');
    const status = { state: 'success', context: 'plan' };
    expect((await call('POST', `/repos/acme/todo/statuses/${head}`, dana, status)).status).toBe(201);
    const { statuses: _, ...others } = hub.app.grants;
    hub.app.grants = others;
    const token = await tokenOf(await mint());

    const answer = await fetch(`${server.url}/api/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        query: `{ repository(owner: "acme", name: "todo") { object(oid: "${head}") { ... on Commit { oid statusCheckRollup { state } } } } }`,
      }),
    });

    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      data: { repository: { object: { oid: head, statusCheckRollup: null } } },
      errors: [
        {
          type: 'FORBIDDEN',
          path: ['repository', 'object', 'statusCheckRollup'],
          message: 'Resource not accessible by integration',
        },
      ],
    });
  });
});
