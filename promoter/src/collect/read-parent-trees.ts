// What verifying a promotion branch needs of the commit that it stands on: the folders above a file, and the file.
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { fullName, type Repository } from '../decide/repository.ts';
import type { GitHub } from '../github/client.ts';
import { statusOf, toPromoterError } from '../github/errors.ts';
import { type Folder, foldersOf } from './promotion-tree.ts';

export interface WantedFile {
  commit: string;
  file: string;
}

export interface ParentFiles {
  folders: readonly Folder[];
  /** Undefined where there is no such file, or none that GitHub gives as text. */
  text: string | undefined;
}

export interface ParentTreeReader {
  /** One request. @returns by the order of `wanted`; undefined where the commit is gone. */
  read(wanted: readonly WantedFile[]): Promise<(ParentFiles | undefined)[]>;
  /** Which of these commits are on the base branch. Costs a request for each that is not among the recent ones, once. */
  onBase(commits: readonly string[], recentCommits: readonly string[]): Promise<ReadonlySet<string>>;
}

const Entries = z.object({ entries: z.array(z.object({ name: z.string(), mode: z.number(), oid: z.string() })) });
const FolderNode = z.object({ object: z.union([Entries, z.object({})]).nullable() }).nullable();
const FileNode = z
  .object({ object: z.object({ text: z.string().nullish(), isTruncated: z.boolean().optional() }).nullable() })
  .nullable();
const CommitNode = z.looseObject({ tree: Entries }).nullable();

const MAX_REMEMBERED = 2_000;

function treesQuery(wanted: readonly WantedFile[]): { query: string; variables: Record<string, string> } {
  const variables: Record<string, string> = {};
  const fields = wanted.map(({ commit, file }, index) => {
    variables[`commit${index}`] = commit;
    variables[`file${index}`] = file;
    const folders = foldersOf(file)
      .slice(1)
      .map((folder, depth) => {
        variables[`folder${index}x${depth}`] = folder;
        return `folder${depth}: file(path: $folder${index}x${depth}) { object { ... on Tree { entries { name mode oid } } } }`;
      });
    return `at${index}: object(oid: $commit${index}) { ... on Commit { tree { entries { name mode oid } }
      file: file(path: $file${index}) { object { ... on Blob { text isTruncated } } } ${folders.join(' ')} } }`;
  });
  const declarations = Object.keys(variables).map(
    (name) => `$${name}: ${name.startsWith('commit') ? 'GitObjectID!' : 'String!'}`,
  );
  const query = `query ParentTrees($owner: String!, $name: String!, ${declarations.join(', ')}) {
    repository(owner: $owner, name: $name) { ${fields.join(' ')} } }`;
  return { query, variables };
}

function parseFiles(node: unknown, { file }: WantedFile): ParentFiles | undefined {
  const commit = CommitNode.parse(node);
  if (!commit) return undefined;
  const above = foldersOf(file).map((path, index): Folder => {
    if (index === 0) return { path, entries: commit.tree.entries };
    const object = FolderNode.parse(commit[`folder${index - 1}`])?.object;
    return { path, entries: object && 'entries' in object ? object.entries : [] };
  });
  const blob = FileNode.parse(commit['file'])?.object;
  return { folders: above, text: blob?.isTruncated ? undefined : (blob?.text ?? undefined) };
}

export function createParentTreeReader(
  github: () => Promise<GitHub>,
  { branch, ...repository }: Repository & { branch: string },
): ParentTreeReader {
  const { owner, name } = repository;
  const label = fullName(repository);
  const ancestors = new LRUCache<string, true>({ max: MAX_REMEMBERED });

  async function isAncestor(commit: string): Promise<boolean> {
    if (ancestors.has(commit)) return true;
    try {
      const { rest } = await github();
      const basehead = `${branch}...${commit}`;
      const { data } = await rest.repos.compareCommitsWithBasehead({ owner, repo: name, basehead, per_page: 1 });
      if (data.status !== 'behind' && data.status !== 'identical') return false;
      ancestors.set(commit, true);
      return true;
    } catch (error) {
      if (statusOf(error) === 404) return false;
      throw toPromoterError(`compare ${branch} of ${label} with ${commit.slice(0, 7)}`, error);
    }
  }

  return {
    async read(wanted) {
      const { query, variables } = treesQuery(wanted);
      try {
        const { graphql } = await github();
        const data: unknown = await graphql(query, { ...variables, owner, name });
        const { repository: found } = z.object({ repository: z.looseObject({}) }).parse(data);
        return wanted.map((one, index) => parseFiles(found[`at${index}`], one));
      } catch (error) {
        throw toPromoterError(`read what promotion branches of ${label} stand on`, error);
      }
    },
    async onBase(commits, recentCommits) {
      const recent = new Set(recentCommits);
      const found = new Set<string>();
      for (const commit of new Set(commits)) if (recent.has(commit) || (await isAncestor(commit))) found.add(commit);
      return found;
    },
  };
}
