import { describe, expect, it } from 'vitest';
import { parsePromotionFile } from './promotion-config.ts';

const file = (lines: string): string => lines.replace(/^\n/, '');
const good = file(`
pipelines:
  - name: todo
    image: ghcr.io/acme/todo
    tags: ^v(?<semver>\\d+\\.\\d+\\.\\d+)$
    order: semver
    environments:
      - name: dev
        manifest: dev.yaml
      - name: prod
        after: [dev]
        manifest: prod.yaml
        promote: pull-request
        gates:
          soak: 1h
          approval: { team: managers, count: 2, excludeAuthors: true }
freezes:
  - environments: [todo/prod]
    reason: sales
    until: 2027-01-04T08:00:00Z
`);

describe('promotion.yaml', () => {
  it('is read with its defaults', () => {
    const { pipelines, freezes, problems } = parsePromotionFile('promotion.yaml', good);
    expect(problems).toEqual([]);
    expect(freezes).toHaveLength(1);
    expect(pipelines[0]).toMatchObject({
      environments: [
        { name: 'dev', after: [], promote: 'commit', gates: {} },
        {
          name: 'prod',
          gates: {
            soak: 3_600_000,
            approval: { team: 'managers', count: 2, excludeAuthors: true, permission: 'write' },
          },
        },
      ],
    });
  });

  it.each(['todo-dev', 'argocd/todo-dev', 'team-a/todo.dev'])('may name the Application %s', (application) => {
    const text = good.replace('manifest: dev.yaml', `manifest: dev.yaml\n        application: ${application}`);
    expect(parsePromotionFile('promotion.yaml', text)).toMatchObject({
      problems: [],
      pipelines: [{ environments: [{ application }, {}] }],
    });
  });

  it.each(['Todo-Dev', 'a/b/c', '/todo-dev', 'argocd/', 'todo_dev', `${'a'.repeat(64)}/todo`])(
    'may not name the Application %s',
    (application) => {
      const text = good.replace('manifest: dev.yaml', `manifest: dev.yaml\n        application: ${application}`);
      const { pipelines, problems } = parsePromotionFile('promotion.yaml', text);

      expect(pipelines).toEqual([]);
      expect(problems).toMatchObject([{ line: 9, pipeline: 'todo' }]);
      expect(problems[0]?.reason).toContain('must be the name of an Argo CD Application, or namespace/name');
    },
  );

  it.each([
    ['a tab', good.replace('  - name: todo', '\t- name: todo'), 2, /tab/i],
    [
      'an unknown field',
      good.replace('order: semver', 'ordr: semver'),
      5,
      /ordr is no field here; did you mean order\?/,
    ],
    [
      'a field of another object',
      good.replace('    order: semver', '    gates: { soak: 1h }'),
      5,
      /gates is no field here; known are name, image/,
    ],
    ['a soak that is no duration', good.replace('soak: 1h', 'soak: soon'), 14, /must be a duration/],
    [
      'an environment after itself',
      good.replace('after: [dev]', 'after: [prod]'),
      10,
      /names prod, which is not an environment above/,
    ],
    ['two environments of one name', good.replace('name: prod', 'name: dev'), 9, /declared twice/],
    ['a pattern that is none', good.replace('^v(', '^v(('), 4, /not a regular expression/],
    ['nothing to order by', good.replace('?<semver>', ''), 4, /no group \(\?<semver>/],
    ['an image with a tag', good.replace('acme/todo\n', 'acme/todo:latest\n'), 3, /without tag/],
    [
      'an approval without a pull request',
      good.replace('promote: pull-request', 'promote: commit'),
      15,
      /needs promote: pull-request/,
    ],
    ['a freeze without a reason', good.replace('    reason: sales\n', ''), 17, /reason/],
    ['a text that is no mapping', 'hello\n', 1, /./],
    ['nothing', '', 1, /./],
  ])('says where and what is wrong: %s', (_case, text, line, reason) => {
    const { pipelines, problems } = parsePromotionFile('promotion.yaml', text);
    expect(pipelines).toEqual([]);
    expect(problems[0]).toMatchObject({
      file: 'promotion.yaml',
      line,
      reason: expect.stringMatching(reason) as string,
    });
  });

  it('goes on with the pipelines that are right', () => {
    const second =
      good
        .split('freezes:')[0]
        ?.replace('pipelines:\n', '')
        .replace('name: todo', 'name: other')
        .replace('soak: 1h', 'soak: x') ?? '';
    const { pipelines, problems } = parsePromotionFile('promotion.yaml', good.replace('freezes:', `${second}freezes:`));
    expect(pipelines.map(({ name }) => name)).toEqual(['todo']);
    expect(problems.map(({ pipeline }) => pipeline)).toEqual(['other']);
  });

  it.each([
    ['@acme/release-managers', 'write release-managers'],
    ['acme/release-managers', 'write release-managers'],
    ['Release Managers', 'write release-managers'],
    ['@', 'without @ and organization'],
    ['', 'must be the slug'],
  ])('wants the slug of a team, not %j', (team, reason) => {
    const { pipelines, problems } = parsePromotionFile('p.yaml', good.replace('team: managers', `team: '${team}'`));

    expect(pipelines).toEqual([]);
    expect(problems).toMatchObject([{ line: 15, column: 29, pipeline: 'todo' }]);
    expect(problems[0]?.reason).toContain(reason);
  });

  it('wants environments before one that soaks, for without them it never opens', () => {
    const text = good.replace('        after: [dev]\n', '');
    expect(parsePromotionFile('p.yaml', text)).toMatchObject({
      pipelines: [],
      problems: [{ line: 13, column: 17, reason: expect.stringContaining('needs after: [...]') as string }],
    });
  });

  it('suggests the environment that after may mean', () => {
    const { problems } = parsePromotionFile('p.yaml', good.replace('after: [dev]', 'after: [dve]'));
    expect(problems[0]?.reason).toMatch(/names dve, .*; did you mean dev\?/);
  });

  const withSource = good.replace('    tags:', '    source: acme/todo\n    tags:').replace('?<semver>', '?<number>');
  it('wants a group for an order that is written, even where commits order releases', () => {
    expect(parsePromotionFile('p.yaml', withSource)).toMatchObject({
      pipelines: [],
      problems: [{ line: 5, reason: expect.stringContaining('has no group (?<semver>...)') as string }],
    });
    const unordered = withSource.replace('    order: semver\n', '').replace('?<number>', '');
    expect(parsePromotionFile('p.yaml', unordered)).toMatchObject({ problems: [], pipelines: [{ order: 'number' }] });
  });

  it.each(['squash', 'merge', 'rebase'])('merges by %s', (mergeMethod) => {
    const text = good.replace('order: semver', `order: semver\n    mergeMethod: ${mergeMethod}`);
    expect(parsePromotionFile('p.yaml', text)).toMatchObject({ problems: [], pipelines: [{ mergeMethod }] });
  });

  it('knows a manifest by one name', () => {
    const { pipelines } = parsePromotionFile('p.yaml', good.replace(' dev.yaml', ' ./apps//x/../dev.yaml'));
    expect(pipelines[0]?.environments[0]?.manifest).toBe('apps/dev.yaml');
  });

  it.each([
    ['nothing', '', []],
    ['one path', 'path: web.image', [['web', 'image']]],
    [
      'a list of paths',
      'path: [web.image, jobs.0.image]',
      [
        ['web', 'image'],
        ['jobs', '0', 'image'],
      ],
    ],
  ])('takes %s of values', (_what, written, paths) => {
    const text = good.replace('manifest: dev.yaml', `manifest: dev.yaml\n        ${written}`);
    expect(parsePromotionFile('p.yaml', text)).toMatchObject({
      problems: [],
      pipelines: [{ environments: [{ path: paths }, { path: [] }] }],
    });
  });

  it.each([
    ['path: web..image', /path\.0 is web\.\.image; write a path such as web\.image/],
    ["path: ''", /path\.0 is empty/],
    ['path: []', /path must name a path/],
    ['path: { web: image }', /path must be a path such as web\.image, or a list of them/],
    ['paths: web.image', /paths is no field here; did you mean path\?/],
  ])('refuses %s with its line', (written, reason) => {
    const text = good.replace('manifest: dev.yaml', `manifest: dev.yaml\n        ${written}`);
    const { problems } = parsePromotionFile('p.yaml', text);
    expect(problems[0]?.reason).toMatch(reason);
    expect(problems[0]?.line).toBe(text.slice(0, text.indexOf(written)).split('\n').length);
  });

  it.each([
    ['an alias without anchor', 'a: &x 1', '*y', /alias \*y has no anchor/],
    ['an alias', 'a: &x 1', '*x', /a is no field here/],
  ])('never throws: %s', (_case, before, soak, reason) => {
    const { problems } = parsePromotionFile('p.yaml', `${before}\n${good.replace('soak: 1h', `soak: ${soak}`)}`);
    expect(problems[0]?.reason).toMatch(reason);
    expect(problems[0]?.line).toBeGreaterThan(0);
  });
});
