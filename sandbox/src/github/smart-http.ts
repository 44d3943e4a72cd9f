// Plain `git clone` and `git push`, by git's own http-backend: https://git-scm.com/docs/git-http-backend
import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { type Context, Hono } from 'hono';
import { atLeast, type Caller, permissionOf } from './callers.ts';
import { ApiError } from './errors.ts';
import { ZERO_OID } from '../git/git-object.ts';
import { type Hub, repositoryOf } from './hub.ts';
import type { Account, Repository } from './world.ts';

const SERVICE_PATHS = ['/info/refs', '/git-upload-pack', '/git-receive-pack'] as const;

export function smartHttpRoutes(hub: Hub): Hono {
  const routes = new Hono();
  for (const path of SERVICE_PATHS) routes.all(`/:owner/:repo${path}`, (c) => serve(hub, c, path));
  return routes;
}

function challenge(c: Context, message: string): Response {
  return c.text(`${message}\n`, 401, { 'www-authenticate': 'Basic realm="GitHub"' });
}

async function serve(hub: Hub, c: Context, path: string): Promise<Response> {
  const repository = repositoryOf(hub, c.req.param('owner') ?? '', c.req.param('repo') ?? '');
  const pushes = path === '/git-receive-pack' || c.req.query('service') === 'git-receive-pack';
  let pusher: Account | undefined;
  if (pushes) {
    const caller: Caller = await hub.callers
      .identify(c.req.header('authorization'))
      .catch(() => ({ kind: 'anonymous' }) as const);
    if (caller.kind === 'anonymous' || caller.kind === 'app') return challenge(c, 'Authentication is needed to push.');
    pusher = caller.account;
    const allowed =
      caller.kind === 'installation'
        ? caller.grants.contents === 'write'
        : atLeast(permissionOf(repository, pusher.login), 'write');
    if (!allowed)
      return c.text(`Permission to ${repository.owner}/${repository.name}.git denied to ${pusher.login}.\n`, 403);
  }
  if (path !== '/git-receive-pack' || !pusher) return runBackend(hub, c, repository, path, pusher);
  const actor = pusher;
  return hub.exclusively(repository, async () => {
    const git = hub.gitOf(repository);
    const before = await git.refs();
    const response = await runBackend(hub, c, repository, path, actor);
    const answer = await response.arrayBuffer(); // the push is over when git has written its answer
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

/** A CGI call: headers in the environment, the body on standard input, headers and body on standard output. */
async function runBackend(
  hub: Hub,
  c: Context,
  repository: Repository,
  path: string,
  pusher: Account | undefined,
): Promise<Response> {
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env['PATH'],
      GIT_PROJECT_ROOT: hub.gitOf(repository).directory,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: path,
      REQUEST_METHOD: c.req.method,
      QUERY_STRING: new URL(c.req.url).search.slice(1),
      CONTENT_TYPE: c.req.header('content-type') ?? '',
      HTTP_CONTENT_ENCODING: c.req.header('content-encoding') ?? '',
      GIT_PROTOCOL: c.req.header('git-protocol') ?? '',
      ...(pusher ? { REMOTE_USER: pusher.login } : {}),
    },
  });
  child.stdin.on('error', () => undefined);
  if (c.req.raw.body) Readable.fromWeb(c.req.raw.body).pipe(child.stdin);
  else child.stdin.end();
  const chunks: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  await new Promise((closed) => child.once('close', closed));
  const output = Buffer.concat(chunks);
  const headerEnd = output.indexOf('\r\n\r\n');
  if (headerEnd < 0) throw new ApiError(500, `git http-backend: ${Buffer.concat(errors).toString()}`);
  const headers = new Headers();
  let status = 200;
  for (const line of output.subarray(0, headerEnd).toString().split('\r\n')) {
    const [name = '', ...value] = line.split(': ');
    if (name === 'Status') status = Number.parseInt(value.join(': '), 10);
    else headers.append(name, value.join(': '));
  }
  return new Response(new Uint8Array(output.subarray(headerEnd + 4)), { status, headers });
}
