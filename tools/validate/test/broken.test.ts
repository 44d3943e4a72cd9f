// Each check is given a broken input and must find it. A check that always passes proves nothing.
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Check } from '../src/check.ts';
import { CHECKS, LIVE_CHECKS, QUICK_CHECKS } from '../src/checks.ts';
import { findOneOf } from '../src/run-tool.ts';
import type { Breakage } from './breakage.ts';
import { ADMISSION_BREAKAGES } from './breakages/admission.ts';
import { ARCHITECTURE_BREAKAGES } from './breakages/architecture.ts';
import { CANARY_BREAKAGES } from './breakages/canary.ts';
import { CHARTS_BREAKAGES } from './breakages/charts.ts';
import { LANGUAGE_BREAKAGES } from './breakages/language.ts';
import { LIVE_BREAKAGES } from './breakages/live.ts';
import { MANIFESTS_BREAKAGES } from './breakages/manifests.ts';
import { OBSERVABILITY_BREAKAGES } from './breakages/observability.ts';
import { ORDER_BREAKAGES } from './breakages/order.ts';
import { RELEASE_BREAKAGES } from './breakages/release.ts';
import { TERRAFORM_BREAKAGES } from './breakages/terraform.ts';
import { WORKFLOWS_BREAKAGES } from './breakages/workflows.ts';

const BREAKAGES = [
  ...ADMISSION_BREAKAGES,
  ...ARCHITECTURE_BREAKAGES,
  ...LANGUAGE_BREAKAGES,
  ...TERRAFORM_BREAKAGES,
  ...MANIFESTS_BREAKAGES,
  ...ORDER_BREAKAGES,
  ...CANARY_BREAKAGES,
  ...CHARTS_BREAKAGES,
  ...OBSERVABILITY_BREAKAGES,
  ...WORKFLOWS_BREAKAGES,
  ...RELEASE_BREAKAGES,
  ...LIVE_BREAKAGES,
];

const ROOT = path.join(import.meta.dirname, '../../..');
/** What the checks read; the rest of the repository is not copied. */
const LOOKED_AT =
  /^(\.ci|\.github|docs|gitops-config|observability|terraform|sandbox|todo|promoter|tools|[^/]+\.(md|json|yaml))(\/|$)/;
const LEFT_OUT = /(^|\/)(node_modules|\.turbo|dist|bench-results\.json|test-results\.json|data|\.sandbox)(\/|$)/;

let tree: string;
beforeAll(async () => {
  tree = await mkdtemp(path.join(tmpdir(), 'broken-'));
  await cp(ROOT, tree, {
    recursive: true,
    filter(source) {
      const file = path.relative(ROOT, source).split(path.sep).join('/');
      return file === '' || (LOOKED_AT.test(file) && !LEFT_OUT.test(file));
    },
  });
  await symlink(path.join(ROOT, 'node_modules'), path.join(tree, 'node_modules'));
});
afterAll(() => rm(tree, { recursive: true, force: true }));

const lacking = new Set<string>();
for (const { needs = [] } of CHECKS) for (const tool of needs) if (!(await findOneOf(tool))) lacking.add(tool);

const breakagesOf = ({ name }: Check): Breakage[] => BREAKAGES.filter(({ of }) => name.includes(of));
/** In CI every checker is installed and nothing is skipped; elsewhere the title gives the reason. */
function missingFor({ needs = [] }: Check): { run: typeof it; why: string } {
  const missing = needs.filter((tool) => lacking.has(tool));
  const skips = missing.length > 0 && process.env['CI'] === undefined;
  return { run: skips ? (it.skip as typeof it) : it, why: skips ? `[${missing.join(', ')} is not installed] ` : '' };
}

/** @returns what restores the tree. */
async function breakTree({ file: name, edit }: Breakage): Promise<() => Promise<void>> {
  const file = path.join(tree, name);
  const before = await readFile(file, 'utf8').catch(() => undefined);
  const after = edit(before ?? '');
  expect(after, `${name} is no longer changed by the example`).not.toBe(before ?? '');
  const made = await mkdir(path.dirname(file), { recursive: true });
  if (after === undefined) await rm(file);
  else await writeFile(file, after);
  return () => (before === undefined ? rm(made ?? file, { recursive: true }) : writeFile(file, before));
}

async function findingsOf(check: Check): Promise<string> {
  try {
    const { findings } = await check.run(tree);
    return findings.map(({ where, what }) => `${where}: ${what}`).join('\n');
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe.each(CHECKS.map((check) => ({ check, title: check.name })))('$title', ({ check }) => {
  it('has an example of what breaks it', () => {
    expect(breakagesOf(check)).not.toEqual([]);
  });
});

describe.each(QUICK_CHECKS.map((check) => ({ check, title: check.name })))('$title', ({ check }) => {
  const { run, why } = missingFor(check);
  run.each(breakagesOf(check))(`${why}fails: $says`, async (breakage) => {
    const restore = await breakTree(breakage);
    try {
      expect(await findingsOf(check)).toMatch(breakage.finding);
    } finally {
      await restore();
    }
  });
});

describe('the running platform', () => {
  const cases = LIVE_CHECKS.flatMap((check) =>
    breakagesOf(check).map((breakage) => ({ check, breakage, says: breakage.says })),
  );
  const { run, why } = missingFor(LIVE_CHECKS[0] as Check);

  // One platform for all examples: running it takes a minute.
  run(
    `${why}fails: ${cases.map(({ says }) => says).join('; ')}`,
    async () => {
      const restores: (() => Promise<void>)[] = [];
      try {
        for (const { breakage } of cases) restores.push(await breakTree(breakage));
        for (const { check, breakage } of cases) expect(await findingsOf(check)).toMatch(breakage.finding);
      } finally {
        for (const restore of restores.reverse()) await restore();
      }
    },
    300_000,
  );
});
