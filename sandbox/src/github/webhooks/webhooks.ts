// Sends signed webhooks with GitHub's headers and under its rules: one attempt of ten seconds, no retry, every attempt logged.
import { createHmac, randomUUID } from 'node:crypto';
import type { Faults } from '../faults.ts';
import { fullName, type WorldStore } from '../world.ts';
import type { Delivery, DeliveryLog } from './delivery-log.ts';

const TIMEOUT_MS = 10_000;
const RESPONSE_LIMIT = 10_000;

export interface AppHook {
  /** Undefined when the App has no webhook. */
  url: string | undefined;
  secret: string;
  appId: number;
  installationId: number;
  /** The events that the App subscribed to. GitHub never sends `package` to an App. */
  events: readonly string[];
}

export interface WebhookEvent {
  event: string;
  action?: string;
  repositoryId: number | null;
  payload: Record<string, unknown>;
}

export interface Webhooks {
  readonly appHook: AppHook;
  readonly log: DeliveryLog;
  emit(event: WebhookEvent): void;
  /** Sends a logged delivery again, under the same guid. */
  redeliver(delivery: Delivery): void;
  /** Resolves when nothing is being sent. */
  settled(): Promise<void>;
}

interface Attempt {
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

export interface WebhookDeps {
  store: WorldStore;
  appHook: AppHook;
  log: DeliveryLog;
  faults: Faults;
  clock: () => Date;
}

export function createWebhooks({ store, appHook, log, faults, clock }: WebhookDeps): Webhooks {
  const underway = new Set<Promise<void>>();
  let heldBack: Attempt | undefined;

  const post = async (
    attempt: Attempt,
    headers: Record<string, string>,
  ): Promise<{ code: number; status: string; body: string }> => {
    try {
      const response = await fetch(attempt.url, {
        method: 'POST',
        headers,
        body: attempt.payload,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const body = (await response.text()).slice(0, RESPONSE_LIMIT);
      return { code: response.status, status: response.ok ? 'OK' : `Invalid HTTP Response: ${response.status}`, body };
    } catch (error) {
      const timedOut = error instanceof Error && error.name === 'TimeoutError';
      return { code: timedOut ? 504 : 502, status: timedOut ? 'timed out' : 'failed to connect to host', body: '' };
    }
  };

  const attemptOnce = async (attempt: Attempt, lost: boolean): Promise<void> => {
    const started = clock();
    const headers: Record<string, string> = {
      accept: '*/*',
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/sandbox',
      'x-github-delivery': attempt.guid,
      'x-github-event': attempt.event,
      'x-github-hook-id': String(attempt.hook === 'app' ? attempt.targetId : attempt.hook),
      'x-github-hook-installation-target-id': String(attempt.targetId),
      'x-github-hook-installation-target-type': attempt.targetType,
      'x-hub-signature': `sha1=${createHmac('sha1', attempt.secret).update(attempt.payload).digest('hex')}`,
      'x-hub-signature-256': `sha256=${createHmac('sha256', attempt.secret).update(attempt.payload).digest('hex')}`,
    };
    const answer = lost ? { code: 502, status: 'failed to connect to host', body: '' } : await post(attempt, headers);
    log.add({
      id: store.newId(),
      guid: attempt.guid,
      hook: attempt.hook,
      deliveredAt: started.toISOString(),
      redelivery: attempt.redelivery,
      durationSeconds: (clock().getTime() - started.getTime()) / 1000,
      status: answer.status,
      statusCode: answer.code,
      event: attempt.event,
      action: attempt.action,
      installationId: attempt.installationId,
      repositoryId: attempt.repositoryId,
      requestHeaders: headers,
      payload: attempt.payload,
      responseBody: answer.body,
    });
    store.save();
  };

  const send = (attempt: Attempt, lost = false): void => {
    const sending = attemptOnce(attempt, lost).finally(() => underway.delete(sending));
    underway.add(sending);
  };

  const sendWithFaults = (attempt: Attempt): void => {
    const effect = faults.takeWebhookFault(attempt.event);
    if (effect === 'reorder' && !heldBack) {
      heldBack = attempt;
      return;
    }
    send(attempt, effect === 'lose');
    if (effect === 'duplicate') send({ ...attempt, redelivery: true });
    if (heldBack) {
      const late = heldBack;
      heldBack = undefined;
      send(late);
    }
  };

  return {
    appHook,
    log,
    emit({ event, action, repositoryId, payload }) {
      const guid = randomUUID();
      const full = action ? { action, ...payload } : payload;
      const common = { guid, event, action: action ?? null, repositoryId, redelivery: false };
      if (appHook.url !== undefined && appHook.events.includes(event)) {
        const installation = {
          id: appHook.installationId,
          node_id: Buffer.from(`Installation:${appHook.installationId}`).toString('base64url'),
        };
        sendWithFaults({
          ...common,
          hook: 'app',
          url: appHook.url,
          secret: appHook.secret,
          installationId: appHook.installationId,
          targetType: 'integration',
          targetId: appHook.appId,
          payload: JSON.stringify({ ...full, installation }),
        });
      }
      const repository = store.world.repositories.find(({ id }) => id === repositoryId);
      for (const hook of store.world.hooks) {
        const subscribed = hook.events.includes('*') || hook.events.includes(event);
        if (!repository || !hook.active || !subscribed || hook.repository !== fullName(repository)) continue;
        sendWithFaults({
          ...common,
          hook: hook.id,
          url: hook.url,
          secret: hook.secret,
          installationId: null,
          targetType: 'repository',
          targetId: repository.id,
          payload: JSON.stringify(full),
        });
      }
    },
    redeliver(delivery) {
      const hook = delivery.hook === 'app' ? appHook : store.world.hooks.find(({ id }) => id === delivery.hook);
      if (hook?.url === undefined) return; // the webhook was deleted in the meantime
      send({
        hook: delivery.hook,
        url: hook.url,
        secret: hook.secret,
        guid: delivery.guid,
        event: delivery.event,
        action: delivery.action,
        installationId: delivery.installationId,
        repositoryId: delivery.repositoryId,
        targetType: delivery.requestHeaders['x-github-hook-installation-target-type'] ?? 'integration',
        targetId: Number(delivery.requestHeaders['x-github-hook-installation-target-id']),
        payload: delivery.payload,
        redelivery: true,
      });
    },
    async settled() {
      while (underway.size > 0) await Promise.all(underway);
      await log.flush();
    },
  };
}
