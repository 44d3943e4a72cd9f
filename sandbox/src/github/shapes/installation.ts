import { accountOf, type Hub } from '../hub.ts';
import { simpleUser } from './account.ts';

const INSTALLED_AT = '2026-01-01T00:00:00Z';

/** The `installation` schema. */
export function installationShape(hub: Hub) {
  const { app, links, webhooks } = hub;
  const organization = accountOf(hub, app.organization);
  return {
    id: app.installationId,
    account: simpleUser(links, organization),
    repository_selection: app.repositories ? 'selected' : 'all',
    access_tokens_url: `${links.api}/app/installations/${app.installationId}/access_tokens`,
    repositories_url: `${links.api}/installation/repositories`,
    html_url: `${links.origin}/organizations/${app.organization}/settings/installations/${app.installationId}`,
    app_id: app.id,
    app_slug: app.slug,
    target_id: organization.id,
    target_type: 'Organization',
    permissions: app.grants,
    events: [...(app.events ?? webhooks.appHook.events)],
    created_at: INSTALLED_AT,
    updated_at: INSTALLED_AT,
    single_file_name: null,
    suspended_by: app.suspendedAt === undefined ? null : simpleUser(links, organization),
    suspended_at: app.suspendedAt ?? null,
  };
}
