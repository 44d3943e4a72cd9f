// Where clients reach the service: the start of every URL in a response.
import type { Context } from 'hono';

export interface PublicUrlSettings {
  /** Without a slash at the end; undefined to follow the request. */
  publicUrl: string | undefined;
  /** Proxies in front; 0 means that X-Forwarded-Proto is only claimed by the client. */
  trustedProxies: number;
}

/** @returns the start of a URL, without a slash at its end. */
export type PublicUrl = (c: Context) => string;

export function publicUrlOf({ publicUrl, trustedProxies }: PublicUrlSettings): PublicUrl {
  if (publicUrl !== undefined) return () => publicUrl;
  if (trustedProxies === 0) return originOf;
  return (c) => {
    const scheme = schemeFrom(c.req.header('x-forwarded-proto'), trustedProxies);
    const origin = originOf(c);
    return scheme === undefined ? origin : scheme + origin.slice(origin.indexOf(':'));
  };
}

/** Not by URL, which would be parsed for every request. */
function originOf(c: Context): string {
  const { url } = c.req;
  return url.slice(0, url.indexOf('/', 'https://'.length));
}

/** Some proxies replace the header and some append to it: the outermost trusted one wrote what counts. */
function schemeFrom(header: string | undefined, trustedProxies: number): string | undefined {
  const schemes = header?.split(',').map((scheme) => scheme.trim().toLowerCase()) ?? [];
  const scheme = schemes.at(-trustedProxies) ?? schemes[0];
  return scheme === 'http' || scheme === 'https' ? scheme : undefined;
}
