// `npm start -- --once` takes one release from push to production, approves it on the way, and shows its trace.
import { ENVIRONMENTS } from '../assemble/config.ts';
import type { Sandbox } from '../assemble/start-sandbox.ts';
import { followRelease, githubCalls } from './follow-release.ts';
import { pushRelease } from './push-release.ts';
import { showTrace } from './show-trace.ts';
import { green, say, summary } from './terminal.ts';

export async function runOnce(sandbox: Sandbox): Promise<void> {
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
