// The doorbell. Whatever rings within a short window is one reconcile; whatever rings during one is one more.
// A reconcile that fails for a moment is tried again with what rang for it; nothing is forgotten until it was decided.
import type { Release } from '../decide/release.ts';
import { TransientError } from '../errors.ts';
import type { Scope } from '../ports.ts';
import type { WaitingReleases } from './waiting-releases.ts';

export interface Ring {
  scope: Scope;
  releases: readonly Release[];
}

export interface Round {
  scope: Scope;
  /** By image. */
  candidates: ReadonlyMap<string, readonly Release[]>;
}

export interface RoundOutcome {
  /** Releases to offer again: they wait for something, or for a pipeline that does not exist yet. */
  keep: readonly Release[];
  /** When time alone may change the decisions about a pipeline of this round. */
  rechecks: ReadonlyMap<string, Date>;
}

export interface Inbox {
  /** @returns false when there is no place for some of the releases; GitHub's delivery log still has the event. */
  ring(ring: Ring): boolean;
  /** Events that wait for a reconcile, and releases that wait for a decision. */
  depth(): number;
  /** From now on rings are answered, those included that came before. @param reconcile decides and acts. */
  start(reconcile: Reconcile): void;
  /** Finishes the round in progress and starts no other. */
  close(): Promise<void>;
}

/** Failures that it throws are tried again when they are transient. */
export type Reconcile = (round: Round) => Promise<RoundOutcome>;

export interface InboxDeps {
  windowMs: number;
  releases: WaitingReleases;
  onFailure(error: unknown, retryInMs: number | undefined): void;
  clock: () => Date;
}

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 60_000;
const MAX_RETRIES = 8;
/** The longest delay that setTimeout takes. */
const MAX_TIMER_MS = 2_147_483_647;

const join = (one: Scope, other: Scope): Scope =>
  one === 'all' || other === 'all' ? 'all' : new Set([...one, ...other]);

export function createInbox({ windowMs, releases, onFailure, clock }: InboxDeps): Inbox {
  let reconcile: Reconcile | undefined;
  let scope: Scope = new Set();
  let window: NodeJS.Timeout | undefined;
  const rechecks = new Map<string, Date>();
  let recheck: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let rangMeanwhile = false;
  let retries = 0;
  let closed = false;

  const begin = (): void => {
    window = undefined;
    if (closed) return;
    if (running || !reconcile) {
      rangMeanwhile = true;
      return;
    }
    running = runRound(reconcile).finally(() => {
      running = undefined;
      beginAgain();
    });
  };
  const beginAgain = (): void => {
    if (!rangMeanwhile) return;
    rangMeanwhile = false;
    begin();
  };
  const beginIn = (ms: number): void => {
    if (!closed) window ??= setTimeout(begin, ms);
  };
  /** One round, and none before it: it covers what rang meanwhile. */
  const retryIn = (ms: number): void => {
    rangMeanwhile = false;
    clearTimeout(window);
    window = undefined;
    beginIn(ms);
  };

  async function runRound(answer: Reconcile): Promise<void> {
    const round: Round = { scope, candidates: releases.offer() };
    scope = new Set();
    try {
      const outcome = await answer(round);
      retries = 0;
      // What rang during the round stays; of what was offered, only what still waits.
      releases.settle(round.candidates, outcome.keep);
      for (const [pipeline, at] of outcome.rechecks) rechecks.set(pipeline, at);
      scheduleRecheck();
    } catch (error) {
      scope = join(scope, round.scope);
      retries += 1;
      const shouldRetry = error instanceof TransientError && retries <= MAX_RETRIES;
      const backoffMs = Math.min(FIRST_RETRY_MS * 2 ** (retries - 1), LAST_RETRY_MS);
      const retryInMs = shouldRetry
        ? Math.max(error.retryAfterMs ?? 0, backoffMs * (0.75 + Math.random() / 2))
        : undefined;
      onFailure(error, retryInMs);
      if (retryInMs === undefined)
        retries = 0; // the next ring, at the latest the resync, tries again
      else retryIn(Math.min(retryInMs, MAX_TIMER_MS));
    }
  }

  /** One timer, for the earliest. A pipeline that was decided again in between is looked at once too often, never too late. */
  const scheduleRecheck = (): void => {
    clearTimeout(recheck);
    const next = Math.min(...[...rechecks.values()].map((at) => at.getTime()));
    if (!Number.isFinite(next) || closed) return;
    const ms = Math.min(Math.max(next - clock().getTime(), 0), MAX_TIMER_MS);
    recheck = setTimeout(() => {
      const due = [...rechecks].filter(([, at]) => at <= clock()).map(([pipeline]) => pipeline);
      for (const pipeline of due) rechecks.delete(pipeline);
      if (due.length === 0) return scheduleRecheck();
      scope = join(scope, new Set(due));
      beginIn(0);
      return scheduleRecheck();
    }, ms);
  };

  return {
    ring(ring) {
      if (closed) return false;
      scope = join(scope, ring.scope);
      const left = ring.releases.filter((release) => !releases.add(release));
      beginIn(windowMs);
      return left.length === 0;
    },
    depth: () => releases.count() + (window ? 1 : 0),
    start(answer) {
      reconcile = answer;
      beginAgain();
    },
    async close() {
      closed = true;
      clearTimeout(window);
      clearTimeout(recheck);
      await running;
    },
  };
}
