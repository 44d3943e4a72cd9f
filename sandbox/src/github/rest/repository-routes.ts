// Repositories: contents, commits, branches, comparisons, collaborators.
import { Hono } from 'hono';
import { z } from 'zod';
import { permissionOf } from '../callers.ts';
import { ApiError, notFound, validationFailed } from '../errors.ts';
import { accountOf, type Hub, ownerOf, personOf } from '../hub.ts';
import { enforceRefRules } from '../operations/branch-rules.ts';
import { signCommit, webFlow } from '../operations/signed-commit.ts';
import { routeRepository } from '../route-repository.ts';
import { simpleUser } from '../shapes/account.ts';
import { commitShape, gitCommit } from '../shapes/commit.ts';
import { pullRequestSimple } from '../shapes/pull-request.ts';
import { fullRepository } from '../shapes/repository.ts';
import { fullName, type Repository } from '../world.ts';
import { fileShape } from '../shapes/diff.ts';
import { body, type Ctx, type Env, page, writable } from './request.ts';

const PutContents = z.object({
  message: z.string(),
  content: z.base64(),
  sha: z.string().optional(),
  branch: z.string().optional(),
});
const DeleteContents = z.object({ message: z.string(), sha: z.string(), branch: z.string().optional() });
const Merge = z.object({ base: z.string(), head: z.string(), commit_message: z.string().optional() });

export function repositoryRoutes(hub: Hub): Hono<Env> {
  const permission = (c: Ctx, found: Repository) => {
    const caller = c.get('caller');
    return caller.kind === 'person' ? permissionOf(found, caller.account.login) : 'read';
  };

  const contentShape = (found: Repository, path: string, ref: string, sha: string, content: Buffer) => {
    const self = `${hub.links.repositoryApi(found)}/contents/${path}?ref=${ref}`;
    const git = `${hub.links.repositoryApi(found)}/git/blobs/${sha}`;
    const html = `${hub.links.repositoryPage(found)}/blob/${ref}/${path}`;
    return {
      type: 'file',
      encoding: 'base64',
      size: content.length,
      name: path.split('/').at(-1) ?? path,
      path,
      content: content.toString('base64'),
      sha,
      url: self,
      git_url: git,
      html_url: html,
      download_url: `${hub.links.repositoryPage(found)}/raw/${ref}/${path}`,
      _links: { self, git, html },
    };
  };

  /** Changes one file on a branch by one commit. @throws ApiError 409 when `sha` is not the file's. */
  const changeFile = (
    c: Ctx,
    change: {
      path: string;
      content: Buffer | null;
      sha: string | undefined;
      branch: string | undefined;
      message: string;
    },
  ) => {
    const { repository: found, actor } = writable(hub, c, 'contents');
    const branch = change.branch ?? found.defaultBranch;
    return hub.exclusively(found, async () => {
      const git = hub.gitOf(found);
      const ref = `refs/heads/${branch}`;
      const head = await git.ref(ref);
      if (!head) throw notFound(`Branch ${branch} not found`);
      const existing = await git.read(`${head}:${change.path}`);
      if (existing && !change.sha) throw validationFailed([`"sha" wasn't supplied.`]);
      if (change.sha && existing?.oid !== change.sha)
        throw new ApiError(409, `${change.path} does not match ${change.sha}`);
      const author = personOf(hub, actor);
      const files = [{ path: change.path, content: change.content }];
      const oid = await git.createCommit({
        parent: head,
        changes: files,
        message: change.message,
        author,
        committer: webFlow(hub),
      });
      signCommit(hub, oid);
      await enforceRefRules(hub, found, actor.login, { ref, before: head, after: oid, forced: false });
      await git.updateRefs([{ ref, before: head, after: oid }]);
      await hub.onRefChange({ repository: found, ref, before: head, after: oid, actor, forced: false });
      const [commit, blob] = await Promise.all([git.commit(oid), git.read(`${oid}:${change.path}`)]);
      if (!commit) throw notFound();
      const content =
        blob && change.content ? contentShape(found, change.path, branch, blob.oid, change.content) : null;
      return { created: !existing, response: { content, commit: gitCommit(hub, found, commit) } };
    });
  };

  return new Hono<Env>()
    .get('/repos/:owner/:repo', (c) => {
      const found = routeRepository(hub, c);
      return c.json(fullRepository(hub.links, found, ownerOf(hub, found), permission(c, found)));
    })
    .get('/repos/:owner/:repo/contents/:path{.+}', async (c) => {
      const found = routeRepository(hub, c);
      const ref = c.req.query('ref') ?? found.defaultBranch;
      const object = await hub.gitOf(found).read(`${ref}:${decodeURIComponent(c.req.param('path'))}`);
      if (object?.type !== 'blob') throw notFound();
      if (c.req.header('accept')?.includes('raw')) return c.body(new Uint8Array(object.content));
      return c.json(contentShape(found, decodeURIComponent(c.req.param('path')), ref, object.oid, object.content));
    })
    .put('/repos/:owner/:repo/contents/:path{.+}', async (c) => {
      const { content, ...request } = await body(c, PutContents);
      const path = decodeURIComponent(c.req.param('path'));
      const result = await changeFile(c, {
        ...request,
        sha: request.sha,
        branch: request.branch,
        path,
        content: Buffer.from(content, 'base64'),
      });
      return c.json(result.response, result.created ? 201 : 200);
    })
    .delete('/repos/:owner/:repo/contents/:path{.+}', async (c) => {
      const request = await body(c, DeleteContents);
      const path = decodeURIComponent(c.req.param('path'));
      return c.json((await changeFile(c, { ...request, branch: request.branch, path, content: null })).response);
    })
    .post('/repos/:owner/:repo/merges', async (c) => {
      const { repository: found, actor } = writable(hub, c, 'contents');
      const request = await body(c, Merge);
      const git = hub.gitOf(found);
      const merged = await hub.exclusively(found, async () => {
        const ref = `refs/heads/${request.base}`;
        const [base, head] = await Promise.all([git.ref(ref), git.commit(request.head)]);
        if (!base || !head) throw notFound('Base or head does not exist');
        if ((await git.aheadBehind(base, head.oid)).ahead === 0) return undefined;
        const tree = await git.mergeTree(base, head.oid);
        if (!tree) throw new ApiError(409, 'Merge conflict');
        const author = personOf(hub, actor);
        const message = request.commit_message ?? `Merge ${request.head} into ${request.base}`;
        const oid = await git.commitTree(tree, [base, head.oid], message, author, webFlow(hub));
        signCommit(hub, oid);
        await git.updateRefs([{ ref, before: base, after: oid }]);
        await hub.onRefChange({ repository: found, ref, before: base, after: oid, actor, forced: false });
        return git.commit(oid);
      });
      return merged ? c.json(commitShape(hub, found, merged), 201) : c.body(null, 204);
    })
    .get('/repos/:owner/:repo/commits', async (c) => {
      const found = routeRepository(hub, c);
      const git = hub.gitOf(found);
      const head = await git.commit(c.req.query('sha') ?? found.defaultBranch);
      if (!head) throw notFound();
      const perPage = Math.min(Number(c.req.query('per_page') ?? 30), 100);
      const skip = (Math.max(Number(c.req.query('page') ?? 1), 1) - 1) * perPage;
      const commits = await git.log(head.oid, perPage, c.req.query('path'), skip);
      return c.json(commits.map((commit) => commitShape(hub, found, commit)));
    })
    .get('/repos/:owner/:repo/commits/:ref', async (c) => {
      const found = routeRepository(hub, c);
      const git = hub.gitOf(found);
      const commit = await git.commit(c.req.param('ref'));
      if (!commit) throw new ApiError(422, `No commit found for SHA: ${c.req.param('ref')}`);
      const files = commit.parents[0] ? await git.diff(commit.parents[0], commit.oid, { patches: true }) : [];
      const additions = files.reduce((sum, file) => sum + file.additions, 0);
      const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
      return c.json({
        ...commitShape(hub, found, commit),
        stats: { additions, deletions, total: additions + deletions },
        files: files.map((file) => fileShape(hub, found, commit.oid, file)),
      });
    })
    .get('/repos/:owner/:repo/commits/:sha/pulls', (c) => {
      const found = routeRepository(hub, c);
      const sha = c.req.param('sha');
      const pulls = hub.store.world.pullRequests.filter(
        (pull) => pull.repository === fullName(found) && (pull.headSha === sha || pull.mergeCommitSha === sha),
      );
      return c.json(page(c, pulls).map((pull) => pullRequestSimple(hub, pull)));
    })
    .get('/repos/:owner/:repo/compare/:basehead{.+}', async (c) => {
      const found = routeRepository(hub, c);
      const git = hub.gitOf(found);
      const [baseName, headName] = decodeURIComponent(c.req.param('basehead')).split('...');
      if (!baseName || !headName) throw notFound();
      const [base, head] = await Promise.all([git.commit(baseName), git.commit(headName)]);
      if (!base || !head) throw notFound();
      const { ahead, behind } = await git.aheadBehind(base.oid, head.oid);
      const mergeBase = await git.commit((await git.mergeBase(base.oid, head.oid)) ?? base.oid);
      const commits = ahead > 0 ? await git.log(`${base.oid}..${head.oid}`, 250) : [];
      const files = await git.diff(mergeBase?.oid ?? base.oid, head.oid, { patches: true });
      const html = `${hub.links.repositoryPage(found)}/compare/${baseName}...${headName}`;
      return c.json({
        url: `${hub.links.repositoryApi(found)}/compare/${baseName}...${headName}`,
        html_url: html,
        permalink_url: `${hub.links.repositoryPage(found)}/compare/${base.oid}...${head.oid}`,
        diff_url: `${html}.diff`,
        patch_url: `${html}.patch`,
        base_commit: commitShape(hub, found, base),
        merge_base_commit: commitShape(hub, found, mergeBase ?? base),
        status: ahead > 0 && behind > 0 ? 'diverged' : ahead > 0 ? 'ahead' : behind > 0 ? 'behind' : 'identical',
        ahead_by: ahead,
        behind_by: behind,
        total_commits: ahead,
        commits: commits.reverse().map((commit) => commitShape(hub, found, commit)),
        files: files.map((file) => fileShape(hub, found, head.oid, file)),
      });
    })
    .get('/repos/:owner/:repo/branches/:branch{.+}', async (c) => {
      const found = routeRepository(hub, c);
      const name = decodeURIComponent(c.req.param('branch'));
      const commit = await hub.gitOf(found).commit(`refs/heads/${name}`);
      if (!commit) throw notFound('Branch not found');
      const self = `${hub.links.repositoryApi(found)}/branches/${name}`;
      return c.json({
        name,
        commit: commitShape(hub, found, commit),
        _links: { self, html: `${hub.links.repositoryPage(found)}/tree/${name}` },
        protected: false,
        protection: { enabled: false },
        protection_url: `${self}/protection`,
      });
    })
    .get('/repos/:owner/:repo/rules/branches/:branch{.+}', (c) => {
      routeRepository(hub, c);
      return c.json([]);
    })
    .get('/repos/:owner/:repo/collaborators/:username/permission', (c) => {
      const found = routeRepository(hub, c);
      const login = c.req.param('username');
      if (!hub.store.world.accounts.some((account) => account.login === login)) throw notFound();
      const role = permissionOf(found, login);
      const coarse = { none: 'none', read: 'read', triage: 'read', write: 'write', maintain: 'write', admin: 'admin' }[
        role
      ];
      return c.json({
        permission: coarse,
        role_name: role,
        user: { ...simpleUser(hub.links, accountOf(hub, login)), role_name: role },
      });
    });
}
