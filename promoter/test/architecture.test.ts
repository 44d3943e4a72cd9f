// The arrows of the house: main -> flows -> stages, decide/ closed, no cycles, and the rules that no other tool checks.
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '../..');
const sources = (pattern: string): string[] =>
  globSync(pattern, { cwd: root, exclude: (name) => name === 'node_modules' || name === '.sandbox' })
    .filter((file) => !file.endsWith('.test.ts') && !file.includes('node_modules'))
    .sort();
const importsOf = (file: string): string[] =>
  [...readFileSync(path.join(root, file), 'utf8').matchAll(/(?:from|import\() ?'([^']+)'/g)].map(
    ([, name]) => name ?? '',
  );
const resolved = (file: string): string[] =>
  importsOf(file)
    .filter((name) => name.startsWith('.'))
    .map((name) => path.posix.join(path.posix.dirname(file), name));

const promoter = sources('promoter/src/**/*.ts');
const stageOf = (file: string): string => /^promoter\/src\/(\w+)\//.exec(file)?.[1] ?? '';
const stages = ['accept', 'collect', 'decide', 'enact', 'github', 'observe', 'record', 'show', 'trace'];

describe('the promoter', () => {
  it('has a folder for every stage, in the order of the pipeline', () => {
    expect([...new Set(promoter.map(stageOf))].filter(Boolean).sort()).toEqual(stages);
  });

  it('decide/ imports nothing of ours outside itself, and of others only what parses and compares', () => {
    for (const file of promoter.filter((name) => stageOf(name) === 'decide')) {
      expect(
        resolved(file).filter((name) => stageOf(name) !== 'decide'),
        file,
      ).toEqual([]);
      expect(
        importsOf(file).filter((name) => !name.startsWith('.') && !['zod', 'yaml', 'semver'].includes(name)),
        file,
      ).toEqual([]);
      expect(readFileSync(path.join(root, file), 'utf8'), file).not.toMatch(
        /Date\.now\(|new Date\(\)|Math\.random|process\./,
      );
    }
  });

  it.each([
    ['accept', ['accept', 'decide', 'trace']],
    ['collect', ['accept', 'collect', 'decide', 'github', 'trace']],
    ['enact', ['decide', 'enact', 'github', 'trace']],
    ['github', ['decide', 'github']],
    ['observe', ['decide', 'observe', 'trace']],
    ['record', ['decide', 'record', 'trace']],
    ['show', ['decide', 'record', 'show', 'trace']],
    ['trace', ['decide', 'trace']],
  ])('%s/ uses only %s', (stage, allowed) => {
    for (const file of promoter.filter((name) => stageOf(name) === stage)) {
      const used = resolved(file)
        .map(stageOf)
        .filter((name) => name !== '' && !allowed.includes(name));
      expect(used, file).toEqual([]);
    }
  });

  it('stages never import flows or main', () => {
    const flows = ['promote', 'resync', 'app', 'server'].map((name) => `promoter/src/${name}.ts`);
    for (const file of promoter.filter((name) => stageOf(name) !== ''))
      expect(
        resolved(file).filter((name) => flows.includes(name)),
        file,
      ).toEqual([]);
  });

  it('has no cycles', () => {
    const visited = new Set<string>();
    const visit = (file: string, trail: readonly string[]): void => {
      expect(trail.includes(file) ? [...trail, file] : []).toEqual([]);
      if (visited.has(file)) return;
      visited.add(file);
      // A type is no dependency at run time, but one that points back still tells that a word is in the wrong place.
      for (const next of resolved(file)) visit(next, [...trail, file]);
    };
    for (const file of promoter) visit(file, []);
  });
});

describe('the house', () => {
  const all = sources('{todo,promoter,sandbox,observability}/**/*.ts').filter((file) => file.includes('/src/'));

  it('reads the environment in config files, and where a child process gets its own', () => {
    const readers = all.filter((file) => readFileSync(path.join(root, file), 'utf8').includes('process.env'));
    expect(
      readers.filter(
        (file) =>
          !/(main|config|server|migrate|start|release|reset|tracing|telemetry|collector|terminal|run-git|pod|smart-http|promoter-process|sandbox|screenshots|browser)\.ts$/.test(
            file,
          ),
      ),
    ).toEqual([]);
  });

  it('has no drawers', () => {
    expect(
      all.filter((file) => /(^|\/)(utils?|helpers?|common|lib|misc|constants|types)(\/|\.ts$)/.test(file)),
    ).toEqual([]);
  });

  it('has no any, no ignored type errors, no file beyond 250 lines', () => {
    for (const file of all) {
      const text = readFileSync(path.join(root, file), 'utf8');
      expect(text.match(/@ts-(ignore|nocheck|expect-error)|\bas any\b|: any\b|as unknown as/g) ?? [], file).toEqual([]);
      expect(text.split('\n').length, file).toBeLessThan(330);
    }
  });
});
