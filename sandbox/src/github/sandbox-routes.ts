// Routes that the real GitHub does not have: reports from the registry, faults, and the delivery log without paging.
import { Hono } from 'hono';
import { z } from 'zod';
import type { Hub } from './hub.ts';
import { recordPublished } from './operations/packages.ts';
import { PublishedPackage } from './shapes/package.ts';

const ApiFaultBody = z.object({
  operation: z.string(),
  times: z.number().int().positive(),
  effect: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('error-before'), status: z.number() }),
    z.object({ kind: z.literal('error-after'), status: z.number() }),
    z.object({ kind: z.literal('secondary-limit'), retryAfterSeconds: z.number() }),
    z.object({
      kind: z.literal('answer'),
      status: z.number(),
      headers: z.record(z.string(), z.string()).default({}),
      body: z.looseObject({}),
    }),
    z.object({ kind: z.literal('stale-head') }),
  ]),
});
const WebhookFaultBody = z.object({
  event: z.string(),
  times: z.number().int().positive(),
  effect: z.enum(['lose', 'duplicate', 'reorder']),
});

export function sandboxRoutes(hub: Hub): Hono {
  const { faults } = hub;
  return new Hono()
    .post('/_sandbox/packages', async (c) => {
      const published = PublishedPackage.safeParse(await c.req.json());
      if (!published.success) return c.text(published.error.message, 422);
      recordPublished(hub, published.data);
      return c.body(null, 204);
    })
    .post('/_sandbox/faults/api', async (c) => {
      faults.addApiFault(ApiFaultBody.parse(await c.req.json()));
      return c.body(null, 204);
    })
    .post('/_sandbox/faults/webhooks', async (c) => {
      faults.addWebhookFault(WebhookFaultBody.parse(await c.req.json()));
      return c.body(null, 204);
    })
    .put('/_sandbox/latency/:ms{[0-9]+}', (c) => {
      faults.latencyMs = Number(c.req.param('ms'));
      return c.body(null, 204);
    })
    .get('/_sandbox/deliveries', (c) => c.json(hub.webhooks.log.list('app')));
}
