// People, teams, packages and rate limits.
import { Hono } from 'hono';
import { ApiError, forbidden, notFound } from '../errors.ts';
import type { Hub } from '../hub.ts';
import { publicUser, simpleUser } from '../shapes/account.ts';
import { fullName } from '../world.ts';
import type { RateLimits } from './rate-limits.ts';
import { type Ctx, type Env, page } from './request.ts';

const SINCE = '2026-01-01T00:00:00Z';

export function accountRoutes(hub: Hub, limits: RateLimits): Hono<Env> {
  const versions = (c: Ctx, login: string, type: string, encodedName: string) => {
    const owner = login.toLowerCase();
    const name = decodeURIComponent(encodedName);
    if (type !== 'container') throw notFound();
    // GitHub's Packages API is closed to Apps: enabledForGitHubApps is false for each of its operations.
    if (c.get('caller').kind !== 'person') throw forbidden();
    const found = hub.store.world.packageVersions.filter(({ image }) => image === fullName({ owner, name }));
    if (found.length === 0) throw notFound('Package not found.');
    const url = `${hub.links.api}/orgs/${owner}/packages/container/${name}/versions`;
    return c.json(
      page(c, found.reverse()).map((version) => ({
        id: version.id,
        name: version.digest,
        url: `${url}/${version.id}`,
        package_html_url: `${hub.links.origin}/orgs/${owner}/packages/container/package/${name}`,
        created_at: version.createdAt,
        updated_at: version.createdAt,
        html_url: `${hub.links.origin}/orgs/${owner}/packages/container/${name}/${version.id}`,
        metadata: { package_type: 'container', container: { tags: version.tags } },
      })),
    );
  };

  return new Hono<Env>()
    .get('/user', (c) => {
      const caller = c.get('caller');
      if (caller.kind === 'anonymous') throw new ApiError(401, 'Requires authentication');
      if (caller.kind !== 'person') throw forbidden();
      return c.json(publicUser(hub.links, caller.account, SINCE));
    })
    .get('/users/:username', (c) => {
      const account = hub.store.world.accounts.find(
        ({ login }) => login.toLowerCase() === c.req.param('username').toLowerCase(),
      );
      if (!account) throw notFound();
      return c.json(publicUser(hub.links, account, SINCE));
    })
    .get('/orgs/:org/teams/:slug/memberships/:username', (c) => {
      const { org, slug, username } = c.req.param();
      const team = hub.store.world.teams.find((candidate) => candidate.organization === org && candidate.slug === slug);
      if (!team?.members.includes(username)) throw notFound();
      return c.json({
        url: `${hub.links.api}/organizations/1/team/${team.id}/memberships/${username}`,
        role: 'member',
        state: 'active',
      });
    })
    .get('/orgs/:org/packages/:type/:package/versions', (c) =>
      versions(c, c.req.param('org'), c.req.param('type'), c.req.param('package')),
    )
    .get('/users/:username/packages/:type/:package/versions', (c) =>
      versions(c, c.req.param('username'), c.req.param('type'), c.req.param('package')),
    )
    .get('/repos/:owner/:repo/attestations/:digest', (c) => c.json({ attestations: [] }))
    .get('/meta', (c) => c.json({ verifiable_password_authentication: false, hooks: ['127.0.0.1/32'] }))
    .get('/rate_limit', (c) => {
      const core = limits.peek(c, 'core');
      return c.json({
        resources: {
          core,
          graphql: limits.peek(c, 'graphql'),
          search: { limit: 30, remaining: 30, reset: core.reset, used: 0 },
        },
        rate: core,
      });
    })
    .get('/organizations/:login', (c) => {
      const account = hub.store.world.accounts.find(
        ({ login, type }) => login === c.req.param('login') && type === 'Organization',
      );
      if (!account) throw notFound();
      return c.json(simpleUser(hub.links, account));
    });
}
