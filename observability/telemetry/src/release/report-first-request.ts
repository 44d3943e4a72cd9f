// Reports to the promoter that the first request was served: one POST, retried a few times, which delays no request.
import { setTimeout as wait } from 'node:timers/promises';
import type { FirstRequest } from './join-release.ts';

export interface ReportSettings {
  /** `https://promoter/reports/first-request`. */
  url: string;
  /** Shared with the promoter: without it anyone could report anything. */
  token: string;
}

const TIMEOUT_MS = 5_000;
const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 1_000;

/** @throws the error of the last attempt. */
export async function reportFirstRequest({ url, token }: ReportSettings, request: FirstRequest): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(request),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      await response.body?.cancel();
      if (response.ok) return;
      throw new Error(`the promoter answered ${response.status}`);
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await wait(FIRST_PAUSE_MS * 2 ** (attempt - 1), undefined, { ref: false });
    }
  }
}
