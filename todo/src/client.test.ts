import { describe, expect, it } from 'vitest';
import { addressOf } from './client.ts';

describe('the client', () => {
  it.each([
    ['the peer', '192.0.2.1', undefined, 0, '192.0.2.1'],
    ['the peer, whatever it claims', '192.0.2.1', '198.51.100.9', 0, '192.0.2.1'],
    ['what the one trusted proxy saw', '10.0.0.1', '198.51.100.9, 203.0.113.5', 1, '203.0.113.5'],
    ['what the second of two proxies saw', '10.0.0.1', '198.51.100.9, 203.0.113.5', 2, '198.51.100.9'],
    ['the farthest known address, where a proxy is missing', '10.0.0.1', undefined, 1, '10.0.0.1'],
    ['an IPv4 address written as IPv6', '::ffff:192.0.2.1', undefined, 0, '192.0.2.1'],
    ['the /64 of an IPv6 address', '2001:db8:1:2:3:4:5:6', undefined, 0, '2001:db8:1:2'],
    ['the /64 of a shortened IPv6 address', '2001:db8::7', undefined, 0, '2001:db8:0:0'],
  ])('%s', (_what, peer, forwardedFor, trustedProxies, expected) => {
    expect(addressOf(peer, forwardedFor, trustedProxies)).toBe(expected);
  });
});
