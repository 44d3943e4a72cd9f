// GraphQL: GitHub's published schema validates queries and responses; these tests cover what a schema cannot express.
import { buildSchema, getNamedType, isObjectType, parse, TypeInfo, validate, visit, visitWithTypeInfo } from 'graphql';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileHistoryQuery, snapshotQuery } from 'promoter/snapshot-query';
import { parsePromotionFile } from 'promoter/promotion-config';
import { personalToken } from '../../src/github/callers.ts';
import { type GitHubServer, startGitHubServer } from './github-server.ts';

interface Answer {
  data: Record<string, Record<string, unknown> | null> | null;
  errors?: { type?: string; message: string; path?: string[] }[];
}

const CREATE = `mutation CreateCommit($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid url message } ref { name } } }`;
const HEAD = `query { repository(owner: "acme", name: "gitops-config") { id url ref(qualifiedName: "refs/heads/main") { target { oid } } } }`;

describe('the GraphQL API of the GitHub stand-in', () => {
  let server: GitHubServer;
  beforeAll(async () => {
    server = await startGitHubServer();
  });
  afterAll(() => server.close());

  const ask = async (query: string, variables: Record<string, unknown> = {}, login = 'dana'): Promise<Answer> => {
    const response = await fetch(`${server.url}/api/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${personalToken(login)}` },
      body: JSON.stringify({ query, variables }),
    });
    expect(response.status).toBe(200);
    return (await response.json()) as Answer;
  };
  const headOf = async (): Promise<{ id: string; oid: string }> => {
    const repository = (await ask(HEAD)).data?.['repository'] as { id: string; ref: { target: { oid: string } } };
    return { id: repository.id, oid: repository.ref.target.oid };
  };
  const commit = (expectedHeadOid: string, path: string, login?: string): Promise<Answer> =>
    ask(
      CREATE,
      {
        input: {
          branch: { repositoryNameWithOwner: 'acme/gitops-config', branchName: 'main' },
          expectedHeadOid,
          message: { headline: `docs: ${path}`, body: 'Key: value' },
          fileChanges: { additions: [{ path, contents: Buffer.from(path).toString('base64') }] },
        },
      },
      login,
    );

  it('commits several files at once, only on the head that was expected', async () => {
    const { oid } = await headOf();
    const first = await commit(oid, 'notes/one.md');
    const stale = await commit(oid, 'notes/two.md');

    expect(first.data?.['createCommitOnBranch']?.['commit']).toMatchObject({
      message: 'docs: notes/one.md\n\nKey: value',
    });
    expect(stale.data?.['createCommitOnBranch']).toBeNull();
    expect(stale.errors?.[0]).toMatchObject({
      type: 'STALE_DATA',
      path: ['createCommitOnBranch'],
      message: `Expected branch to point to "${oid}" but it did not.  Pull and try again.`,
    });
  });

  it('lets one of many writers win, and loses none of the others', async () => {
    const { oid } = await headOf();
    const answers = await Promise.all(Array.from({ length: 8 }, (_value, index) => commit(oid, `race/${index}.md`)));

    expect(answers.filter(({ errors }) => errors === undefined)).toHaveLength(1);
    expect(answers.flatMap(({ errors }) => errors ?? []).map(({ type }) => type)).toEqual(Array(7).fill('STALE_DATA'));
  });

  it('moves branches by compare-and-swap, all or none', async () => {
    const { id, oid } = await headOf();
    const move = (refUpdates: object[]): Promise<Answer> =>
      ask('mutation M($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }', {
        input: { repositoryId: id, refUpdates },
      });
    const zero = '0'.repeat(40);
    expect((await move([{ name: 'refs/heads/x', beforeOid: zero, afterOid: oid }])).errors).toBeUndefined();
    const both = await move([
      { name: 'refs/heads/y', beforeOid: zero, afterOid: oid },
      { name: 'refs/heads/x', beforeOid: zero, afterOid: oid },
    ]);

    expect(both.errors?.[0]?.type).toBe('STALE_DATA');
    const answer = await ask(
      'query { repository(owner: "acme", name: "gitops-config") { ref(qualifiedName: "refs/heads/y") { name } } }',
    );
    expect(answer.data?.['repository']?.['ref']).toBeNull();
  });

  it('puts the type of an error at its top level: NOT_FOUND, FORBIDDEN', async () => {
    expect((await ask('query { repository(owner: "acme", name: "nothing") { id } }')).errors?.[0]).toMatchObject({
      type: 'NOT_FOUND',
    });
    expect((await commit((await headOf()).oid, 'notes/vera.md', 'vera')).errors?.[0]?.type).toBe('FORBIDDEN');
  });

  it('refuses what GitHub’s schema does not know', async () => {
    const answer = await ask('query { repository(owner: "acme", name: "gitops-config") { nonsense } }');

    expect(answer.errors?.[0]?.message).toContain('Cannot query field "nonsense" on type "Repository"');
  });

  it('reads files, trees and history at one commit', async () => {
    const answer =
      await ask(`query { repository(owner: "acme", name: "gitops-config") { ref(qualifiedName: "main") { target { oid ... on Commit {
      file(path: "promotion.yaml") { mode object { ... on Blob { text isTruncated byteSize } } }
      missing: file(path: "nothing/here.yaml") { mode }
      folder: file(path: "apps/todo/overlays") { object { ... on Tree { entries { name type } } } }
      history(first: 1, path: "promotion.yaml") { nodes { messageHeadline } } } } } } rateLimit { cost remaining } }`);
    const ref = answer.data?.['repository']?.['ref'] as { target: Record<string, unknown> } | undefined;
    const target = ref?.target ?? {};

    expect(target['file']).toMatchObject({ mode: 0o100644, object: { isTruncated: false } });
    expect(target['missing']).toBeNull();
    expect(target['folder']).toEqual({
      object: { entries: ['dev', 'prod', 'staging'].map((name) => ({ name, type: 'tree' })) },
    });
    expect(target['history']).toEqual({ nodes: [{ messageHeadline: 'feat: todo in dev, staging and prod' }] });
    expect(answer.data?.['rateLimit']).toMatchObject({ cost: 1 });
  });
});

describe('the documents of the promoter', () => {
  const schema = buildSchema(
    readFileSync(fileURLToPath(new URL('schema.graphql', import.meta.resolve('@octokit/graphql-schema'))), 'utf8'),
    { assumeValidSDL: true },
  );
  const { pipelines } = parsePromotionFile(
    'promotion.yaml',
    readFileSync(new URL('../../../gitops-config/promotion.yaml', import.meta.url), 'utf8'),
  );
  const environments = pipelines.flatMap((pipeline) =>
    pipeline.environments.map((environment) => ({ pipeline, environment })),
  );

  it.each([
    ['a snapshot of every environment', snapshotQuery(['promotion.yaml'], environments).query],
    ['a snapshot of none', snapshotQuery(['promotion.yaml', 'promotions'], []).query],
    ['file histories', fileHistoryQuery(['a.yaml', 'b.yaml']).query],
  ])('%s is valid by GitHub’s schema and uses nothing deprecated', (_name, query) => {
    const document = parse(query);
    const deprecated: string[] = [];
    const info = new TypeInfo(schema);
    visit(
      document,
      visitWithTypeInfo(info, {
        Field(node) {
          const parent = info.getParentType();
          const field =
            parent && isObjectType(getNamedType(parent)) && 'getFields' in parent
              ? parent.getFields()[node.name.value]
              : undefined;
          if (field?.deprecationReason) deprecated.push(`${parent?.name}.${node.name.value}`);
        },
      }),
    );

    expect(environments).toHaveLength(3);
    expect(validate(schema, document).map(({ message }) => message)).toEqual([]);
    expect(deprecated).toEqual([]);
  });
});
