// The pure parts of the architecture check. What each rule refuses is in breakages/architecture.ts.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findCircles } from '../src/architecture/find-circles.ts';
import { findRoom } from '../src/architecture/find-room.ts';
import { readPackages } from '../src/architecture/read-packages.ts';
import { readSources, type Source } from '../src/architecture/read-sources.ts';
import { HOUSE } from '../src/architecture/rooms.ts';
import { environmentFindings, purityFindings } from '../src/architecture/syntax-findings.ts';

const graph = (arrows: Record<string, string>): Map<string, string[]> =>
  new Map(Object.entries(arrows).map(([from, to]) => [from, to.split('').filter(Boolean)]));

describe('findCircles', () => {
  it.each([
    ['nothing in a graph without any', { a: 'bc', b: 'd', c: 'd', d: '' }, []],
    ['two files that need each other', { a: 'b', b: 'a' }, ['a b a']],
    ['a file that imports itself', { a: 'a', b: '' }, ['a a']],
    ['the shortest of several, from its first name', { d: 'a', a: 'b', b: 'c', c: 'ad', d2: 'd' }, ['a b c a']],
    ['one that does not pass through the first name', { a: 'b', b: 'c', c: 'da', d: 'c' }, ['c d c']],
    ['each of two that are apart', { a: 'b', b: 'ac', c: 'd', d: 'c' }, ['c d c', 'a b a']],
    ['one that is only reached from outside', { a: 'b', b: 'c', c: 'd', d: 'b' }, ['b c d b']],
  ])('finds %s', (_what, arrows, circles) => {
    expect(findCircles(graph(arrows as Record<string, string>)).map((circle) => circle.join(' '))).toEqual(circles);
  });
});

describe('the table of rooms', () => {
  it.each(Object.entries(HOUSE))('has no circle of rooms in %s', (_folder, { rooms }) => {
    expect(findCircles(new Map(Object.entries(rooms).map(([name, { imports }]) => [name, imports])))).toEqual([]);
  });

  it('has no circle of packages, tests included', async () => {
    const packages = await readPackages(path.join(import.meta.dirname, '../../..'));
    const arrows = packages.map(({ name, folder }): [string, string[]] => {
      const { imports = [], testsImport = [] } = HOUSE[folder] ?? {};
      return [name, [...imports, ...testsImport]];
    });

    expect(findCircles(new Map(arrows))).toEqual([]);
    expect(arrows.flatMap(([, names]) => names).filter((name) => !packages.some((each) => each.name === name))).toEqual(
      [],
    );
  });

  it('takes the longest path that holds a file', () => {
    expect(findRoom('todo/src/api-document/document.ts')?.name).toBe('api-document');
    expect(findRoom('todo/src/api-document/documented-as.ts')?.name).toBe('documented');
    expect(findRoom('todo/src/app.ts')?.name).toBe('app');
    expect(findRoom('todo/src/apps.ts')).toBeUndefined();
    expect(findRoom('todos/src/app.ts')).toBeUndefined();
  });
});

describe('what a syntax tree shows', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'architecture-'));
    await writeFile(path.join(root, 'package.json'), '{"workspaces": []}');
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  async function read(file: string, text: string): Promise<Source[]> {
    await mkdir(path.join(root, path.dirname(file)), { recursive: true });
    await writeFile(path.join(root, file), text);
    return readSources(root);
  }

  it.each([
    ['Date.now()', 'Date.now'],
    ["Date['now']()", 'Date.now'],
    ['new Date()', 'new Date() without arguments'],
    ['Date()', 'Date'],
    ['[1].map(Date)', 'Date'],
    ['Math.random()', 'Math.random'],
    ['const { random } = Math', 'Math.*'],
    ['Math[name]()', 'Math.*'],
    ['process.env', 'process'],
    ['process.hrtime()', 'process'],
    ['performance.now()', 'performance'],
    ['setTimeout(run, 1)', 'setTimeout'],
    ['fetch(url)', 'fetch'],
    ['globalThis.fetch(url)', 'globalThis'],
    ['crypto.randomUUID()', 'crypto'],
    ['AbortSignal.timeout(1)', 'AbortSignal'],
    ["import('./' + name)", 'import()'],
    ['const value = { fetch }', 'fetch'],
  ])('a pure room does not say %s', async (text, used) => {
    const findings = purityFindings(await read('promoter/src/decide/example.ts', `\n${text};`));

    expect(findings.map(({ where, what }) => `${where} ${what.split(': ')[0] ?? ''}`)).toContain(
      `promoter/src/decide/example.ts:2 uses ${used}`,
    );
  });

  it.each([
    'new Date(ms)',
    'Date.parse(text)',
    'Date.UTC(2026, 1)',
    'value instanceof Date',
    'const at: Date = value as Date',
    'type At = Date | typeof Date.now',
    'Math.max(1, 2)',
    'ports.fetch(url)',
    'const value = { fetch: 1, process: 2 }',
    'interface Ports { fetch(url: string): Promise<void>; process: string }',
  ])('a pure room may say %s', async (text) => {
    expect(purityFindings(await read('promoter/src/trace/example.ts', text))).toEqual([]);
  });

  it('a test of a pure room may use the clock', async () => {
    expect(purityFindings(await read('promoter/src/decide/example.test.ts', 'Date.now()'))).toEqual([]);
  });

  it.each([
    ['process.env', 1],
    ["process['env']['PATH']", 1],
    ['globalThis.process.env', 1],
    ['const { env } = process', 1],
    ["import { env } from 'node:process'", 1],
    ['settings.env', 0],
    ['process.exit(1)', 0],
  ])('%s reads the environment %i times', async (text, times) => {
    expect(environmentFindings(await read('todo/src/example.ts', text))).toHaveLength(times);
    expect(environmentFindings(await read('todo/src/example.ts', ''))).toEqual([]);
    expect(environmentFindings(await read('todo/src/config.ts', text))).toEqual([]);
    expect(environmentFindings(await read('todo/test/example.ts', text))).toEqual([]);
    expect(environmentFindings(await read('todo/src/test/example.ts', text))).toHaveLength(times);
  });

  it('imports are found wherever they are written, with what they are', async () => {
    await read('todo/src/b.ts', '');
    const text = [
      "import type { A } from './b.ts';",
      "import { type B, c } from './b.ts';",
      "export * from './b.ts';",
      "export type { D } from './b.ts';",
      "type E = import('./b.ts').E;",
      "const f = await import('./b.ts');",
      "import './b.ts';",
      "import { z } from 'zod';",
    ].join('\n');
    const { imports = [] } = (await read('todo/src/a.ts', text)).find(({ file }) => file === 'todo/src/a.ts') ?? {};

    expect(imports.map(({ line, isTypeOnly, target }) => [line, isTypeOnly, target])).toEqual(
      expect.arrayContaining([
        [1, true, 'todo/src/b.ts'],
        [2, false, 'todo/src/b.ts'],
        [3, false, 'todo/src/b.ts'],
        [4, true, 'todo/src/b.ts'],
        [5, true, 'todo/src/b.ts'],
        [6, false, 'todo/src/b.ts'],
        [7, false, 'todo/src/b.ts'],
        [8, false, undefined],
      ]),
    );
  });

  it('a file that does not parse is named', async () => {
    await expect(read('todo/src/a.ts', 'const = 1')).rejects.toThrow(/^todo\/src\/a\.ts: /);
  });
});
