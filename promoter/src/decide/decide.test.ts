// The rules, each a named test. Snapshots are literals; nothing is read and nothing is done.
import { describe, expect, it } from 'vitest';
import { rangesOf, record, sha, sourceCommit, MERGING } from '../../test/fixtures.ts';
import { decide, rechecks } from './decide.ts';
import { describeManifest } from './describe-manifest.ts';
import { pullRequestBody, withdrawnBody } from './describe-change.ts';
import type { Pipeline } from './pipeline.ts';
import { parsePromotionFile } from './promotion-config.ts';
import type { Lineage } from './lineage.ts';
import type {
  Decision,
  EnvironmentSnapshot,
  PipelineSnapshot,
  PromotionRecord,
  PullRequest,
  Review,
  Rollout,
  Snapshot,
} from './promotion.ts';
import type { Release } from './release.ts';

const NOW = new Date('2026-11-23T12:00:00Z');
const hex = (character: string): string => character.repeat(64);
const release = (number: number, character: string): Release => ({
  image: 'ghcr.io/acme/todo',
  tag: `main-${number}-${character.repeat(7)}`,
  digest: `sha256:${hex(character)}`,
  commit: sha(character),
});
const [A, B, C] = [release(1, 'a'), release(2, 'b'), release(3, 'c')];

const yaml = (prodGates = 'approval: { team: managers }', extra = ''): string => `pipelines:
  - name: todo
    image: ghcr.io/acme/todo
    source: acme/todo
    tags: ^main-(?<number>\\d+)-(?<commit>[0-9a-f]{7})$
    environments:
      - { name: dev, manifest: dev.yaml${extra} }
      - name: staging
        after: [dev]
        manifest: staging.yaml
        promote: pull-request
        gates: { soak: 10m }
      - name: prod
        after: [staging]
        manifest: prod.yaml
        promote: pull-request
        gates: { ${prodGates} }
`;
const pipelineOf = (text: string): Pipeline => {
  const { pipelines, problems } = parsePromotionFile('promotion.yaml', text);
  expect(problems).toEqual([]);
  return pipelines[0] as Pipeline;
};

const manifestOf = (runs: Release | undefined): string =>
  `images:\n  - name: ghcr.io/acme/todo\n    newTag: ${runs?.tag ?? 'unreleased'}\n    digest: "${runs?.digest ?? ''}"\n`;
const healthy = (runs: Release, since = '2026-11-23T11:00:00Z'): Rollout => ({
  state: 'healthy',
  digest: runs.digest,
  since,
});
const recordOf = (environment: string, brought: Release, more: Partial<PromotionRecord> = {}) =>
  record(environment, brought, { committedAt: '2026-11-23T10:59:00Z', ...more });
const lineage: Lineage = {
  url: 'https://github.com/acme/todo',
  commits: {
    [sha('a')]: sourceCommit('a'),
    [sha('b')]: sourceCommit('b', 'a'),
    [sha('c')]: sourceCommit('c', 'b', 'a'),
  },
  comparisons: {},
  ranges: Object.fromEntries([sourceCommit('b', 'a'), sourceCommit('c', 'b', 'a')].flatMap(rangesOf)),
};

interface World {
  yaml?: string;
  runs?: [Release?, Release?, Release?];
  candidates?: Release[];
  freezes?: Snapshot['freezes'];
  lineage?: Lineage | undefined;
  dev?: Partial<EnvironmentSnapshot>;
  staging?: Partial<EnvironmentSnapshot>;
  prod?: Partial<EnvironmentSnapshot>;
}

function snapshotOf(world: World): Snapshot {
  const pipeline = pipelineOf(world.yaml ?? yaml());
  const environments = pipeline.environments.map((environment, index): EnvironmentSnapshot => {
    const runs = world.runs?.[index];
    const given = world[environment.name as 'dev' | 'staging' | 'prod'];
    const manifest = given && 'manifest' in given ? given.manifest : manifestOf(runs);
    return {
      declared: environment,
      file: { path: environment.manifest, isExecutable: false },
      image: describeManifest(manifest, pipeline.image),
      record: runs ? recordOf(environment.name, runs) : undefined,
      previous: undefined,
      branch: undefined,
      pullRequest: undefined,
      declined: [],
      rollout: runs ? healthy(runs) : { state: 'unknown', reason: 'nothing is released yet' },
      ...given,
      manifest,
    };
  });
  const only: PipelineSnapshot = {
    declared: pipeline,
    candidates: world.candidates ?? [],
    lineage: 'lineage' in world ? world.lineage : lineage,
    environments,
  };
  return { head: sha('f'), merging: MERGING, pipelines: [only], freezes: world.freezes ?? [], problems: [] };
}

const decideFor = (environment: string, world: World, now = NOW): Decision | undefined =>
  decide(snapshotOf(world), now).find((decision) => decision.kind !== 'ignore' && decision.environment === environment);

function pullRequest(carries: Release, more: Partial<PullRequest> = {}, environment = 'prod'): PullRequest {
  return {
    id: 'PR_7',
    number: 7,
    url: 'https://github.com/acme/config/pull/7',
    title: '',
    body: '',
    author: 'promoter',
    headOid: sha('9'),
    headAt: '2026-11-23T10:00:00Z',
    isConflicting: false,
    isMergeableKnown: true,
    isBehind: false,
    queue: undefined,
    openedAt: '2026-11-23T10:00:00Z',
    record: recordOf(environment, carries),
    foreign: undefined,
    reviews: [],
    checks: [],
    ...more,
  };
}
const approval = (author: string, more: Partial<Review> = {}): Review => ({
  author,
  isBot: false,
  state: 'approved',
  headOid: sha('9'),
  hasRight: true,
  ...more,
});

describe('rule 1: the first environment gets the newest release, every other what all before it run healthily', () => {
  it('promotes the newest of several to dev', () => {
    expect(decideFor('dev', { candidates: [C, A, B] })).toMatchObject({ kind: 'promote', release: C, from: undefined });
  });
  it('proposes to staging what dev runs healthily', () => {
    expect(decideFor('staging', { runs: [B, A] })).toMatchObject({
      kind: 'propose',
      release: B,
      from: A,
      title: `promote(todo): staging to ${B.tag}`,
    });
  });
  it.each([
    ['progressing', { state: 'progressing', reason: 'Deployment todo is rolling out' }],
    ['degraded', { state: 'degraded', digest: B.digest, since: '', reason: 'crash loop' }],
    ['unknown', { state: 'unknown', reason: 'the cluster cannot be read' }],
    ['healthy at another digest', { state: 'healthy', digest: A.digest, since: '' }],
  ] as [string, Rollout][])('proposes nothing while dev is %s', (_state, rollout) => {
    expect(decideFor('staging', { runs: [B, A], dev: { rollout } })).toMatchObject({ kind: 'up to date', release: A });
  });
});

describe('rule 2: eligible are releases whose tag and digest say so', () => {
  it.each([
    ['a tag that does not match', { ...B, tag: 'latest' }, /does not match/],
    ['a signature', { ...B, tag: `sha256-${hex('b')}.sig` }, /signature/],
    ['no digest', { ...B, digest: '' }, /digest is not known/],
  ])('ignores %s', (_case, candidate, reason) => {
    const decisions = decide(snapshotOf({ candidates: [candidate] }), NOW);

    expect(decisions[0]).toMatchObject({ kind: 'ignore', reason: expect.stringMatching(reason) as string });
    expect(decisions.some(({ kind }) => kind === 'promote')).toBe(false);
  });
});

describe('rule 3: newest is by ancestry, otherwise by what the tag says', () => {
  it('trusts ancestry more than numbers', () => {
    const rebuilt = { ...A, tag: `main-9-${'a'.repeat(7)}` };
    expect(decideFor('dev', { runs: [B], candidates: [rebuilt] })).toMatchObject({
      kind: 'hold',
      reason: expect.stringContaining('is older than') as string,
    });
  });
  it('compares numbers of any length as integers', () => {
    const long = (digits: string, character: string): Release => ({
      ...release(1, character),
      tag: `main-${digits}-${character.repeat(7)}`,
      commit: undefined,
    });
    const [older, newer] = [long('90071992547409930001', 'a'), long('90071992547409930002', 'b')];
    expect(decideFor('dev', { runs: [older], candidates: [newer], lineage: undefined })).toMatchObject({
      kind: 'promote',
      release: newer,
    });
    expect(decideFor('dev', { runs: [newer], candidates: [older], lineage: undefined })).toMatchObject({
      kind: 'hold',
    });
  });
  it('takes the later build of the same commit for newer', () => {
    const again = { ...A, tag: `main-5-${'a'.repeat(7)}`, digest: `sha256:${hex('d')}` };
    expect(decideFor('dev', { runs: [A], candidates: [again] })).toMatchObject({ kind: 'promote', release: again });
  });
  it('does not replace what runs with a commit of another line', () => {
    const other: Lineage = {
      ...lineage,
      commits: { ...lineage.commits, [sha('d')]: sourceCommit('d') },
      comparisons: { [`${sha('b')}...${sha('d')}`]: 'diverged' },
    };
    expect(decideFor('dev', { runs: [B], candidates: [release(9, 'd')], lineage: other })).toMatchObject({
      kind: 'hold',
      reason: expect.stringContaining('does not descend') as string,
    });
  });
});

describe('rules 4 and 9: never back, and a person’s edit is intent', () => {
  it('does not promote an older release', () => {
    expect(decideFor('dev', { runs: [B], candidates: [A] })).toMatchObject({
      kind: 'hold',
      reason: `${A.tag} is older than ${B.tag}, which runs`,
    });
  });
  const reverted = { record: recordOf('dev', B), manifest: manifestOf(A) };
  it('keeps what a person put back, and does not promote what they took away', () => {
    expect(decideFor('dev', { runs: [A], candidates: [B], dev: reverted })).toMatchObject({
      kind: 'hold',
      reason: `${B.tag} was replaced by hand with ${A.tag}; waits for a release newer than it`,
    });
  });
  it('promotes what is newer than that', () => {
    expect(decideFor('dev', { runs: [A], candidates: [C], dev: reverted })).toMatchObject({
      kind: 'promote',
      release: C,
    });
  });
});

describe('rules 5 and 6: one pull request, updated in place, merged only at the reviewed head with every gate open', () => {
  it('updates it for a newer release', () => {
    expect(decideFor('prod', { runs: [C, C, A], prod: { pullRequest: pullRequest(B) } })).toMatchObject({
      kind: 'update',
      number: 7,
      release: C,
    });
  });
  it('rebuilds it when it conflicts', () => {
    expect(
      decideFor('prod', { runs: [B, B, A], prod: { pullRequest: pullRequest(B, { isConflicting: true }) } }),
    ).toMatchObject({ kind: 'update', release: B });
  });
  it.each([
    ['extended', 'hold', /has a commit on promote\/todo\/prod that the promoter did not make \(made by mallory\)/],
    ['altered', 'update', /^#7 is not what the promoter wrote: made by mallory$/],
  ] as const)('never merges a head that is %s: %s', (kind, decision, reason) => {
    const foreign = { kind, reason: 'made by mallory' };
    const given = pullRequest(B, { record: undefined, foreign, reviews: [approval('rene')] });
    expect(decideFor('prod', { runs: [B, B, A], prod: { pullRequest: given } })).toMatchObject({
      kind: decision,
      reason: expect.stringMatching(reason) as string,
    });
  });
  it('closes it when the environment runs its release already', () => {
    const closed = decideFor('prod', { runs: [B, B, B], prod: { pullRequest: pullRequest(B, { body: 'text' }) } });
    expect(closed).toMatchObject({ kind: 'close', body: withdrawnBody('text', `prod already runs ${B.tag}`) });
  });
  it('merges it at its head when every gate is open', () => {
    expect(
      decideFor('prod', { runs: [B, B, A], prod: { pullRequest: pullRequest(B, { reviews: [approval('rene')] }) } }),
    ).toMatchObject({ kind: 'merge', headOid: sha('9'), approvedBy: ['rene'], reason: 'approved by rene' });
  });
  it.each([
    ['a failed check', { checks: [{ name: 'validate', state: 'failed' as const }] }, 'checks: failed: validate'],
    ['a running check', { checks: [{ name: 'validate', state: 'pending' as const }] }, 'checks: running: validate'],
  ])('waits for %s', (_case, more, reason) => {
    const decision = decideFor('prod', {
      runs: [B, B, A],
      prod: { pullRequest: pullRequest(B, { reviews: [approval('rene')], ...more }) },
    });
    expect(decision).toMatchObject({ reason });
    expect(decision?.kind).not.toBe('merge');
  });
});

describe('rule 7: which reviews count', () => {
  const prodWith = (reviews: Review[], gates?: string): Decision | undefined =>
    decideFor('prod', {
      ...(gates ? { yaml: yaml(gates) } : {}),
      runs: [B, B, A],
      prod: { pullRequest: pullRequest(B, { reviews }) },
    });
  it.each([
    ['nobody reviewed', [], 'waits for a review by team managers'],
    ['the author of the pull request', [approval('promoter')], 'promoter opened the pull request'],
    ['a bot', [approval('robot', { isBot: true })], 'robot is a bot'],
    ['somebody without the right', [approval('vera', { hasRight: false })], 'vera is not in team managers'],
    ['a review of an older head', [approval('rene', { headOid: sha('8') })], 'rene approved an older head'],
    ['a dismissed review', [approval('rene', { state: 'dismissed' })], 'waits for a review by team managers'],
    [
      'changes requested beside an approval',
      [approval('rene'), approval('ria', { state: 'changes requested' })],
      'ria requested changes',
    ],
  ])('does not count: %s', (_case, reviews, text) => {
    const decision = prodWith(reviews);
    expect(decision?.kind).not.toBe('merge');
    expect(decision?.reason).toContain(text);
  });
  it('asks for as many as the pipeline says', () => {
    const gates = 'approval: { team: managers, count: 2 }';
    expect(prodWith([approval('rene')], gates)?.kind).not.toBe('merge');
    expect(prodWith([approval('rene'), approval('ria')], gates)).toMatchObject({
      kind: 'merge',
      approvedBy: ['rene', 'ria'],
    });
  });
  it('does not count authors of the commits that ship, where the pipeline says so', () => {
    const gates = 'approval: { excludeAuthors: true }';
    expect(prodWith([approval('author-b')], gates)?.reason).toContain('author-b wrote a commit that ships');
    expect(prodWith([approval('author-a')], gates)).toMatchObject({ kind: 'merge' });
    expect(prodWith([approval('author-b')], 'approval: {}')).toMatchObject({ kind: 'merge' });
  });
});

describe('rule 8: a pull request that a person closed declines its release', () => {
  const declined = [{ digest: B.digest, number: 5, url: '', by: 'dana' }];
  it('is not proposed again; a newer one is', () => {
    expect(decideFor('prod', { runs: [B, B, A], prod: { declined } })).toMatchObject({
      kind: 'hold',
      reason: `${B.tag} was declined by dana in #5; waits for a newer release`,
    });
    expect(decideFor('prod', { runs: [C, C, A], prod: { declined } })).toMatchObject({ kind: 'propose', release: C });
  });
});

describe('rule 10: soak counts from proven health', () => {
  const at = (since: string): Decision | undefined =>
    decideFor('staging', {
      runs: [B, A],
      dev: { rollout: healthy(B, since) },
      staging: { pullRequest: pullRequest(B, {}, 'staging') },
    });
  it('waits to the second, and says until when', () => {
    expect(at('2026-11-23T11:50:01Z')).toMatchObject({ until: '2026-11-23T12:00:01Z' });
    expect(at('2026-11-23T11:50:00Z')).toMatchObject({ kind: 'merge' });
  });
  it('is looked at again when it ends', () => {
    const decision = at('2026-11-23T11:55:00Z');
    expect(rechecks(decision ? [decision] : [], NOW).get('todo')).toEqual(new Date('2026-11-23T12:05:00Z'));
  });
});

describe('rule 11: a freeze stops everything but rollbacks', () => {
  const freeze = (environments: string[], until?: string) =>
    [{ environments, reason: 'sales', until }] as Snapshot['freezes'];
  it.each([
    ['*', true],
    ['todo', true],
    ['todo/dev', true],
    ['todo/prod', false],
    ['other', false],
  ])('%s stops dev: %s', (name, stops) => {
    expect(decideFor('dev', { runs: [A], candidates: [B], freezes: freeze([name]) })?.kind).toBe(
      stops ? 'hold' : 'promote',
    );
  });
  it('ends by itself', () => {
    const world = { runs: [A], candidates: [B], freezes: freeze(['*'], '2026-11-23T12:00:00Z') } satisfies World;
    expect(decideFor('dev', world, new Date('2026-11-23T11:59:59Z'))).toMatchObject({
      kind: 'hold',
      reason: 'frozen until 2026-11-23T12:00:00Z: sales',
      until: '2026-11-23T12:00:00Z',
    });
    expect(decideFor('dev', world)).toMatchObject({ kind: 'promote' });
  });
});

describe('a config repository that takes no change', () => {
  const readOnly = 'acme/config is archived';

  it('holds every environment, rollbacks and what is up to date included, and keeps the releases', () => {
    const decisions = decide({ ...snapshotOf({ candidates: [B], runs: [A, A, A] }), readOnly }, NOW);

    expect(decisions.map(({ kind, reason }) => [kind, reason])).toEqual([
      ['hold', readOnly],
      ['hold', readOnly],
      ['hold', readOnly],
    ]);
    expect(decisions[0]).toMatchObject({ environment: 'dev', release: B, gates: [], until: undefined });
  });
});

describe('rule 12: a release that turns Degraded is taken back, where asked', () => {
  const degraded = {
    rollout: { state: 'degraded', digest: B.digest, since: '2026-11-23T11:01:00Z', reason: 'crash loop' } as Rollout,
    previous: A,
  };
  const asked = yaml(undefined, ', rollback: { within: 10m }');
  it('goes back to what ran before, even in a freeze', () => {
    expect(
      decideFor('dev', {
        yaml: asked,
        runs: [B],
        dev: degraded,
        freezes: [{ environments: ['*'], reason: 'sales', until: undefined }],
      }),
    ).toMatchObject({ kind: 'roll back', release: A, from: B });
  });
  it('does nothing where it was not asked, or too late', () => {
    expect(decideFor('dev', { runs: [B], dev: degraded })?.kind).not.toBe('roll back');
    const late = { ...degraded, rollout: { ...degraded.rollout, since: '2026-11-23T11:30:00Z' } as Rollout };
    expect(decideFor('dev', { yaml: asked, runs: [B], dev: late })?.kind).not.toBe('roll back');
  });
  it('holds what was rolled back until something newer comes', () => {
    const rolledBack = { record: recordOf('dev', A, { rollsBack: B }) };
    expect(decideFor('dev', { yaml: asked, runs: [A], candidates: [B], dev: rolledBack })).toMatchObject({
      kind: 'hold',
      reason: `${B.tag} was rolled back; waits for a newer release`,
    });
    expect(decideFor('dev', { yaml: asked, runs: [A], candidates: [C], dev: rolledBack })).toMatchObject({
      kind: 'promote',
      release: C,
    });
  });
});

describe('rule 13: a manifest that cannot be read stops its pipeline', () => {
  it.each([
    ['that is missing', undefined, 'staging.yaml there is no such file'],
    ['that does not parse', 'images: [\n', 'staging.yaml:2'],
    ['without the image', 'images: []\n', 'staging.yaml has no images: entry'],
  ])('says so of a file %s', (_case, manifest, text) => {
    const decisions = decide(snapshotOf({ candidates: [A], staging: { manifest } }), NOW);
    expect(decisions).toHaveLength(1);
    expect(decisions[0]).toMatchObject({
      kind: 'hold',
      environment: 'staging',
      reason: expect.stringContaining(text) as string,
    });
  });
});

describe('rule 14: the same snapshot, the same decisions; after enacting, nothing to do', () => {
  it('decides the same twice', () => {
    const snapshot = snapshotOf({ runs: [B, A], candidates: [C] });
    expect(decide(snapshot, NOW)).toEqual(decide(snapshot, NOW));
  });
  it('has nothing to say about a pull request that says it all', () => {
    const world: World = { runs: [B, B, A] };
    const proposed = decideFor('prod', world);
    const { title, body } = proposed?.kind === 'propose' ? proposed : { title: '', body: '' };
    expect(decideFor('prod', { ...world, prod: { pullRequest: pullRequest(B, { title, body }) } })).toMatchObject({
      kind: 'hold',
    });
  });
  it('refreshes the text when a gate changed', () => {
    const decision = decideFor('prod', {
      runs: [B, B, A],
      prod: { pullRequest: pullRequest(B, { body: 'an older text' }) },
    });
    expect(decision).toMatchObject({
      kind: 'describe',
      body: expect.stringContaining('waits for a review by team managers') as string,
    });
  });
});

describe('the text of a pull request', () => {
  it('lists what ships, and keeps headlines from becoming markup', () => {
    const history = [
      { sha: sha('b'), committedAt: '', headline: '[click](http://evil) <b> @everyone', author: 'dana' },
    ];
    const evil: Lineage = { ...lineage, commits: { [sha('b')]: { ...sourceCommit('b'), history } } };
    const body = pullRequestBody({
      pipeline: 'todo',
      environment: 'prod',
      release: B,
      from: undefined,
      gates: [],
      lineage: evil,
    });

    expect(body).toContain(
      String.raw`\[click\](http://evil) \<b\> \@everyone (dana)`.replace('(http://evil)', String.raw`\(http://evil\)`),
    );
    expect(body).toContain('nothing: this is the first release here');
  });
});
