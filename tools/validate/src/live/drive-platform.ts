// The whole platform on this machine, as `npm start` starts it, with everything that a dashboard shows: releases that succeed, one
// that does not start, one that waits for approval, and users of todo.
import { setTimeout as wait } from 'node:timers/promises';
import type { OtlpReceiver } from '@delivery/otlp-receiver';
import { followRelease } from 'sandbox/follow-release';
import { pushRelease } from 'sandbox/push-release';
import { type Sandbox, startSandbox } from 'sandbox/sandbox';
import { z } from 'zod';

const DEADLINE_MS = 60_000;
const LOOK_MS = 200;
const REQUEST_MS = 10_000;
/** Here a release that does not start is Degraded after this time. */
const PROGRESS_SECONDS = 15;
const DEVELOPER = { authorization: 'Bearer ghp_dana', 'content-type': 'application/json' };

export async function startPlatform(dataDirectory: string, receiver: OtlpReceiver): Promise<Sandbox> {
  const sandbox = await startSandbox({
    dataDirectory,
    soak: '1s',
    ports: {},
    logLevel: 'silent',
    promoterEnv: { COALESCE_MS: '150', LOG_LEVEL: 'debug' },
    transformPromotion: (text) =>
      text.replace('application: todo-dev\n', 'application: todo-dev\n        rollback: { within: 10m }\n'),
    telemetry: {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '500',
    },
  });
  await sandbox.promoter.start();
  return sandbox;
}

const Board = z.object({
  pipelines: z.array(
    z.object({
      environments: z.array(
        z.object({
          name: z.string(),
          runs: z.object({ commit: z.string().nullish() }).nullish(),
          rollout: z.object({ state: z.string() }),
          gates: z.array(z.unknown()),
        }),
      ),
    }),
  ),
});

/** Every request of this file has a deadline. */
const ask = (url: string, init: RequestInit = {}): Promise<Response> =>
  fetch(url, { ...init, signal: AbortSignal.timeout(REQUEST_MS) });

const metricsOf = async ({ urls }: Sandbox): Promise<string> => (await ask(`${urls.board}/metrics`)).text();

async function until(what: string, look: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await look())) {
    if (Date.now() > deadline) throw new Error(`${what} did not happen in ${DEADLINE_MS / 1000} s`);
    await wait(LOOK_MS);
  }
}

async function environmentRuns({ urls }: Sandbox, name: string, commit: string): Promise<boolean> {
  const answer = await ask(`${urls.board}/api/board`);
  const { pipelines } = Board.parse(await answer.json());
  const found = pipelines[0]?.environments.find((each) => each.name === name);
  return found?.runs?.commit === commit && found.rollout.state === 'healthy';
}

const Content = z.object({ content: z.string(), sha: z.string() });

/** As a person edits a file on GitHub's page. */
async function editFile(
  github: string,
  repository: string,
  file: string,
  edit: (text: string) => string,
): Promise<void> {
  const route = `${github}/api/v3/repos/acme/${repository}/contents/${file}`;
  const answer = await ask(route, { headers: DEVELOPER });
  const { content, sha } = Content.parse(await answer.json());
  const text = edit(Buffer.from(content, 'base64').toString());
  const body = { message: `fix: ${file}`, content: Buffer.from(text).toString('base64'), sha };
  const put = await ask(route, { method: 'PUT', headers: DEVELOPER, body: JSON.stringify(body) });
  if (!put.ok) throw new Error(`the edit of ${file} was answered ${put.status}: ${await put.text()}`);
}

/** Two releases to prod, one that does not start and is rolled back, and its fix, which waits for approval in prod. */
export async function release(sandbox: Sandbox): Promise<void> {
  const { github } = sandbox.urls;
  await editFile(github, 'gitops-config', 'apps/todo/base/deployment.yaml', (text) =>
    text.replace(/progressDeadlineSeconds: \d+/, `progressDeadlineSeconds: ${PROGRESS_SECONDS}`),
  );
  for (let count = 0; count < 2; count += 1) await followRelease(sandbox, await pushRelease(github), { approve: true });

  let sound = '';
  await editFile(github, 'todo', 'src/main.ts', (text) => `${(sound = text)}\nthrow new Error('it does not start');\n`);
  await until('the rollback', async () =>
    /promoter_dora_change_fail_ratio\{[^}]*environment="dev"[^}]*\} 0\.\d/.test(await metricsOf(sandbox)),
  );
  await editFile(github, 'todo', 'src/main.ts', () => sound);
  const waiting = await pushRelease(github);
  await until('the fix in staging', () => environmentRuns(sandbox, 'staging', waiting.commit));
  await until('the wait for approval', async () =>
    /promoter_open_holds\{[^}]*gate="approval"[^}]*\} 1/.test(await metricsOf(sandbox)),
  );
}

/** Uses every route of todo in every environment, until the signal aborts. */
export async function useTodo({ urls }: Sandbox, signal: AbortSignal): Promise<void> {
  const json = { 'content-type': 'application/json' };
  const Created = z.object({ url: z.string() });
  while (!signal.aborted) {
    for (const url of Object.values(urls.todo)) {
      try {
        await ask(`${url}/todos?limit=20`);
        await ask(`${url}/todos/00000000-0000-0000-0000-000000000000`);
        const created = await ask(`${url}/todos`, { method: 'POST', headers: json, body: '{"title":"watch it"}' });
        const todo = Created.parse(await created.json());
        await ask(todo.url, { method: 'PATCH', headers: json, body: '{"completed":true}' });
        await ask(todo.url);
        await ask(todo.url, { method: 'DELETE' });
      } catch {
        // It is being replaced, or not up yet.
      }
    }
    await wait(100);
  }
}
