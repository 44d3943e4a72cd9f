// Where manifests are that are reached by symbolic links: GitHub follows none. Each link on the way is a request, once for a commit.
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { fullName, type Repository } from '../decide/repository.ts';
import type { GitHub } from '../github/client.ts';
import { toPromoterError } from '../github/errors.ts';
import { followFirstLink, prefixesOf } from './link-target.ts';
import { Manifest, type ManifestNode } from './snapshot-answer.ts';

/** The file that a path leads to, or why it leads to none. */
export type Followed = { path: string; node: ManifestNode } | { problem: string };

export interface ManifestLinks {
  /** @returns by path; a path without a link leads to itself. */
  follow(commit: string, paths: readonly string[]): Promise<ReadonlyMap<string, Followed>>;
}

/** Git itself follows forty; a repository of people has one or two. */
const MAX_LINKS = 8;
const MAX_REMEMBERED = 200;

export function createManifestLinks(github: () => Promise<GitHub>, repository: Repository): ManifestLinks {
  const remembered = new LRUCache<string, Followed>({ max: MAX_REMEMBERED });

  async function read(commit: string, paths: readonly string[]): Promise<Map<string, ManifestNode>> {
    const { query, variables } = nodesQuery(paths);
    try {
      const { graphql } = await github();
      const data: unknown = await graphql(query, { ...variables, ...repository, oid: commit });
      return parseNodes(data, paths);
    } catch (error) {
      throw toPromoterError(`follow symbolic links of ${fullName(repository)}`, error);
    }
  }

  async function followAll(commit: string, paths: readonly string[]): Promise<Map<string, Followed>> {
    const found = new Map<string, Followed>();
    let open = paths.map((path) => ({ path, at: path }));
    for (let links = 0; open.length > 0 && links <= MAX_LINKS; links += 1) {
      const nodes = await read(commit, [...new Set(open.flatMap(({ at }) => prefixesOf(at)))]);
      open = open.flatMap(({ path, at }) => {
        const next = followFirstLink(at, nodes);
        if (next && 'path' in next) return [{ path, at: next.path }];
        found.set(path, next ?? { path: at, node: nodes.get(at) ?? null });
        return [];
      });
    }
    for (const { path } of open) found.set(path, { problem: `goes by more than ${MAX_LINKS} symbolic links` });
    return found;
  }

  return {
    async follow(commit, paths) {
      const keyOf = (path: string): string => `${commit} ${path}`;
      // Taken before anything is added, which may push it out.
      const found = new Map(paths.map((path) => [path, remembered.get(keyOf(path))]));
      const unknown = [...found].flatMap(([path, one]) => (one ? [] : [path]));
      for (const [path, one] of await followAll(commit, unknown)) {
        found.set(path, one);
        remembered.set(keyOf(path), one);
      }
      return new Map([...found].flatMap(([path, one]) => (one ? [[path, one] as const] : [])));
    },
  };
}

function nodesQuery(paths: readonly string[]): { query: string; variables: Record<string, string> } {
  const variables = Object.fromEntries(paths.map((path, index) => [`path${index}`, path]));
  const fields = paths.map((_path, index) => `at${index}: file(path: $path${index}) { ...Entry }`);
  const declarations = paths.map((_path, index) => `$path${index}: String!`);
  const query = `query Links($owner: String!, $name: String!, $oid: GitObjectID!, ${declarations.join(', ')}) {
    repository(owner: $owner, name: $name) { object(oid: $oid) { ... on Commit { ${fields.join(' ')} } } }
  }
  fragment Entry on TreeEntry { mode object { kind: __typename oid ... on Blob { text isTruncated } } }`;
  return { query, variables };
}

function parseNodes(data: unknown, paths: readonly string[]): Map<string, ManifestNode> {
  // No object is a commit that a replica does not show yet, not one without files: what is answered here is remembered.
  const { repository } = z.object({ repository: z.object({ object: z.looseObject({}) }) }).parse(data);
  return new Map(paths.map((path, index) => [path, Manifest.parse(repository.object[`at${index}`] ?? null)]));
}
