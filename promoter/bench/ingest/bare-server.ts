// What the promoter is compared with: a Hono server that checks the signature over the body, and nothing else.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';

const [, , port = '0', secret = ''] = process.argv;

const app = new Hono()
  .get('/readyz', (c) => c.text('ok'))
  .post('/webhooks/github', async (c) => {
    const body = Buffer.from(await c.req.arrayBuffer());
    const expected = Buffer.from(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`);
    const given = Buffer.from(c.req.header('x-hub-signature-256') ?? '');
    if (given.length !== expected.length || !timingSafeEqual(given, expected))
      return c.json({ outcome: 'rejected' }, 401);
    return c.json({ outcome: 'queued' }, 202);
  });

serve({ fetch: app.fetch, port: Number(port), hostname: '127.0.0.1' });
