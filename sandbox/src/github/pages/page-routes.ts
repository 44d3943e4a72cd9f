// The pages: repositories, commits, pull requests with diff and checks, and the buttons of a reviewer.
import { type Context, Hono } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { html } from 'hono/html';
import { notFound } from '../errors.ts';
import { accountOf, type Hub, repositoryOf } from '../hub.ts';
import { editPullRequest, findPullRequest, mergePullRequest } from '../operations/pull-requests.ts';
import { submitReview } from '../operations/reviews.ts';
import { PEOPLE } from '../seed.ts';
import { commitPage } from './commit-page.ts';
import { type PageContext, layout } from './layout.ts';
import { pullRequestPage } from './pull-request-page.ts';
import { homePage, repositoryPage } from './repository-pages.ts';
import { stylesheet } from './stylesheet.ts';
import { fullName } from '../world.ts';

const VIEWER_COOKIE = 'viewer';

export function pageRoutes(hub: Hub): Hono {
  const viewerOf = (c: Context): string => {
    const login = getCookie(c, VIEWER_COOKIE);
    return PEOPLE.some((person) => person.login === login) ? (login ?? '') : (PEOPLE[0]?.login ?? '');
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
      const hue = (id * 67) % 360;
      const letter = (account?.name ?? '?').slice(0, 1).toUpperCase();
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" rx="20" fill="hsl(${hue} 45% 40%)"/><text x="20" y="27" font-family="sans-serif" font-size="20" text-anchor="middle" fill="#fff">${letter}</text></svg>`;
      return c.body(svg, 200, { 'content-type': 'image/svg+xml', 'cache-control': 'max-age=3600' });
    })
    .get('/', (c) => c.html(homePage(pageContext(c))))
    .post('/viewer', async (c) => {
      const { login, back } = await c.req.parseBody<{ login: string; back: string }>();
      setCookie(c, VIEWER_COOKIE, login, { path: '/', sameSite: 'Strict', httpOnly: true });
      return c.redirect(/^\/(?!\/)/.test(back) ? back : '/', 303);
    })
    .get('/:owner/:repo', async (c) => {
      const repository = repositoryOf(hub, c.req.param('owner'), c.req.param('repo'));
      return c.html(await repositoryPage(pageContext(c), repository));
    })
    .get('/:owner/:repo/commit/:sha', async (c) => {
      const repository = repositoryOf(hub, c.req.param('owner'), c.req.param('repo'));
      const commit = await hub.gitOf(repository).commit(c.req.param('sha'));
      if (!commit) throw notFound();
      return c.html(await commitPage(pageContext(c), repository, commit));
    })
    .get('/:owner/:repo/actions/runs/:id', (c) => {
      const repository = repositoryOf(hub, c.req.param('owner'), c.req.param('repo'));
      const run = hub.store.world.workflowRuns.find(
        ({ id, repository: name }) => id === Number(c.req.param('id')) && name === fullName(repository),
      );
      if (!run) throw notFound();
      const steps = run.job.steps.map(
        (step) =>
          html`<li>
            <span class="state ${step.conclusion ?? step.status}">${step.conclusion ?? step.status}</span> ${step.name}
          </li>`,
      );
      const content = html`<h1>${run.name} #${run.number}</h1>
        <p>
          For <a href="/${run.repository}/commit/${run.headSha}"><code>${run.headSha.slice(0, 7)}</code></a> by
          ${accountOf(hub, run.actor).login}: ${run.conclusion ?? run.status}
        </p>
        <ol class="list">
          ${steps}
        </ol>
        ${run.log ? html`<pre class="log">${run.log}</pre>` : ''}`;
      return c.html(layout(pageContext(c), `${run.name} #${run.number}`, content));
    })
    .get('/:owner/:repo/pull/:number{[0-9]+}', async (c) => {
      const repository = repositoryOf(hub, c.req.param('owner'), c.req.param('repo'));
      const pull = findPullRequest(hub, repository, Number(c.req.param('number')));
      return c.html(await pullRequestPage(pageContext(c), repository, pull, c.req.query('problem')));
    })
    .post('/:owner/:repo/pull/:number{[0-9]+}/:action{approve|request-changes|comment|close|merge}', async (c) => {
      const repository = repositoryOf(hub, c.req.param('owner'), c.req.param('repo'));
      const pull = findPullRequest(hub, repository, Number(c.req.param('number')));
      const viewer = accountOf(hub, viewerOf(c));
      const { body = '' } = await c.req.parseBody<{ body?: string }>();
      const text = body.trim();
      const back = `/${fullName(repository)}/pull/${pull.number}`;
      try {
        const events = { approve: 'APPROVE', 'request-changes': 'REQUEST_CHANGES', comment: 'COMMENT' } as const;
        const action = c.req.param('action') as keyof typeof events | 'close' | 'merge';
        const mayWrite = ['write', 'maintain', 'admin'].includes(repository.collaborators[viewer.login] ?? 'read');
        if ((action === 'close' || action === 'merge') && !mayWrite)
          throw new Error(`${viewer.login} has no write access here`);
        if (action === 'close')
          await hub.exclusively(repository, () => editPullRequest(hub, pull, viewer, { state: 'closed' }));
        else if (action === 'merge')
          await hub.exclusively(repository, () =>
            mergePullRequest(hub, repository, pull, viewer, { method: 'squash' }),
          );
        else submitReview(hub, repository, pull, viewer, { event: events[action], body: text });
        return c.redirect(back, 303);
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        return c.redirect(`${back}?problem=${encodeURIComponent(problem)}`, 303);
      }
    });
}
