import { Hono } from 'hono';
import { z } from 'zod';
import { notFound, validationFailed } from '../errors.ts';
import { type Hub, now } from '../hub.ts';
import { routeRepository } from '../route-repository.ts';
import { deploymentShape, deploymentStatusShape } from '../shapes/deployment.ts';
import { type Deployment, fullName, type Repository } from '../world.ts';
import { body, type Env, number, page, writable } from './request.ts';

const NewDeployment = z.object({
  ref: z.string(),
  task: z.string().default('deploy'),
  environment: z.string().default('production'),
  description: z.string().nullish(),
  payload: z.union([z.record(z.string(), z.unknown()), z.string()]).default({}),
  auto_merge: z.boolean().optional(),
  required_contexts: z.array(z.string()).optional(),
});
const NewDeploymentStatus = z.object({
  state: z.enum(['error', 'failure', 'inactive', 'in_progress', 'queued', 'pending', 'success']),
  description: z.string().max(140).default(''),
  log_url: z.string().default(''),
});

export function deploymentRoutes(hub: Hub): Hono<Env> {
  const find = (found: Repository, id: number): Deployment => {
    const deployment = hub.store.world.deployments.find(
      (candidate) => candidate.id === id && candidate.repository === fullName(found),
    );
    if (!deployment) throw notFound();
    return deployment;
  };

  return new Hono<Env>()
    .get('/repos/:owner/:repo/deployments', (c) => {
      const found = routeRepository(hub, c);
      const { sha, environment } = c.req.query();
      const deployments = hub.store.world.deployments.filter(
        (deployment) =>
          deployment.repository === fullName(found) &&
          (!sha || deployment.sha === sha) &&
          (!environment || deployment.environment === environment),
      );
      return c.json(page(c, deployments.reverse()).map((deployment) => deploymentShape(hub, found, deployment)));
    })
    .post('/repos/:owner/:repo/deployments', async (c) => {
      const { repository: found, actor } = writable(hub, c, 'deployments');
      const { ref, task, environment, description, payload } = await body(c, NewDeployment);
      const commit = await hub.gitOf(found).commit(ref);
      if (!commit) throw validationFailed([`No ref found for: ${ref}`]);
      const deployment: Deployment = {
        id: hub.store.newId(),
        repository: fullName(found),
        sha: commit.oid,
        ref,
        task,
        environment,
        description: description ?? null,
        payload,
        creator: actor.login,
        createdAt: now(hub),
        statuses: [],
      };
      hub.store.world.deployments.push(deployment);
      hub.store.save();
      return c.json(deploymentShape(hub, found, deployment), 201);
    })
    .get('/repos/:owner/:repo/deployments/:id/statuses', (c) => {
      const found = routeRepository(hub, c);
      const deployment = find(found, number(c, 'id'));
      return c.json(
        page(c, [...deployment.statuses].reverse()).map((status) =>
          deploymentStatusShape(hub, found, deployment, status),
        ),
      );
    })
    .post('/repos/:owner/:repo/deployments/:id/statuses', async (c) => {
      const { repository: found, actor } = writable(hub, c, 'deployments');
      const deployment = find(found, number(c, 'id'));
      const { state, description, log_url: targetUrl } = await body(c, NewDeploymentStatus);
      const status = {
        id: hub.store.newId(),
        state,
        description,
        targetUrl,
        creator: actor.login,
        createdAt: now(hub),
      };
      deployment.statuses.push(status);
      hub.store.save();
      return c.json(deploymentStatusShape(hub, found, deployment, status), 201);
    });
}
