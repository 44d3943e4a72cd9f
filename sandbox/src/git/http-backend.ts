// Clone, fetch and push over HTTP, by git's own CGI program: https://git-scm.com/docs/git-http-backend
import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { GitError, type GitContext } from './run-git.ts';

export interface BackendRequest {
  method: string;
  /** Relative to the repository: `/info/refs`, `/git-upload-pack` or `/git-receive-pack`. */
  path: string;
  /** The query string without its question mark. */
  query: string;
  header(name: string): string | undefined;
  body: ReadableStream | null;
  /** Login of the person who pushes. */
  user: string | undefined;
}

/** CGI passes headers in the environment and the body on standard input; the response is read from standard output. */
export async function runHttpBackend(
  { directory, environment }: GitContext,
  { method, path, query, header, body, user }: BackendRequest,
): Promise<Response> {
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: environment['PATH'],
      GIT_PROJECT_ROOT: directory,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: path,
      REQUEST_METHOD: method,
      QUERY_STRING: query,
      CONTENT_TYPE: header('content-type'),
      HTTP_CONTENT_ENCODING: header('content-encoding'),
      GIT_PROTOCOL: header('git-protocol'),
      REMOTE_USER: user,
    },
  });
  child.stdin.on('error', () => undefined);
  if (body) Readable.fromWeb(body).pipe(child.stdin);
  else child.stdin.end();
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  const { promise: closed, resolve, reject } = Promise.withResolvers<number>();
  child.once('error', reject).once('close', (code) => resolve(code ?? -1));
  const exitCode = await closed;
  return (
    parseResponse(Buffer.concat(output)) ??
    Promise.reject(new GitError(`git http-backend: ${Buffer.concat(errors).toString()}`, exitCode))
  );
}

/** Returns undefined when the output has no headers, which means that the program failed. */
function parseResponse(output: Buffer): Response | undefined {
  const headerEnd = output.indexOf('\r\n\r\n');
  if (headerEnd < 0) return undefined;
  const headers = new Headers();
  let status = 200;
  for (const line of output.subarray(0, headerEnd).toString().split('\r\n')) {
    const [name = '', ...value] = line.split(': ');
    if (name === 'Status') status = Number.parseInt(value.join(': '), 10);
    else headers.append(name, value.join(': '));
  }
  return new Response(new Uint8Array(output.subarray(headerEnd + 4)), { status, headers });
}
