// As much of GitHub as a promoter reads that has nothing to do: fifty pipelines whose environments run something newer than what is
// delivered. Every answer is made from the names in the query's variables.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { CONFIG_REPOSITORY, imageOf, IMAGES } from './payloads.ts';

const [, , port = '0'] = process.argv;
const oid = 'c'.repeat(40);
const blob = (content: string): object => ({
  kind: 'Blob',
  oid,
  text: content,
  isTruncated: false,
});

const names = Array.from({ length: IMAGES }, (_, index) => imageOf(index));
const promotionFile = `pipelines:\n${names
  .map(
    (name) => `  - name: ${name}
    image: ghcr.io/acme/${name}
    tags: ^main-(?<number>\\d+)-[0-9a-f]{8}$
    order: number
    environments:
      - name: dev
        manifest: apps/${name}/kustomization.yaml
`,
  )
  .join('')}`;

function fileAt(path: string): object {
  if (path === 'promotion.yaml') return { mode: 33_188, object: blob(promotionFile) };
  const name = path.split('/')[1] ?? '';
  const image = `ghcr.io/acme/${name}`;
  const digest = `sha256:${'7'.repeat(64)}`;
  return {
    mode: 33_188,
    object: blob(`images:\n  - name: ${image}\n    newTag: main-99999999-aaaaaaaa\n    digest: ${digest}\n`),
  };
}

function answer(variables: Record<string, string>): object {
  const named = (prefix: string): [string, string][] =>
    Object.entries(variables).filter(([name]) => name.startsWith(prefix) && /\d$/.test(name));
  const files = [...named('config'), ...named('manifest')].map(([name, path]) => [name, fileAt(path)]);
  const histories = named('path').map(([name]) => [name.replace('path', 'history'), { nodes: [] }]);
  const target = {
    oid,
    tree: { oid },
    history: { nodes: [] },
    ...Object.fromEntries(files),
  };
  return {
    data: {
      viewer: { login: 'promoter' },
      repository: {
        id: 'R_1',
        databaseId: 1,
        nameWithOwner: CONFIG_REPOSITORY,
        isArchived: false,
        defaultBranchRef: { name: 'main' },
        mergeCommitAllowed: true,
        rebaseMergeAllowed: true,
        squashMergeAllowed: true,
        mergeQueue: null,
        url: `https://github.com/${CONFIG_REPOSITORY}`,
        ref: { target },
        object: Object.fromEntries(histories),
      },
      rateLimit: { cost: 1, remaining: 4_999, resetAt: '2026-11-23T11:00:00Z' },
    },
  };
}

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request);
  const query =
    request.url?.endsWith('/graphql') === true
      ? (JSON.parse(body) as { variables?: Record<string, string> })
      : undefined;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(query ? answer(query.variables ?? {}) : []));
}

createServer((request, response) => void respond(request, response)).listen(Number(port), '127.0.0.1');
