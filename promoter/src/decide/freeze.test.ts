import { describe, expect, it } from 'vitest';
import { record, MERGING } from '../../test/fixtures.ts';
import { decide } from './decide.ts';
import { mayFreeze, whyUnknown } from './freeze.ts';
import { freezeGate } from './gates.ts';
import { combine, parsePromotionFile } from './promotion-config.ts';
import { readPromotionFile } from './promotion-file.ts';
import type { Decision, EnvironmentSnapshot, Rollout, Snapshot } from './promotion.ts';
import type { Release } from './release.ts';

const NOW = new Date('2026-11-23T12:00:00Z');
const release = (number: number): Release => ({
  image: 'ghcr.io/acme/todo',
  tag: `main-${number}`,
  digest: `sha256:${String(number).repeat(64)}`,
  commit: undefined,
});
const [A, B] = [release(1), release(2)];
const pipelines = `pipelines:
  - name: todo
    image: ghcr.io/acme/todo
    tags: ^main-(?<number>[0-9]+)$
    environments:
      - { name: dev, manifest: dev.yaml, rollback: { within: 10m } }
      - { name: prod, after: [dev], manifest: prod.yaml }
`;

function decideAll(freezes: string, dev: Partial<EnvironmentSnapshot>, candidates: readonly Release[]): Decision[] {
  const config = parsePromotionFile('promotion.yaml', pipelines + freezes);
  const [declared] = config.pipelines;
  if (!declared) throw new Error('the pipeline does not parse');
  const environments = declared.environments.map((environment): EnvironmentSnapshot => {
    const runs = environment.name === 'dev' ? B : A;
    return {
      declared: environment,
      manifest: '',
      file: { path: 'dev.yaml', isExecutable: false },
      image: { tag: runs.tag, digest: runs.digest },
      record: record(environment.name, runs, { committedAt: '2026-11-23T10:59:00Z' }),
      previous: undefined,
      branch: undefined,
      pullRequest: undefined,
      declined: [],
      rollout: { state: 'healthy', digest: runs.digest, since: '2026-11-23T11:00:00Z' },
      ...(environment.name === 'dev' ? dev : {}),
    };
  });
  const snapshot: Snapshot = {
    head: 'f'.repeat(40),
    merging: MERGING,
    pipelines: [{ declared, candidates, lineage: undefined, environments }],
    freezes: config.freezes,
    problems: config.problems,
  };
  return decide(snapshot, NOW);
}

describe('a freeze that is not understood (rule 11)', () => {
  const unknown = 'freezes:\n  - { environments: [prd], reason: sales }\n';

  it('stops every environment, with file, line, column and suggestion', () => {
    const reason =
      'frozen: promotion.yaml:9:22 freezes.0.environments.0 names prd, which no promotion file declares; did you mean todo/prod?';

    expect(decideAll('', {}, [release(3)])).toMatchObject([{ kind: 'promote' }, { kind: 'promote' }]);
    expect(decideAll(unknown, {}, [release(3)])).toMatchObject([
      { kind: 'hold', environment: 'dev', reason },
      { kind: 'hold', environment: 'prod', reason },
    ]);
  });

  it.each(['feezes', 'ferezes', 'frozen', 'stop'])('is one under the name %s, in a file of its own', (name) => {
    const { freezes, problems } = combine([
      readPromotionFile('promotion.yaml', pipelines),
      readPromotionFile('freezes.yaml', `${name}:\n  - { environments: [todo/prod], reason: sales }\n`),
    ]);

    expect(problems).toMatchObject([{ file: 'freezes.yaml', line: 1, column: 1 }]);
    expect(freezes).toMatchObject([{ environments: ['*'] }]);
  });

  it('is none where pipelines are misspelled', () => {
    const { freezes, problems } = combine([
      readPromotionFile('promotion.yaml', pipelines.replace('pipelines', 'pipeline')),
    ]);

    expect([freezes, problems.length]).toEqual([[], 1]);
  });

  it('lets a rollback through', () => {
    const since = '2026-11-23T11:01:00Z';
    const rollout: Rollout = { state: 'degraded', digest: B.digest, since, reason: 'crash loop' };

    expect(decideAll(unknown, { rollout, previous: A }, [])[0]).toMatchObject({ kind: 'roll back', release: A });
  });

  it('never ends where its time cannot be read', () => {
    const freezes = [{ environments: ['*'], reason: 'sales', until: 'soon' }];
    expect(freezeGate(freezes, 'todo', 'dev', NOW)).toMatchObject({ isMet: false, text: 'frozen until soon: sales' });
  });
});

describe('the names of a freeze', () => {
  const declared = new Map([
    ['todo', ['dev', 'prod']],
    ['shop', ['prod']],
  ]);
  it.each(['*', 'todo', 'todo/dev', 'shop/prod'])('%s is declared', (name) => {
    expect(whyUnknown(name, declared)).toBeUndefined();
  });
  it.each([
    ['shop/prd', 'did you mean shop/prod?'],
    ['prod', 'did you mean todo/prod or shop/prod?'],
    ['production', 'write pipeline/environment, a pipeline, or *'],
  ])('%s is not', (name, suggestion) => {
    expect(whyUnknown(name, declared)).toBe(`names ${name}, which no promotion file declares; ${suggestion}`);
  });
});

it.each([
  ['nothing', undefined, true],
  ['an empty text', ' \n', true],
  ['a list of freezes', 'freezes: [', true],
  ['a slip of the word', 'frezes: [', true],
  ['a comment about them', '# no freeze here\na: [', true],
  ['pipelines alone', pipelines, false],
])('a file that cannot be read might freeze: %s', (_case, text, answer) => {
  expect(mayFreeze(text)).toBe(answer);
});
