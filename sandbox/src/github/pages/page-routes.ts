// The pages: repositories, commits, workflow runs, and pull requests with diff, checks and the buttons of a reviewer.
import { type Context, Hono } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { notFound } from '../errors.ts';
import { accountOf, type Hub } from '../hub.ts';
import { findPullRequest } from '../operations/pull-requests.ts';
import { DEVELOPER, PEOPLE } from '../people.ts';
import { routeRepository } from '../route-repository.ts';
import { fullName } from '../world.ts';
import { actOnPullRequest, type PullRequestAction } from './act-on-pull-request.ts';
import { avatar } from './avatar.ts';
import { commitPage } from './commit-page.ts';
import type { PageContext } from './layout.ts';
import { pullRequestPage } from './pull-request-page.ts';
import { homePage, repositoryPage } from './repository-pages.ts';
import { stylesheet } from './stylesheet.ts';
import { workflowRunPage } from './workflow-run-page.ts';

const VIEWER_COOKIE = 'viewer';

export function pageRoutes(hub: Hub): Hono {
  const viewerOf = (c: Context): string => {
    const login = getCookie(c, VIEWER_COOKIE);
    return (PEOPLE.find((person) => person.login === login) ?? DEVELOPER).login;
  };
  const pageContext = (c: Context): PageContext => ({ hub, viewer: viewerOf(c), path: new URL(c.req.url).pathname });

  return new Hono()
    .use(async (c, next) => {
      await next();
      c.header('content-security-policy', "default-src 'self'; form-action 'self'; frame-ancestors 'none'");
      c.header('x-content-type-options', 'nosniff');
    })
    .get('/style.css', (c) => c.body(stylesheet, 200, { 'content-type': 'text/css; charset=utf-8' }))
    .get('/favicon.ico', (c) => c.body(null, 204))
    .get('/avatars/:file', (c) => {
      const id = Number.parseInt(c.req.param('file'), 10);
      const account = hub.store.world.accounts.find((candidate) => candidate.id === id);
      const headers = { 'content-type': 'image/svg+xml', 'cache-control': 'max-age=3600' };
      return c.body(avatar(id, account?.name ?? '?'), 200, headers);
    })
    .get('/', (c) => c.html(homePage(pageContext(c))))
    .post('/viewer', async (c) => {
      const { login, back } = await c.req.parseBody<{ login: string; back: string }>();
      setCookie(c, VIEWER_COOKIE, login, { path: '/', sameSite: 'Strict', httpOnly: true });
      return c.redirect(/^\/(?!\/)/.test(back) ? back : '/', 303);
    })
    .get('/:owner/:repo', async (c) => c.html(await repositoryPage(pageContext(c), routeRepository(hub, c))))
    .get('/:owner/:repo/commit/:sha', async (c) => {
      const repository = routeRepository(hub, c);
      const commit = await hub.gitOf(repository).commit(c.req.param('sha'));
      if (!commit) throw notFound();
      return c.html(await commitPage(pageContext(c), repository, commit));
    })
    .get('/:owner/:repo/actions/runs/:id', (c) => {
      const name = fullName(routeRepository(hub, c));
      const id = Number(c.req.param('id'));
      const run = hub.store.world.workflowRuns.find(
        (candidate) => candidate.id === id && candidate.repository === name,
      );
      if (!run) throw notFound();
      return c.html(workflowRunPage(pageContext(c), run));
    })
    .get('/:owner/:repo/pull/:number{[0-9]+}', async (c) => {
      const repository = routeRepository(hub, c);
      const pull = findPullRequest(hub, repository, Number(c.req.param('number')));
      return c.html(await pullRequestPage(pageContext(c), repository, pull, c.req.query('problem')));
    })
    .post('/:owner/:repo/pull/:number{[0-9]+}/:action{approve|request-changes|comment|close|merge}', async (c) => {
      const repository = routeRepository(hub, c);
      const pull = findPullRequest(hub, repository, Number(c.req.param('number')));
      const viewer = accountOf(hub, viewerOf(c));
      const action = c.req.param('action') as PullRequestAction;
      const { body } = await c.req.parseBody<{ body?: string }>();
      const page = `/${fullName(repository)}/pull/${pull.number}`;
      try {
        await actOnPullRequest(hub, repository, pull, viewer, action, body?.trim() ?? '');
        return c.redirect(page, 303);
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        return c.redirect(`${page}?problem=${encodeURIComponent(problem)}`, 303);
      }
    });
}
