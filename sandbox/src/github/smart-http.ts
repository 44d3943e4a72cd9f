// Plain `git clone` and `git push`: anybody may read, people and Apps with write access may push.
import { type Context, Hono } from 'hono';
import { ZERO_OID } from '../git/git-object.ts';
import { atLeast, type Caller, permissionOf } from './callers.ts';
import type { Hub } from './hub.ts';
import { routeRepository } from './route-repository.ts';
import { type Account, fullName, type Repository } from './world.ts';

const SERVICE_PATHS = ['/info/refs', '/git-upload-pack', '/git-receive-pack'] as const;
type ServicePath = (typeof SERVICE_PATHS)[number];

export function smartHttpRoutes(hub: Hub): Hono {
  const routes = new Hono();
  for (const path of SERVICE_PATHS)
    routes.all(`/:owner/:repo${path}`, (c) => serve(hub, c, routeRepository(hub, c), path));
  return routes;
}

async function serve(hub: Hub, c: Context, repository: Repository, path: ServicePath): Promise<Response> {
  const git = hub.gitOf(repository);
  const run = (pusher?: Account): Promise<Response> =>
    git.serveHttp({
      method: c.req.method,
      path,
      query: new URL(c.req.url).search.slice(1),
      header: (name) => c.req.header(name),
      body: c.req.raw.body,
      user: pusher?.login,
    });
  const pushes = path === '/git-receive-pack' || c.req.query('service') === 'git-receive-pack';
  if (!pushes) return run();

  const caller = await hub.callers.identify(c.req.header('authorization')).catch(() => undefined);
  if (caller?.kind !== 'person' && caller?.kind !== 'installation')
    return c.text('Authentication is required to push.\n', 401, { 'www-authenticate': 'Basic realm="GitHub"' });
  const { account } = caller;
  if (!mayPush(caller, repository))
    return c.text(`Permission to ${fullName(repository)}.git denied to ${account.login}.\n`, 403);
  return path === '/git-receive-pack' ? push(hub, repository, account, () => run(account)) : run(account);
}

function mayPush(caller: Exclude<Caller, { kind: 'anonymous' | 'app' }>, repository: Repository): boolean {
  return caller.kind === 'installation'
    ? caller.grants.contents === 'write'
    : atLeast(permissionOf(repository, caller.account.login), 'write');
}

/** Compares branches before and after the push, because git http-backend does not report what moved. */
async function push(hub: Hub, repository: Repository, actor: Account, run: () => Promise<Response>): Promise<Response> {
  return hub.exclusively(repository, async () => {
    const git = hub.gitOf(repository);
    const before = await git.refs();
    const response = await run();
    const answer = await response.arrayBuffer(); // the push is complete when git has written its response
    const after = await git.refs();
    for (const ref of new Set([...before.keys(), ...after.keys()])) {
      const change = { before: before.get(ref) ?? ZERO_OID, after: after.get(ref) ?? ZERO_OID };
      if (change.before === change.after || !ref.startsWith('refs/heads/')) continue;
      const moved = change.before !== ZERO_OID && change.after !== ZERO_OID;
      const forced = moved && (await git.aheadBehind(change.before, change.after)).behind > 0;
      await hub.onRefChange({ repository, ref, actor, forced, ...change });
    }
    return new Response(answer, { status: response.status, headers: response.headers });
  });
}
