// Notifies open pages, on any replica, that todos changed. The notification carries no data: subscribers read the list again.

export interface ChangeFeed {
  /** This process changed something. Announced at once, then at most once per interval. */
  changed(): void;
  /** A process on this database announced a change. */
  announced(): void;
  /** @returns undefined if there are too many subscribers already, of this client or of all, or the process is stopping. */
  subscribe(client: string): Subscription | undefined;
  /** Ends every subscription and accepts no new one. */
  close(): void;
}

export interface Subscription {
  /** Resolves with `changed`, with `silent` if nothing happened for `silenceMs`, or with `closed` once the subscription has ended. */
  next(silenceMs: number): Promise<'changed' | 'silent' | 'closed'>;
  end(): void;
}

export interface ChangeFeedDeps {
  /** Reaches every process, including this one. May fail: pages read the list again when they reconnect. */
  announce: () => Promise<void>;
  onFailure: (error: unknown) => void;
  intervalMs: number;
  maxSubscribers: number;
  /** So that one client cannot take them all; people behind one address count as one. */
  maxPerClient: number;
}

export function createChangeFeed(deps: ChangeFeedDeps): ChangeFeed {
  const { announce, onFailure, intervalMs, maxSubscribers, maxPerClient } = deps;
  const wakers = new Set<(reason: 'changed' | 'closed') => void>();
  const perClient = new Map<string, number>();
  let closed = false;
  let pausing = false;
  let changedWhilePausing = false;

  function ring(): void {
    if (closed) return;
    if (pausing) {
      changedWhilePausing = true;
      return;
    }
    pausing = true;
    changedWhilePausing = false;
    announce().catch((error: unknown) => {
      onFailure(error);
      wake('changed'); // at least the subscribers of this process
    });
    setTimeout(() => {
      pausing = false;
      if (changedWhilePausing) ring();
    }, intervalMs).unref();
  }

  function wake(reason: 'changed' | 'closed'): void {
    for (const waker of wakers) waker(reason);
  }

  return {
    changed: ring,
    announced: () => wake('changed'),
    subscribe(client) {
      const own = perClient.get(client) ?? 0;
      if (closed || wakers.size >= maxSubscribers || own >= maxPerClient) return undefined;
      perClient.set(client, own + 1);
      let state: 'quiet' | 'changed' | 'closed' = 'quiet';
      let onWake: (() => void) | undefined;
      const waker = (reason: 'changed' | 'closed'): void => {
        if (state !== 'closed') state = reason;
        onWake?.();
      };
      wakers.add(waker);
      return {
        async next(silenceMs) {
          if (state === 'quiet') {
            const { promise, resolve } = Promise.withResolvers<void>();
            onWake = resolve;
            const timer = setTimeout(resolve, silenceMs);
            await promise;
            clearTimeout(timer);
          }
          if (state === 'closed') return 'closed';
          const outcome = state === 'changed' ? 'changed' : 'silent';
          state = 'quiet';
          return outcome;
        },
        end() {
          waker('closed');
          if (!wakers.delete(waker)) return;
          const others = (perClient.get(client) ?? 1) - 1;
          if (others === 0) perClient.delete(client);
          else perClient.set(client, others);
        },
      };
    },
    close() {
      closed = true;
      wake('closed');
    },
  };
}
