// `npm start` runs everything and pushes a first release. `npm start -- --once` does the same unattended and exits.
import { parseArgs } from 'node:util';
import { processEnvironment, readConfig, type SandboxSettings } from './assemble/config.ts';
import { findObservability } from './assemble/find-observability.ts';
import {
  findRunningSandbox,
  forgetRunningSandbox,
  recordRunningSandbox,
  runningFile,
} from './assemble/running-sandbox.ts';
import { type Sandbox, startSandbox } from './assemble/start-sandbox.ts';
import { explainFailure } from './commands/explain-failure.ts';
import { pushRelease } from './commands/push-release.ts';
import { runOnce } from './commands/run-once.ts';
import { exitWith, say, welcome } from './commands/terminal.ts';

const HELP = `npm start              starts the sandbox and pushes a first release
npm start -- --once    the same, unattended: approves, waits for prod, prints a summary and exits
npm run release        pushes another release into a running sandbox
npm run reset          removes the sandbox's data

Environment: SANDBOX_DATA (folder), SANDBOX_SOAK (5s), GITHUB_PORT, REGISTRY_PORT, KUBERNETES_PORT, PROMOTER_PORT,
TODO_DEV_PORT, TODO_STAGING_PORT, TODO_PROD_PORT, NO_COLOR, and OpenTelemetry's OTEL_* for traces.
`;

/** Runs until it is interrupted; with `once`, until the release is in production. */
async function run(settings: SandboxSettings, once: boolean): Promise<void> {
  const { dataDirectory } = settings;
  let sandbox: Sandbox | undefined;
  const stop = async (code: number): Promise<void> => {
    await forgetRunningSandbox(dataDirectory);
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
    const observability = await findObservability(processEnvironment);
    sandbox = await startSandbox({ ...settings, observability });
    if (observability) say(`Traces are sent to Grafana, which runs at ${observability.grafanaUrl}`);
    await recordRunningSandbox(dataDirectory, sandbox.urls);
    await sandbox.promoter.start();
    if (once) {
      await runOnce(sandbox);
      await stop(0);
      return;
    }
    say(welcome(sandbox.urls));
    const isFirst = sandbox.github.hub.store.world.workflowRuns.length === 0;
    if (!isFirst) return;
    const pushed = await pushRelease(sandbox.urls.github);
    say(`Pushed a first release: commit ${pushed.commit.slice(0, 7)}, "${pushed.banner}"`);
  } catch (error) {
    process.stderr.write(`${explainFailure(error, sandbox)}\n`);
    await stop(1);
  }
}

try {
  const { values } = parseArgs({
    options: { once: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  });
  if (values.help) say(HELP);
  else {
    const settings = readConfig();
    const { dataDirectory } = settings;
    if (await findRunningSandbox(dataDirectory))
      throw new Error(
        `A sandbox is already running on ${dataDirectory}. Stop it, set SANDBOX_DATA to another folder, or remove ${runningFile(dataDirectory)} if it is gone.`,
      );
    await run(settings, values.once);
  }
} catch (error) {
  exitWith(error);
}
