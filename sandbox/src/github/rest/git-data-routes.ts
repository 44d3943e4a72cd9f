// Git data: blobs, trees, commits, refs.
import { Hono } from 'hono';
import { z } from 'zod';
import { ApiError, notFound } from '../errors.ts';
import type { FileChange } from '../../git/fast-import.ts';
import { ZERO_OID } from '../../git/git-object.ts';
import type { GitRepository } from '../../git/git-repository.ts';
import { type Hub, personOf } from '../hub.ts';
import { signCommit, webFlow } from '../operations/signed-commit.ts';
import { createRef, updateRefs } from '../operations/refs.ts';
import { routeRepository } from '../route-repository.ts';
import { gitCommit } from '../shapes/commit.ts';
import { nodeId } from '../shapes/links.ts';
import type { Repository } from '../world.ts';
import { body, type Env, writable } from './request.ts';

const NewBlob = z.object({ content: z.string(), encoding: z.enum(['utf-8', 'base64']).default('utf-8') });
const TreeItem = z.object({
  path: z.string().min(1),
  mode: z.enum(['100644', '100755', '040000', '160000', '120000']),
  type: z.enum(['blob', 'tree', 'commit']).optional(),
  sha: z.string().nullable().optional(),
  content: z.string().optional(),
});
type TreeItem = z.infer<typeof TreeItem>;
const NewTree = z.object({ base_tree: z.string().optional(), tree: z.array(TreeItem) });
const Signature = z.object({ name: z.string(), email: z.string(), date: z.string().optional() });
const NewCommit = z.object({
  message: z.string(),
  tree: z.string(),
  parents: z.array(z.string()).default([]),
  author: Signature.optional(),
  committer: Signature.optional(),
});
const NewRef = z.object({ ref: z.string(), sha: z.string() });
const RefPatch = z.object({ sha: z.string(), force: z.boolean().default(false) });

export function gitDataRoutes(hub: Hub): Hono<Env> {
  const refShape = (found: Repository, ref: string, sha: string) => ({
    ref,
    node_id: nodeId('Ref', `${found.id}${ref}`),
    url: `${hub.links.repositoryApi(found)}/git/${ref}`,
    object: { sha, type: 'commit', url: `${hub.links.repositoryApi(found)}/git/commits/${sha}` },
  });

  const treeShape = async (
    found: Repository,
    sha: string,
    recursive = false,
    prefix = '',
  ): Promise<Record<string, unknown>[]> => {
    const git = hub.gitOf(found);
    const api = hub.links.repositoryApi(found);
    const shapes: Record<string, unknown>[] = [];
    for (const entry of (await git.tree(sha)) ?? []) {
      const size = entry.type === 'blob' ? (await git.read(entry.oid))?.content.length : undefined;
      const kind = entry.type === 'tree' ? 'trees' : 'blobs';
      const url = `${api}/git/${kind}/${entry.oid}`;
      shapes.push({
        path: prefix + entry.name,
        mode: entry.mode,
        type: entry.type,
        sha: entry.oid,
        ...(size === undefined ? {} : { size }),
        url,
      });
      if (recursive && entry.type === 'tree')
        shapes.push(...(await treeShape(found, entry.oid, true, `${prefix}${entry.name}/`)));
    }
    return shapes;
  };

  const changeOf = async (git: GitRepository, { path, mode, sha, content }: TreeItem): Promise<FileChange> => {
    if (sha === null) return { path, content: null };
    if (content !== undefined) return { path, content: Buffer.from(content), mode };
    const blob = sha === undefined ? undefined : await git.read(sha);
    if (!blob) throw new ApiError(422, `tree.sha ${sha ?? 'nothing'} is not a valid blob`);
    return { path, content: blob.content, mode };
  };

  /** git itself builds the tree, by a commit on top of the base of which only the tree is used. */
  const writeTree = async (found: Repository, { base_tree: base, tree }: z.infer<typeof NewTree>): Promise<string> => {
    const git = hub.gitOf(found);
    const person = { name: 'tree', email: 'tree@localhost', date: new Date(0).toISOString() };
    const baseTree = base ? await git.read(`${base}^{tree}`) : undefined;
    if (base && !baseTree) throw notFound('base_tree is not a valid tree oid');
    const parent = baseTree ? await git.commitTree(baseTree.oid, [], 'base', person, person) : null;
    const changes = await Promise.all(tree.map((item) => changeOf(git, item)));
    const oid = await git.createCommit({ parent, changes, message: 'tree', author: person, committer: person });
    const commit = await git.commit(oid);
    if (!commit) throw new Error(`commit ${oid} was written and is not there`);
    return commit.tree;
  };

  return new Hono<Env>()
    .post('/repos/:owner/:repo/git/blobs', async (c) => {
      const { repository: found } = writable(hub, c, 'contents');
      const { content, encoding } = await body(c, NewBlob);
      const sha = await hub.gitOf(found).writeBlob(Buffer.from(content, encoding));
      return c.json({ sha, url: `${hub.links.repositoryApi(found)}/git/blobs/${sha}` }, 201);
    })
    .get('/repos/:owner/:repo/git/blobs/:sha', async (c) => {
      const found = routeRepository(hub, c);
      const object = await hub.gitOf(found).read(c.req.param('sha'));
      if (object?.type !== 'blob') throw notFound();
      const content = object.content.toString('base64');
      const url = `${hub.links.repositoryApi(found)}/git/blobs/${object.oid}`;
      return c.json({
        sha: object.oid,
        node_id: nodeId('Blob', object.oid),
        size: object.content.length,
        url,
        content,
        encoding: 'base64',
      });
    })
    .post('/repos/:owner/:repo/git/trees', async (c) => {
      const { repository: found } = writable(hub, c, 'contents');
      const sha = await writeTree(found, await body(c, NewTree));
      return c.json(
        {
          sha,
          url: `${hub.links.repositoryApi(found)}/git/trees/${sha}`,
          tree: await treeShape(found, sha),
          truncated: false,
        },
        201,
      );
    })
    .get('/repos/:owner/:repo/git/trees/:sha', async (c) => {
      const found = routeRepository(hub, c);
      const object = await hub.gitOf(found).read(`${c.req.param('sha')}^{tree}`);
      if (!object) throw notFound();
      const tree = await treeShape(found, object.oid, c.req.query('recursive') !== undefined);
      return c.json({
        sha: object.oid,
        url: `${hub.links.repositoryApi(found)}/git/trees/${object.oid}`,
        tree,
        truncated: false,
      });
    })
    .post('/repos/:owner/:repo/git/commits', async (c) => {
      const { repository: found, actor } = writable(hub, c, 'contents');
      const { message, tree, parents, author, committer } = await body(c, NewCommit);
      const git = hub.gitOf(found);
      if (!(await git.tree(tree))) throw new ApiError(422, 'Tree SHA does not exist');
      // Of an App GitHub signs it, unless the caller names another author; of a person it signs nothing here.
      const self = personOf(hub, actor);
      const isByApp = actor.type === 'Bot' && !author && !committer;
      const writer = author ? { ...author, date: author.date ?? self.date } : self;
      const by = committer ? { ...committer, date: committer.date ?? self.date } : isByApp ? webFlow(hub) : writer;
      const commit = await git.commit(await git.commitTree(tree, parents, message, writer, by));
      if (!commit) throw notFound();
      if (isByApp) signCommit(hub, commit.oid);
      return c.json(gitCommit(hub, found, commit), 201);
    })
    .get('/repos/:owner/:repo/git/commits/:sha', async (c) => {
      const found = routeRepository(hub, c);
      const commit = await hub.gitOf(found).commit(c.req.param('sha'));
      if (!commit) throw notFound();
      return c.json(gitCommit(hub, found, commit));
    })
    .get('/repos/:owner/:repo/git/ref/:ref{.+}', async (c) => {
      const found = routeRepository(hub, c);
      const ref = `refs/${c.req.param('ref')}`;
      const sha = await hub.gitOf(found).ref(ref);
      if (!sha) throw notFound();
      return c.json(refShape(found, ref, sha));
    })
    .get('/repos/:owner/:repo/git/matching-refs/:ref{.+}', async (c) => {
      const found = routeRepository(hub, c);
      const prefix = `refs/${c.req.param('ref')}`;
      const refs = [...(await hub.gitOf(found).refs())].filter(([ref]) => ref.startsWith(prefix));
      return c.json(refs.map(([ref, sha]) => refShape(found, ref, sha)));
    })
    .post('/repos/:owner/:repo/git/refs', async (c) => {
      const { repository: found, actor } = writable(hub, c, 'contents');
      const { ref, sha } = await body(c, NewRef);
      await hub.exclusively(found, () => createRef(hub, found, actor, ref, sha));
      return c.json(refShape(found, ref, sha), 201);
    })
    .patch('/repos/:owner/:repo/git/refs/:ref{.+}', async (c) => {
      const { repository: found, actor } = writable(hub, c, 'contents');
      const { sha, force } = await body(c, RefPatch);
      const ref = `refs/${c.req.param('ref')}`;
      await hub.exclusively(found, async () => {
        const before = await hub.gitOf(found).ref(ref);
        if (!before) throw new ApiError(422, 'Reference does not exist');
        await updateRefs(hub, found, actor, [{ ref, before, after: sha, force }]);
      });
      return c.json(refShape(found, ref, sha));
    })
    .delete('/repos/:owner/:repo/git/refs/:ref{.+}', async (c) => {
      const { repository: found, actor } = writable(hub, c, 'contents');
      const ref = `refs/${c.req.param('ref')}`;
      await hub.exclusively(found, async () => {
        const before = await hub.gitOf(found).ref(ref);
        if (!before) throw new ApiError(422, 'Reference does not exist');
        await updateRefs(hub, found, actor, [{ ref, before, after: ZERO_OID, force: true }]);
      });
      return c.body(null, 204);
    });
}
