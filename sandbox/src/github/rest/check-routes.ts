// Check runs, commit statuses and workflow runs.
import { Hono } from 'hono';
import { z } from 'zod';
import { ApiError, notFound } from '../errors.ts';
import { accountOf, type Hub, now, ownerOf } from '../hub.ts';
import { createCheckRun, updateCheckRun } from '../operations/check-runs.ts';
import { routeRepository } from '../route-repository.ts';
import { simpleUser } from '../shapes/account.ts';
import { checkRunShape } from '../shapes/check-run.ts';
import { nodeId } from '../shapes/links.ts';
import { minimalRepository } from '../shapes/repository.ts';
import { jobShape, workflowRunShape } from '../shapes/workflow-run.ts';
import { type CommitStatus, fullName, type Repository } from '../world.ts';
import { body, type Env, number, page, writable } from './request.ts';

const Conclusion = z.enum(['success', 'failure', 'neutral', 'cancelled', 'skipped', 'timed_out', 'action_required']);
const CheckRunBody = z.object({
  name: z.string().optional(),
  head_sha: z.string().optional(),
  status: z.enum(['queued', 'in_progress', 'completed']).optional(),
  conclusion: Conclusion.optional(),
  details_url: z.string().optional(),
  external_id: z.string().optional(),
  output: z.object({ title: z.string(), summary: z.string() }).optional(),
});
const NewStatus = z.object({
  state: z.enum(['error', 'failure', 'pending', 'success']),
  context: z.string().default('default'),
  description: z.string().nullish(),
  target_url: z.string().nullish(),
});

export function checkRoutes(hub: Hub): Hono<Env> {
  const { world } = hub.store;
  const changeOf = (request: z.infer<typeof CheckRunBody>) => ({
    ...(request.name ? { name: request.name } : {}),
    ...(request.status ? { status: request.status } : {}),
    ...(request.conclusion ? { conclusion: request.conclusion } : {}),
    ...(request.details_url ? { detailsUrl: request.details_url } : {}),
    ...(request.external_id ? { externalId: request.external_id } : {}),
    ...(request.output ? { title: request.output.title, summary: request.output.summary } : {}),
  });
  const findRun = (found: Repository, id: number) => {
    const run = world.workflowRuns.find((candidate) => candidate.id === id && candidate.repository === fullName(found));
    if (!run) throw notFound();
    return run;
  };
  const findCheck = (found: Repository, id: number) => {
    const run = world.checkRuns.find((candidate) => candidate.id === id && candidate.repository === fullName(found));
    if (!run) throw notFound();
    return run;
  };
  const simpleStatus = (found: Repository, status: CommitStatus) => ({
    url: `${hub.links.repositoryApi(found)}/statuses/${status.sha}`,
    avatar_url: `${hub.links.origin}/avatars/${accountOf(hub, status.creator).id}.svg`,
    id: status.id,
    node_id: nodeId('StatusContext', status.id),
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: status.createdAt,
    updated_at: status.createdAt,
  });
  const shaOf = async (found: Repository, ref: string): Promise<string> => {
    const commit = await hub.gitOf(found).commit(ref);
    if (!commit) throw notFound();
    return commit.oid;
  };

  return new Hono<Env>()
    .post('/repos/:owner/:repo/check-runs', async (c) => {
      const { repository: found } = writable(hub, c, 'checks');
      if (c.get('caller').kind !== 'installation') throw new ApiError(403, 'You must authenticate via a GitHub App.');
      const request = await body(c, CheckRunBody.required({ name: true, head_sha: true }));
      await shaOf(found, request.head_sha);
      const run = createCheckRun(hub, found, {
        ...changeOf(request),
        name: request.name,
        headSha: request.head_sha,
        appSlug: hub.app.slug,
      });
      return c.json(checkRunShape(hub, run), 201);
    })
    .get('/repos/:owner/:repo/check-runs/:id', (c) => {
      const found = routeRepository(hub, c);
      return c.json(checkRunShape(hub, findCheck(found, number(c, 'id'))));
    })
    .patch('/repos/:owner/:repo/check-runs/:id', async (c) => {
      const { repository: found } = writable(hub, c, 'checks');
      const run = findCheck(found, number(c, 'id'));
      updateCheckRun(hub, found, run, changeOf(await body(c, CheckRunBody)));
      return c.json(checkRunShape(hub, run));
    })
    .get('/repos/:owner/:repo/commits/:ref/check-runs', async (c) => {
      const found = routeRepository(hub, c);
      const sha = await shaOf(found, c.req.param('ref'));
      const runs = world.checkRuns.filter((run) => run.repository === fullName(found) && run.headSha === sha);
      return c.json({ total_count: runs.length, check_runs: page(c, runs).map((run) => checkRunShape(hub, run)) });
    })
    .get('/repos/:owner/:repo/commits/:ref/status', async (c) => {
      const found = routeRepository(hub, c);
      const sha = await shaOf(found, c.req.param('ref'));
      const latest = new Map<string, CommitStatus>();
      for (const status of world.statuses)
        if (status.repository === fullName(found) && status.sha === sha) latest.set(status.context, status);
      const statuses = [...latest.values()];
      const state = statuses.some((status) => status.state === 'failure' || status.state === 'error')
        ? 'failure'
        : statuses.length === 0 || statuses.some((status) => status.state === 'pending')
          ? 'pending'
          : 'success';
      const url = `${hub.links.repositoryApi(found)}/commits/${sha}`;
      const shapes = statuses.map((status) => simpleStatus(found, status));
      const repositoryShape = minimalRepository(hub.links, found, ownerOf(hub, found));
      return c.json({
        state,
        statuses: shapes,
        sha,
        total_count: statuses.length,
        repository: repositoryShape,
        commit_url: url,
        url: `${url}/status`,
      });
    })
    .post('/repos/:owner/:repo/statuses/:sha', async (c) => {
      const { repository: found, actor } = writable(hub, c, 'statuses');
      const request = await body(c, NewStatus);
      const status: CommitStatus = {
        id: hub.store.newId(),
        repository: fullName(found),
        sha: await shaOf(found, c.req.param('sha')),
        state: request.state,
        context: request.context,
        description: request.description ?? null,
        targetUrl: request.target_url ?? null,
        creator: actor.login,
        createdAt: now(hub),
      };
      world.statuses.push(status);
      hub.store.save();
      return c.json({ ...simpleStatus(found, status), creator: simpleUser(hub.links, actor) }, 201);
    })
    .get('/repos/:owner/:repo/actions/runs', async (c) => {
      const found = routeRepository(hub, c);
      const sha = c.req.query('head_sha');
      const runs = world.workflowRuns
        .filter((run) => run.repository === fullName(found) && (!sha || run.headSha === sha))
        .reverse();
      const shapes = await Promise.all(page(c, runs).map((run) => workflowRunShape(hub, run)));
      return c.json({ total_count: runs.length, workflow_runs: shapes });
    })
    .get('/repos/:owner/:repo/actions/runs/:id', async (c) =>
      c.json(await workflowRunShape(hub, findRun(routeRepository(hub, c), number(c, 'id')))),
    )
    .get('/repos/:owner/:repo/actions/runs/:id/attempts/:attempt/jobs', (c) => {
      const run = findRun(routeRepository(hub, c), number(c, 'id'));
      if (number(c, 'attempt') !== 1) throw notFound();
      return c.json({ total_count: 1, jobs: [jobShape(hub, run)] });
    });
}
