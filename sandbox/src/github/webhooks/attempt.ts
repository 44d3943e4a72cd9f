// One attempt to deliver a webhook: its headers, its signature, and what the receiver answers.
import { createHmac } from 'node:crypto';
import type { Delivery } from './delivery-log.ts';

const TIMEOUT_MS = 10_000;
const RESPONSE_LIMIT = 10_000;

export interface Attempt {
  hook: Delivery['hook'];
  url: string;
  secret: string;
  guid: string;
  event: string;
  action: string | null;
  installationId: number | null;
  repositoryId: number | null;
  targetType: string;
  targetId: number;
  payload: string;
  redelivery: boolean;
}

export interface AttemptResult {
  code: number;
  /** As GitHub words it in the delivery log. */
  status: string;
  body: string;
}

export const UNREACHABLE: AttemptResult = { code: 502, status: 'failed to connect to host', body: '' };

export function headersOf({
  hook,
  guid,
  event,
  targetId,
  targetType,
  secret,
  payload,
}: Attempt): Record<string, string> {
  const signature = (algorithm: 'sha1' | 'sha256'): string =>
    `${algorithm}=${createHmac(algorithm, secret).update(payload).digest('hex')}`;
  return {
    accept: '*/*',
    'content-type': 'application/json',
    'user-agent': 'GitHub-Hookshot/sandbox',
    'x-github-delivery': guid,
    'x-github-event': event,
    'x-github-hook-id': String(hook === 'app' ? targetId : hook),
    'x-github-hook-installation-target-id': String(targetId),
    'x-github-hook-installation-target-type': targetType,
    'x-hub-signature': signature('sha1'),
    'x-hub-signature-256': signature('sha256'),
  };
}

export async function post({ url, payload }: Attempt, headers: Record<string, string>): Promise<AttemptResult> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(url, { method: 'POST', headers, body: payload, signal });
    const body = (await response.text()).slice(0, RESPONSE_LIMIT);
    return { code: response.status, status: response.ok ? 'OK' : `Invalid HTTP Response: ${response.status}`, body };
  } catch (error) {
    const timedOut = error instanceof Error && error.name === 'TimeoutError';
    return timedOut ? { code: 504, status: 'timed out', body: '' } : UNREACHABLE;
  }
}
