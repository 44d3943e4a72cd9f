// `npm start`: everything, with a first release under way. `npm start -- --once`: the same unattended, and an exit code.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { findObservability } from './assemble/find-observability.ts';
import { followRelease, githubCalls, StageError } from './commands/follow-release.ts';
import { pushRelease } from './commands/push-release.ts';
import { type Sandbox, startSandbox } from './assemble/start-sandbox.ts';
import { showTrace } from './commands/show-trace.ts';
import { ENVIRONMENTS, processEnvironment, readConfig } from './assemble/config.ts';
import { green, say, summary, welcome } from './commands/terminal.ts';

const RUNNING_FILE = 'running.json';
const HELP = `npm start              starts the sandbox and pushes a first release
npm start -- --once    the same, unattended: approves, waits for prod, prints a summary and exits
npm run release        pushes another release into a running sandbox
npm run reset          removes the sandbox's data

Environment: SANDBOX_DATA (folder), SANDBOX_SOAK (5s), GITHUB_PORT, REGISTRY_PORT, KUBERNETES_PORT, PROMOTER_PORT,
TODO_DEV_PORT, TODO_STAGING_PORT, TODO_PROD_PORT, and the standard OTEL_* for traces.
`;

async function once(sandbox: Sandbox): Promise<void> {
  const pushed = await pushRelease(sandbox.urls.github);
  say(`Pushed commit ${pushed.commit.slice(0, 7)} to acme/todo: "${pushed.banner}"`);
  const release = await followRelease(sandbox, pushed, {
    approve: true,
    onArrival: ({ environment, how, secondsSincePush }) =>
      say(`${green('✓')} ${environment} after ${secondsSincePush.toFixed(1)} s (${how})`),
  });
  say(summary(release, await githubCalls(sandbox.urls.board)));
  if (sandbox.collector && release.traceId)
    say(`\n${await showTrace(sandbox.collector, release.traceId, ENVIRONMENTS)}`);
}

/** What went wrong, where, and what the promoter said last about it. */
function explain(error: unknown, sandbox: Sandbox | undefined): string {
  const message =
    error instanceof StageError
      ? `Failed in stage ${error.stage}: ${error.message}`
      : `Failed: ${error instanceof Error ? error.message : String(error)}`;
  const lines =
    sandbox?.promoter
      .lastLines(200)
      .filter((line) => !line.includes('"level":"debug"'))
      .slice(-15) ?? [];
  const log =
    lines.length > 0
      ? `\n\nThe promoter's last lines (all of them are in ${sandbox?.logDirectory ?? ''}):\n${lines.join('\n')}`
      : '';
  return `${message}${log}\n`;
}

async function isRunning(file: string): Promise<boolean> {
  const { pid } = JSON.parse(await readFile(file, 'utf8').catch(() => '{}')) as { pid?: number };
  if (pid === undefined) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { once: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  });
  if (values.help) return say(HELP);
  const settings = readConfig();
  const runningFile = path.join(settings.dataDirectory, RUNNING_FILE);
  if (await isRunning(runningFile))
    throw new Error(
      `A sandbox is running on ${settings.dataDirectory} already. Stop it, set SANDBOX_DATA to another folder, or remove ${runningFile} if it is gone.`,
    );

  let sandbox: Sandbox | undefined;
  const stop = async (code: number): Promise<void> => {
    await rm(runningFile, { force: true });
    await sandbox?.close();
    process.exit(code);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      say('\nStopping…');
      void stop(0);
    });
  }
  try {
    await mkdir(settings.dataDirectory, { recursive: true });
    const observability = await findObservability(processEnvironment);
    sandbox = await startSandbox({ ...settings, observability });
    if (observability) say(`Traces go to Grafana, which runs at ${observability.grafanaUrl}`);
    await writeFile(runningFile, JSON.stringify({ pid: process.pid, urls: sandbox.urls }));
    await sandbox.promoter.start();
    if (values.once) {
      await once(sandbox);
      await stop(0);
      return;
    }
    say(welcome(sandbox.urls));
    const isFirst = sandbox.github.hub.store.world.workflowRuns.length === 0;
    if (isFirst) {
      const pushed = await pushRelease(sandbox.urls.github);
      say(`Pushed a first release: commit ${pushed.commit.slice(0, 7)}, "${pushed.banner}"`);
    }
  } catch (error) {
    process.stderr.write(explain(error, sandbox));
    await stop(1);
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
