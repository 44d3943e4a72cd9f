// `npm run screenshots` shows what a person sees while a release waits for prod and after it arrived, into docs/screenshots/.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { endWithParent } from '@delivery/postgresql/end-with-parent';
import type { Browser } from 'playwright-core';
import { followRelease } from '../src/commands/follow-release.ts';
import { pushRelease } from '../src/commands/push-release.ts';
import { type Sandbox, startSandbox } from '../src/assemble/start-sandbox.ts';
import { REPOSITORY_ROOT } from '../src/assemble/config.ts';
import { restoreDate, setOffset, shiftDate } from './flow/shifted-date.ts';
import { launchBrowser } from '@delivery/chromium';

const folder = path.join(REPOSITORY_ROOT, 'docs/screenshots');
const WIDE = { width: 1200, height: 800 };
const NARROW = { width: 390, height: 844 };

async function shoot(
  browser: Browser,
  name: string,
  url: string,
  viewport = WIDE,
  colorScheme: 'light' | 'dark' = 'light',
  ready = 'h1',
): Promise<void> {
  const context = await browser.newContext({ viewport, colorScheme });
  const page = await context.newPage();
  await page.goto(url);
  await page.locator(ready).first().waitFor();
  await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
  await context.close();
}

/** Runs the command in a new data folder, and draws its output as a terminal shows it. */
async function shootTerminal(browser: Browser, dataDirectory: string): Promise<void> {
  const child = spawn(process.execPath, ['sandbox/src/start.ts', '--once'], {
    cwd: REPOSITORY_ROOT,
    env: { ...process.env, SANDBOX_DATA: dataDirectory },
  });
  endWithParent(child);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise((closed) => child.once('close', closed));
  if (code !== 0) throw new Error(`npm start -- --once ended with ${String(code)}:\n${output}`);
  const page = await browser.newPage({ viewport: { width: 1180, height: 390 } });
  await page.setContent(
    '<style>body{margin:0;padding:1.25rem;background:#0d1117;color:#e6edf3}pre{margin:0;font:14px/1.5 "DejaVu Sans Mono",monospace}</style><pre></pre>',
  );
  await page.locator('pre').evaluate((element, text) => {
    element.textContent = text;
  }, `$ npm start -- --once\n${output}`);
  await page.screenshot({ path: path.join(folder, 'terminal.png'), fullPage: true });
  await page.close();
}

async function pages(browser: Browser, sandbox: Sandbox): Promise<void> {
  const { urls } = sandbox;
  const first = await pushRelease(urls.github, 'What needs to be done today?');
  await followRelease(sandbox, first, { approve: true });
  await pushRelease(urls.github, 'What needs to be done tomorrow?');
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(urls.board);
  const prod = page.locator('.environment', { has: page.getByRole('heading', { name: 'prod', exact: true }) });
  await prod.getByText('waits for a review').waitFor({ timeout: 90_000 });
  const pull = await prod.getByRole('link', { name: /^#\d+$/ }).getAttribute('href');
  if (pull === null) throw new Error('the board does not link to the pull request for prod');
  await context.close();

  await shoot(browser, 'board', urls.board);
  await shoot(browser, 'board-dark-narrow', urls.board, NARROW, 'dark');
  await shoot(browser, 'github-pull-request', pull);
  await shoot(browser, 'github-pull-request-narrow', pull, NARROW, 'dark');
  await shoot(browser, 'github-home', urls.github);
  await shoot(browser, 'github-repository', `${urls.github}/acme/gitops-config`);
}

/** Shows a release that waited three days for its approval: in between, every Date here and in the promoter is moved ahead. */
async function afterThreeDays(browser: Browser, dataDirectory: string, file: string): Promise<void> {
  setOffset(file, 0);
  shiftDate(file);
  const shifted = {
    SHIFTED_DATE_FILE: file,
    NODE_OPTIONS: `--import ${path.join(import.meta.dirname, 'flow/shift-date-of-process.ts')}`,
  };
  const sandbox = await startSandbox({
    dataDirectory,
    soak: '2s',
    ports: {},
    podEnv: shifted,
    promoterEnv: {
      ...shifted,
      TRACE_URL: 'https://grafana.example/explore?trace={traceId}',
      ARGOCD_URL: 'https://argocd.example/applications/{application}',
    },
  });
  try {
    await sandbox.promoter.start();
    const { urls } = sandbox;
    const pushed = await pushRelease(urls.github, 'Three days later');
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(urls.board);
    const prod = page.locator('.environment', { has: page.getByRole('heading', { name: 'prod', exact: true }) });
    await prod.getByText('waits for a review').waitFor({ timeout: 90_000 });
    for (const url of [urls.todo.dev, urls.todo.staging]) await fetch(url);
    setOffset(file, 3 * 86_400_000 + 2 * 3_600_000);
    const { traceId } = await followRelease(sandbox, pushed, { approve: true });
    await page.goto(`${urls.board}/releases/${traceId}`);
    await page.getByRole('heading', { name: 'First request in prod' }).waitFor({ timeout: 30_000 });
    await context.close();

    const release = `${urls.board}/releases/${traceId}`;
    await shoot(browser, 'release', release);
    await shoot(browser, 'release-dark-narrow', release, NARROW, 'dark');
    await shoot(browser, 'board-after-three-days', urls.board);
    await shoot(browser, 'delivery', `${urls.board}/delivery`);
    await shoot(browser, 'delivery-dark-narrow', `${urls.board}/delivery`, NARROW, 'dark');
    await shoot(browser, 'where-is-my-change', `${urls.board}/search?q=${pushed.commit.slice(0, 7)}`);
  } finally {
    await sandbox.close();
    restoreDate();
  }
}

const directory = await mkdtemp(path.join(tmpdir(), 'screenshots-'));
const browser = await launchBrowser();
try {
  const sandbox = await startSandbox({ dataDirectory: path.join(directory, 'pages'), soak: '2s', ports: {} });
  try {
    await sandbox.promoter.start();
    await pages(browser, sandbox);
  } finally {
    await sandbox.close();
  }
  await afterThreeDays(browser, path.join(directory, 'three-days'), path.join(directory, 'offset'));
  await shootTerminal(browser, path.join(directory, 'terminal'));
} finally {
  await browser.close();
  await rm(directory, { recursive: true, force: true });
}
