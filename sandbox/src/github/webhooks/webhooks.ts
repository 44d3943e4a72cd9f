// Sends signed webhooks with GitHub's headers and under its rules: one attempt of ten seconds, no retry, every attempt logged.
import { randomUUID } from 'node:crypto';
import type { Faults } from '../faults.ts';
import { fullName } from '../world.ts';
import type { WorldStore } from '../world-store.ts';
import { type Attempt, headersOf, post, UNREACHABLE } from './attempt.ts';
import type { Delivery, DeliveryLog } from './delivery-log.ts';

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

  const attemptOnce = async (attempt: Attempt, lost: boolean): Promise<void> => {
    const started = clock();
    const headers = headersOf(attempt);
    const response = lost ? UNREACHABLE : await post(attempt, headers);
    const { guid, hook, redelivery, event, action, installationId, repositoryId, payload } = attempt;
    log.add({
      id: store.newId(),
      guid,
      hook,
      deliveredAt: started.toISOString(),
      redelivery,
      durationSeconds: (clock().getTime() - started.getTime()) / 1000,
      status: response.status,
      statusCode: response.code,
      event,
      action,
      installationId,
      repositoryId,
      requestHeaders: headers,
      payload,
      responseBody: response.body,
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
