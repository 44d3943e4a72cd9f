// Each check is shown an input that is broken, and must say so. A check that passes whatever it is given proves nothing.
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHECKS } from '../src/checks.ts';
import { findOneOf } from '../src/run-tool.ts';
import { BREAKAGES } from './breakages.ts';

const ROOT = path.join(import.meta.dirname, '../../..');
/** What the checks look at; the rest of the repository is not copied. */
const LOOKED_AT =
  /^(\.github|docs|gitops-config|observability|terraform|sandbox|todo|promoter|tools|[^/]+\.(md|json|yaml))(\/|$)/;
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

describe.each(CHECKS.map((check) => ({ check, title: check.name })))('$title', ({ check }) => {
  const breakages = BREAKAGES.filter(({ of }) => check.name.includes(of));
  const missing = (check.needs ?? []).filter((tool) => lacking.has(tool));

  it('has an example of what breaks it', () => {
    expect(breakages).not.toEqual([]);
  });

  // In CI every checker is there, so nothing is skipped; elsewhere the reason stands in the title.
  const run = missing.length > 0 && process.env['CI'] === undefined ? it.skip : it;
  run.each(breakages)(
    `${missing.length > 0 ? `[${missing.join(', ')} is not installed] ` : ''}fails: $says`,
    async (breakage) => {
      const file = path.join(tree, breakage.file);
      const before = await readFile(file, 'utf8').catch(() => undefined);
      const after = breakage.edit(before ?? '');
      expect(after, `${breakage.file} is not changed by the example any more`).not.toBe(before);
      try {
        await writeFile(file, after);
        const { findings } = await check.run(tree).catch((error: unknown) => ({
          findings: [{ where: '', what: error instanceof Error ? error.message : String(error) }],
        }));
        expect(findings.map(({ where, what }) => `${where}: ${what}`).join('\n')).toMatch(breakage.finding);
      } finally {
        if (before === undefined) await rm(file);
        else await writeFile(file, before);
      }
    },
  );
});
