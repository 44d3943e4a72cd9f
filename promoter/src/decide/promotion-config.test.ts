import { describe, expect, it } from 'vitest';
import { combine, parsePromotionFile } from './promotion-config.ts';
import { readPromotionFile } from './promotion-file.ts';

const pipeline = (name: string, image = name, environments = ['dev', 'prod']): string =>
  [
    `  - name: ${name}`,
    `    image: ghcr.io/acme/${image}`,
    '    tags: ^v(?<number>[0-9]+)$',
    '    environments:',
    ...environments.map((one) => `      - { name: ${one}, manifest: apps/${name}/${one}.yaml }`),
  ].join('\n');
const todo = `pipelines:\n${pipeline('todo')}\n`;
const shop = `pipelines:\n${pipeline('shop')}\n`;
const freezesOf = (...names: string[]): string =>
  `freezes:\n${names.map((name) => `  - { environments: ['${name}'], reason: sales }\n`).join('')}`;
const combined = (files: Record<string, string | undefined>) =>
  combine(Object.entries(files).map(([file, text]) => readPromotionFile(file, text)));

describe('several promotion files', () => {
  it('claim a name once', () => {
    const { pipelines, problems } = combined({ 'a.yaml': todo, 'b.yaml': todo });

    expect(pipelines).toHaveLength(1);
    expect(problems).toMatchObject([
      { file: 'b.yaml', line: 2, column: 11, reason: 'pipeline todo is declared twice' },
    ]);
  });

  it('may declare freezes alone, of what the others declare', () => {
    const config = combined({
      'freezes.yaml': freezesOf('todo', 'todo/prod', 'shop/dev', '*'),
      'a.yaml': todo,
      'b.yaml': shop,
    });

    expect(config).toMatchObject({ problems: [], freezes: [{ environments: ['todo'] }, {}, {}, {}] });
    expect(config.pipelines).toHaveLength(2);
  });

  it('lets a freeze name a pipeline that does not parse', () => {
    const broken = shop.replace('    tags:', '    tag:');
    const { problems, freezes } = combined({ 'a.yaml': todo + freezesOf('shop/prod'), 'b.yaml': broken });

    expect(problems.every(({ pipeline: stopped }) => stopped === 'shop')).toBe(true);
    expect(freezes).toHaveLength(1);
  });
});

describe('a freeze that is not understood freezes everything of all files', () => {
  it.each([
    ['todo/prd', 'did you mean todo/prod?'],
    ['prod', 'did you mean todo/prod or shop/prod?'],
    ['todo/prod ', 'did you mean todo/prod?'],
    ['Todo', 'did you mean todo?'],
    ['constructor', 'write pipeline/environment, a pipeline, or *'],
    ['todo/*', 'did you mean todo'],
  ])('because nothing is called %j', (name, suggestion) => {
    const { pipelines, freezes, problems } = combined({ 'a.yaml': todo + freezesOf('todo/dev', name), 'b.yaml': shop });

    expect(problems).toMatchObject([
      { file: 'a.yaml', line: 10, column: 22, pipeline: undefined, freezesAll: { until: undefined } },
    ]);
    expect(problems[0]?.reason).toContain(`names ${name}, which no promotion file declares; ${suggestion}`);
    expect(freezes.at(-1)).toMatchObject({
      environments: ['*'],
      reason: expect.stringContaining(`a.yaml:10:22 freezes.1.environments.0 names ${name}`) as string,
    });
    expect(pipelines).toHaveLength(2);
  });

  it('for as long as it was meant to last', () => {
    const text = todo + freezesOf('todo/prd').replace('reason', 'until: 2027-01-04T08:00:00Z, reason');
    expect(parsePromotionFile('a.yaml', text).freezes.at(-1)).toMatchObject({
      environments: ['*'],
      until: '2027-01-04T08:00:00Z',
    });
  });

  it.each([
    ['is missing', undefined, undefined],
    ['is empty', '', 1],
    ['is no mapping', 'freezes', 1],
    ['does not parse', 'freezes: [\n', 2],
    ['has its list misspelled', 'frezes:\n  - { environments: [todo], reason: sales }\n', 1],
    ['has no list', 'freezes:\n  environments: [todo]\n', 2],
    ['has a day instead of a time', freezesOf('todo').replace('reason', 'until: 2027-01-04, reason'), 2],
    ['has no reason', 'freezes:\n  - environments: [todo]\n', 2],
    ['names nothing', 'freezes:\n  - { environments: [], reason: sales }\n', 2],
    ['has a time that no calendar has', freezesOf('todo').replace('reason', 'until: 2027-02-30T00:00:00Z, reason'), 2],
  ])('because its file %s', (_case, text, line) => {
    const { pipelines, freezes, problems } = combined({ 'freezes.yaml': text, 'a.yaml': todo });

    expect(problems).toMatchObject([{ file: 'freezes.yaml', line, freezesAll: { until: undefined } }]);
    expect(freezes).toMatchObject([
      { environments: ['*'], reason: expect.stringMatching(/^freezes\.yaml/) as string, until: undefined },
    ]);
    expect(pipelines.map(({ name }) => name)).toEqual(['todo']);
  });

  it('and stops the pipelines of its own file', () => {
    const text = todo + 'freezes:\n  - environments: [todo]\n';
    expect(parsePromotionFile('a.yaml', text)).toMatchObject({ pipelines: [], freezes: [{ environments: ['*'] }] });
  });

  it('but a file without a word about freezes stops its own pipelines alone', () => {
    const { pipelines, freezes, problems } = combined({ 'a.yaml': 'pipelines: [\n', 'b.yaml': todo });

    expect(problems).toMatchObject([{ file: 'a.yaml', freezesAll: undefined, pipeline: undefined }]);
    expect(freezes).toEqual([]);
    expect(pipelines).toHaveLength(1);
  });
});

describe('one manifest for two environments', () => {
  const same = (text: string, manifest: string): string => text.replace('apps/todo/prod.yaml', manifest);
  it.each(['apps/todo/dev.yaml', './apps/todo/dev.yaml', 'apps//todo/dev.yaml', 'apps/x/../todo/dev.yaml'])(
    'of a pipeline stops it: %s',
    (manifest) => {
      const { pipelines, problems } = parsePromotionFile('a.yaml', same(todo, manifest));

      expect(pipelines).toEqual([]);
      expect(problems).toMatchObject([
        { line: 6, column: 32, pipeline: 'todo' },
        { line: 7, column: 33, pipeline: 'todo' },
      ]);
      expect(problems[1]?.reason).toBe(
        'manifest apps/todo/dev.yaml of todo/prod is also that of todo/dev (a.yaml:6:32); give each environment its own',
      );
    },
  );

  it('of two pipelines of one image stops both, over files too', () => {
    const other = `pipelines:\n${pipeline('other', 'todo')}\n`.replace('apps/other/dev.yaml', 'apps/todo/prod.yaml');
    const { pipelines, problems } = combined({ 'a.yaml': todo, 'b.yaml': other, 'c.yaml': shop });

    expect(pipelines.map(({ name }) => name)).toEqual(['shop']);
    expect(problems.map(({ file, pipeline: stopped }) => [file, stopped])).toEqual([
      ['a.yaml', 'todo'],
      ['b.yaml', 'other'],
    ]);
  });

  it('of two images is fine: each has its own scalars in it', () => {
    const text = shop.replaceAll('apps/shop', 'apps/todo');
    expect(combined({ 'a.yaml': todo, 'b.yaml': text })).toMatchObject({ problems: [], pipelines: [{}, {}] });
  });
});
