// Who sent a request, as far as the proxies in front can be believed.
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';

/**
 * @param trustedProxies proxies in front of this service that append to X-Forwarded-For; anything before their entries is only claimed
 * by the client.
 */
export function clientOf(c: Context, trustedProxies: number): string {
  const { incoming } = (c.env ?? {}) as Partial<HttpBindings>; // absent in app.request()
  return addressOf(incoming?.socket.remoteAddress ?? 'unknown', c.req.header('x-forwarded-for'), trustedProxies);
}

/** An address; of an IPv6 address the /64, which belongs to one client. */
export function addressOf(peer: string, forwardedFor: string | undefined, trustedProxies: number): string {
  const hops = [...(forwardedFor?.split(',').map((hop) => hop.trim()) ?? []), peer];
  const address = hops.at(-1 - trustedProxies) ?? hops[0] ?? peer;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !address.includes(':')) return mapped ?? address;
  const [head = '', tail] = address.split('::');
  const before = head.split(':').filter(Boolean);
  const after = tail?.split(':').filter(Boolean) ?? [];
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...Array<string>(Math.max(0, zeros)).fill('0'), ...after].slice(0, 4).join(':');
}
