// The App, its installation, tokens and delivery log; the webhooks of single repositories and their logs.
import { Hono } from 'hono';
import { z } from 'zod';
import { ApiError, notFound, validationFailed } from '../errors.ts';
import { type Hub, now, ownerOf } from '../hub.ts';
import { routeRepository } from '../route-repository.ts';
import { integrationShape } from '../shapes/check-run.ts';
import { deliveryItem, deliveryShape, hookShape } from '../shapes/hook.ts';
import { installationShape } from '../shapes/installation.ts';
import { repositoryShape } from '../shapes/repository.ts';
import type { Delivery } from '../webhooks/delivery-log.ts';
import { fullName, type Hook } from '../world.ts';
import { body, type Ctx, type Env, number, page, writable } from './request.ts';

const TokenRequest = z.object({
  repositories: z.array(z.string()).optional(),
  permissions: z.record(z.string(), z.enum(['read', 'write'])).optional(),
});
const NewHook = z.object({
  name: z.literal('web').default('web'),
  config: z.object({ url: z.url(), secret: z.string().default(''), content_type: z.string().default('form') }),
  events: z.array(z.string()).default(['push']),
  active: z.boolean().default(true),
});

export function appRoutes(hub: Hub): Hono<Env> {
  const requireApp = (c: Ctx): void => {
    if (c.get('caller').kind !== 'app') throw new ApiError(401, 'A JSON web token could not be decoded');
  };
  /** Lists deliveries, newest first, paged by cursor. */
  const listDeliveries = (c: Ctx, hook: Delivery['hook']) => {
    const perPage = Math.min(Number(c.req.query('per_page') ?? 30) || 30, 100);
    const { cursor, status } = c.req.query();
    const all = hub.webhooks.log
      .list(hook)
      .filter((delivery) => !status || (delivery.status === 'OK') === (status === 'success'));
    const start = cursor ? all.findIndex(({ id }) => id === Number(cursor)) : 0;
    if (cursor && start < 0) throw new ApiError(400, 'Invalid cursor');
    const next = all[start + perPage];
    if (next) {
      const url = new URL(c.req.url);
      url.searchParams.set('cursor', String(next.id));
      c.header('link', `<${url.href}>; rel="next"`);
    }
    return c.json(all.slice(start, start + perPage).map(deliveryItem));
  };
  const findDelivery = (c: Ctx, hook: Delivery['hook']): Delivery => {
    const delivery = hub.webhooks.log.find(hook, number(c, 'delivery'));
    if (!delivery) throw new ApiError(422, 'Delivery not found');
    return delivery;
  };
  const adminHook = (c: Ctx): Hook => {
    const { repository: found } = writable(hub, c, 'administration');
    const hook = hub.store.world.hooks.find(
      ({ id, repository: name }) => id === number(c, 'hook') && name === fullName(found),
    );
    if (!hook) throw notFound();
    return hook;
  };

  return new Hono<Env>()
    .get('/app', (c) => {
      requireApp(c);
      return c.json({ ...integrationShape(hub, hub.app.slug), installations_count: 1 });
    })
    .get('/app/installations', (c) => {
      requireApp(c);
      return c.json([installationShape(hub)]);
    })
    .post('/app/installations/:installation/access_tokens', async (c) => {
      requireApp(c);
      if (number(c, 'installation') !== hub.app.installationId) throw notFound();
      const request = await body(c, TokenRequest);
      const issued = hub.callers.issueInstallationToken({
        ...(request.repositories ? { repositories: request.repositories } : {}),
        ...(request.permissions ? { permissions: request.permissions } : {}),
      });
      const selection = request.repositories ? 'selected' : 'all';
      return c.json(
        {
          token: issued.token,
          expires_at: issued.expiresAt.toISOString(),
          permissions: issued.grants,
          repository_selection: selection,
        },
        201,
      );
    })
    .get('/repos/:owner/:repo/installation', (c) => {
      requireApp(c);
      const { name } = routeRepository(hub, c);
      if (hub.app.repositories && !hub.app.repositories.includes(name)) throw notFound();
      return c.json(installationShape(hub));
    })
    .get('/installation/repositories', (c) => {
      if (c.get('caller').kind !== 'installation')
        throw new ApiError(403, 'You must authenticate with an installation access token');
      const all = hub.store.world.repositories;
      return c.json({
        total_count: all.length,
        repositories: page(c, all).map((found) => repositoryShape(hub.links, found, ownerOf(hub, found))),
      });
    })
    .get('/app/hook/deliveries', (c) => {
      requireApp(c);
      return listDeliveries(c, 'app');
    })
    .get('/app/hook/deliveries/:delivery', (c) => {
      requireApp(c);
      return c.json(deliveryShape(findDelivery(c, 'app'), hub.webhooks.appHook.url));
    })
    .post('/app/hook/deliveries/:delivery/attempts', (c) => {
      requireApp(c);
      hub.webhooks.redeliver(findDelivery(c, 'app'));
      return c.json({}, 202);
    })
    .get('/repos/:owner/:repo/hooks', (c) => {
      const { repository: found } = writable(hub, c, 'administration');
      const hooks = hub.store.world.hooks.filter((hook) => hook.repository === fullName(found));
      return c.json(page(c, hooks).map((hook) => hookShape(hub.links, found, hook)));
    })
    .post('/repos/:owner/:repo/hooks', async (c) => {
      const { repository: found } = writable(hub, c, 'administration');
      const { config, events, active } = await body(c, NewHook);
      if (hub.store.world.hooks.some((hook) => hook.repository === fullName(found) && hook.url === config.url)) {
        throw validationFailed([
          { resource: 'Hook', code: 'custom', message: 'Hook already exists on this repository' },
        ]);
      }
      const hook: Hook = {
        id: hub.store.newId(),
        repository: fullName(found),
        url: config.url,
        secret: config.secret,
        events,
        active,
        createdAt: now(hub),
      };
      hub.store.world.hooks.push(hook);
      hub.store.save();
      return c.json(hookShape(hub.links, found, hook), 201);
    })
    .get('/repos/:owner/:repo/hooks/:hook/deliveries', (c) => listDeliveries(c, adminHook(c).id))
    .get('/repos/:owner/:repo/hooks/:hook/deliveries/:delivery', (c) => {
      const hook = adminHook(c);
      return c.json(deliveryShape(findDelivery(c, hook.id), hook.url));
    })
    .post('/repos/:owner/:repo/hooks/:hook/deliveries/:delivery/attempts', (c) => {
      hub.webhooks.redeliver(findDelivery(c, adminHook(c).id));
      return c.json({}, 202);
    });
}
