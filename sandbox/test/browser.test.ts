// What a person sees in a browser, with the real todo: a release waits for prod, is approved on the page, and is promoted.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pushRelease } from '../src/commands/push-release.ts';
import { type Sandbox, startSandbox } from '../src/assemble/start-sandbox.ts';
import { launchBrowser } from '@delivery/chromium';

const SLOW_MS = 60_000;

describe('a person approves a release', () => {
  let directory: string;
  let sandbox: Sandbox;
  let browser: Browser;
  let page: Page;
  const consoleErrors: string[] = [];
  let releaseUrl = '';

  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'sandbox-browser-'));
    [browser, sandbox] = await Promise.all([
      launchBrowser(),
      startSandbox({ dataDirectory: directory, soak: '2s', ports: {} }),
    ]);
    await sandbox.promoter.start();
    page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    page.on('console', (message) => message.type() === 'error' && consoleErrors.push(message.text()));
    page.on('pageerror', (error) => consoleErrors.push(error.message));
  });
  afterAll(async () => {
    await browser.close();
    await sandbox.close();
    await rm(directory, { recursive: true, force: true });
  });

  const card = (environment: string) =>
    page.locator('.environment', { has: page.getByRole('heading', { name: environment, exact: true }) });

  it('sees the board change by itself until prod waits for a review', async () => {
    await page.goto(sandbox.urls.board);
    await pushRelease(sandbox.urls.github, 'Approved in a browser');

    await card('dev').getByText('healthy').waitFor({ timeout: SLOW_MS });
    await card('staging').getByText('healthy').waitFor({ timeout: SLOW_MS });
    await card('prod').getByText('waits for a review by team release-managers').waitFor({ timeout: SLOW_MS });

    expect(await card('prod').getByText('nothing released yet').isVisible()).toBe(true);
  });

  it('sees the same without scripts', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const plain = await context.newPage();
    await plain.goto(sandbox.urls.board);

    expect(await plain.getByText('waits for a review by team release-managers').isVisible()).toBe(true);
    await context.close();
  });

  it('sees that the developer’s approval does not count', async () => {
    await card('prod')
      .getByRole('link', { name: /^#\d+$/ })
      .click();
    await page.getByRole('button', { name: 'dana' }).click();
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.goto(sandbox.urls.board);

    await card('prod').getByText('dana is not in team release-managers').waitFor({ timeout: SLOW_MS });
  });

  it('approves as the release manager, and prod serves the release', async () => {
    await card('prod')
      .getByRole('link', { name: /^#\d+$/ })
      .click();
    await page.getByRole('button', { name: 'rene' }).click();
    expect(await page.getByText('kustomization.yaml').first().isVisible()).toBe(true);
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('rene approved').waitFor();

    await page.goto(sandbox.urls.board);
    await card('prod').getByText('healthy').waitFor({ timeout: SLOW_MS });
    await page.goto(sandbox.urls.todo.prod);

    expect(await page.getByText('Approved in a browser').isVisible()).toBe(true);
    await page.getByLabel('New todo').fill('buy <b>milk</b>');
    await page.keyboard.press('Enter');
    await page.getByRole('checkbox', { name: 'buy <b>milk</b>' }).waitFor();
  });

  it('follows the release from its card to its timeline, with every span’s details on a key', async () => {
    await page.goto(sandbox.urls.board);
    await card('prod').locator('a.tag').click();
    await page.getByRole('heading', { name: 'First request in prod' }).waitFor({ timeout: SLOW_MS });
    const phases = await page.getByRole('heading', { level: 2 }).allTextContents();
    const approval = page.locator('.span', { hasText: 'await approval' });
    await approval.locator('summary').focus();
    await page.keyboard.press('Enter');

    expect(phases.map((text) => text.replace(/ [\d.]+ .*$/, '').trim())).toEqual([
      'Build',
      'Promotion to dev',
      'Rollout in dev',
      'Promotion to staging',
      'Rollout in staging',
      'Promotion to prod',
      'Rollout in prod',
      'First request in prod',
      'What ships',
      'People',
    ]);
    expect(await approval.getByText('rene', { exact: true }).isVisible()).toBe(true);
    expect(await page.getByText('dana pushed, rene approved').isVisible()).toBe(true);
    expect(await page.locator('.span', { hasText: 'first request served' }).count()).toBe(1);
    releaseUrl = page.url();
  });

  it('sees the delivery figures and the graph, and finds where a change is', async () => {
    await page.getByRole('link', { name: 'Delivery' }).click();
    await page.getByRole('heading', { name: 'Service graph' }).waitFor();
    expect(await page.getByRole('row', { name: /todo prod 1/ }).isVisible()).toBe(true);
    expect(await page.locator('.graph svg text', { hasText: 'gitops-config' }).count()).toBe(1);

    await page.getByLabel('Where is my change?').fill('#2');
    await page.keyboard.press('Enter');
    await page.locator('.there', { hasText: 'prod' }).first().waitFor();

    expect(await page.getByLabel('Where is my change?').inputValue()).toBe('#2');
  });

  it('finds no accessibility violation and no console error on any page', async () => {
    const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
    const found: Record<string, string[]> = {};
    const { urls } = sandbox;
    for (const url of [
      urls.board,
      releaseUrl,
      `${urls.board}/delivery`,
      `${urls.board}/search?q=main`,
      `${urls.board}/search?q=nothing`,
      urls.github,
      `${urls.github}/acme/todo`,
      `${urls.github}/acme/gitops-config`,
      `${urls.github}/acme/gitops-config/pull/1`,
      urls.todo.dev,
    ]) {
      for (const viewport of [
        { width: 1200, height: 900 },
        { width: 360, height: 740 },
      ]) {
        const context = await browser.newContext({ bypassCSP: true, viewport });
        const audited = await context.newPage();
        await audited.goto(url);
        await audited.addScriptTag({ path: axe });
        const violations = await audited.evaluate(async () => {
          const { axe: run } = globalThis as typeof globalThis & {
            axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
          };
          return (await run.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
        });
        const overflow = await audited.evaluate(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        if (Number(overflow) > 0)
          violations.push(`the page is ${Number(overflow)} px wider than the window of ${viewport.width} px`);
        if (violations.length > 0) found[`${url} at ${viewport.width}`] = violations;
        await context.close();
      }
    }

    expect(found).toEqual({});
    expect(consoleErrors).toEqual([]);
  });
});
