import { describe, expect, it } from 'vitest';
import { combine, parsePromotionFile } from './pipeline.ts';

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
      mergeMethod: 'squash',
      environments: [
        { name: 'dev', after: [], promote: 'commit', gates: { checks: true } },
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

  it.each([
    ['a tab', good.replace('  - name: todo', '\t- name: todo'), 2, /tab/i],
    ['an unknown field', good.replace('order: semver', 'ordr: semver'), 2, /ordr/],
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

  it('claims a name once across files', () => {
    const config = parsePromotionFile('a.yaml', good);
    const combined = combine([
      { file: 'a.yaml', config },
      { file: 'b.yaml', config },
    ]);
    expect(combined.pipelines).toHaveLength(1);
    expect(combined.problems).toMatchObject([{ file: 'b.yaml', reason: 'pipeline todo is declared twice' }]);
  });
});
