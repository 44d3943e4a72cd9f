// Output for people who read a terminal.
import { noColor } from '../assemble/config.ts';
import { SOURCE_REPOSITORY } from '../assemble/github-settings.ts';
import type { SandboxUrls } from '../assemble/start-sandbox.ts';
import { cloneUrl } from '../github/callers.ts';
import { DEVELOPER, RELEASE_MANAGER } from '../github/people.ts';
import { advise } from './advise.ts';
import type { FollowedRelease } from './follow-release.ts';

const isColoured = process.stdout.isTTY && !noColor;
const style =
  (code: number) =>
  (text: string): string =>
    isColoured ? `\u001B[${code}m${text}\u001B[0m` : text;
const bold = style(1);
const faint = style(2);
export const green = style(32);

export function say(text = ''): void {
  process.stdout.write(`${text}\n`);
}

/** Exits with the message of an error and what to do, without its stack. */
export function exitWith(error: unknown): never {
  process.stderr.write(`${advise(error)}\n`);
  process.exit(1);
}

export function welcome(urls: SandboxUrls): string {
  const rows: [string, string][] = [
    ['Board', urls.board],
    ['GitHub', urls.github],
    ['todo in dev', urls.todo.dev],
    ['todo in staging', urls.todo.staging],
    ['todo in prod', urls.todo.prod],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const clone = cloneUrl(`${urls.github}/${SOURCE_REPOSITORY}`, DEVELOPER.login);
  return [
    '',
    bold('The delivery platform is running.'),
    '',
    ...rows.map(([name, url]) => `  ${name.padEnd(width)}  ${url}`),
    '',
    'What to do next:',
    `  1. Open the board and watch a first release reach dev, then staging.`,
    `  2. Open the pull request for prod, act as ${bold(RELEASE_MANAGER.login)} (top right), and approve it.`,
    `  3. ${bold('npm run release')} pushes another release. Or push your own:`,
    `     ${faint(`git clone ${clone}`)}`,
    '',
    faint('Ctrl-C stops everything; npm run reset removes its data.'),
    '',
  ].join('\n');
}

export function summary(release: FollowedRelease, calls: number): string {
  const header = ['environment', 'digest', 'commit or pull request', 'how', 'when', 'seconds since push'];
  const rows = release.arrivals.map((arrival) => [
    arrival.environment,
    arrival.digest.slice(0, 19),
    arrival.pullRequest === undefined ? arrival.commit : `#${arrival.pullRequest} (${arrival.commit})`,
    arrival.how,
    arrival.at.toISOString().slice(11, 19),
    arrival.secondsSincePush.toFixed(1),
  ]);
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [
    '',
    `Release ${bold(release.tag)} is in production.`,
    '',
    line(header),
    line(widths.map((width) => '-'.repeat(width))),
    ...rows.map(line),
    '',
    `release trace     ${release.traceId ?? 'unknown'}`,
    `GitHub API calls  ${calls}`,
    '',
  ].join('\n');
}
