import type { Delivery } from '../webhooks/delivery-log.ts';
import type { Hook, Repository } from '../world.ts';
import type { Links } from './links.ts';

/** The `hook` schema. */
export function hookShape(links: Links, repository: Repository, hook: Hook) {
  const url = `${links.repositoryApi(repository)}/hooks/${hook.id}`;
  return {
    type: 'Repository',
    id: hook.id,
    name: 'web',
    active: hook.active,
    events: hook.events,
    config: { content_type: 'json', insecure_ssl: '0', url: hook.url },
    updated_at: hook.createdAt,
    created_at: hook.createdAt,
    url,
    test_url: `${url}/test`,
    ping_url: `${url}/pings`,
    deliveries_url: `${url}/deliveries`,
    last_response: { code: null, status: 'unused', message: null },
  };
}

/** The `hook-delivery-item` schema, which lists return. */
export function deliveryItem(delivery: Delivery) {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: delivery.deliveredAt,
    redelivery: delivery.redelivery,
    duration: delivery.durationSeconds,
    status: delivery.status,
    status_code: delivery.statusCode,
    event: delivery.event,
    action: delivery.action,
    installation_id: delivery.installationId,
    repository_id: delivery.repositoryId,
    throttled_at: null,
  };
}

/** The `hook-delivery` schema. */
export function deliveryShape(delivery: Delivery, url: string | undefined) {
  return {
    ...deliveryItem(delivery),
    url,
    request: { headers: delivery.requestHeaders, payload: JSON.parse(delivery.payload) as Record<string, unknown> },
    response: { headers: {}, payload: delivery.responseBody },
  };
}
