// GitHub's delivery log is the queue: GitHub never redelivers by itself, but keeps each delivery for three days.
// On start and on a timer the log is read, newest first, until for every pipeline the newest release that counts is known.
// That finds what was lost in transit, and what was accepted by a process that died before it acted.
import { type EventContext, parseDelivery } from '../accept/parse-delivery.ts';
import { whyIneligible } from '../decide/order-releases.ts';
import type { Pipeline } from '../decide/pipeline.ts';
import type { Release } from '../decide/release.ts';
import { toPromoterError } from '../github/errors.ts';
import type { SourceFact } from '../trace/facts.ts';
import { type DeliveryLog, deliveryLogs, type DeliveryLogsDeps, type LoggedDelivery } from './delivery-log.ts';

const RELEASE_EVENTS = new Set(['registry_package', 'package']);
/** Of a source repository. They decide nothing; release traces are made from them. */
const TRACE_EVENTS = new Set(['push', 'workflow_run', 'workflow_job']);
const MAX_PAGES = 10;
/** A multi-arch push is about six deliveries, of which one counts. */
const MAX_RELEASE_READS = 60;
/** What is only for traces never takes the place of what may have to be promoted. */
const MAX_TRACE_READS = 40;
/** Older ones are about releases that nobody follows any more. */
const MAX_TRACE_AGE_MS = 86_400_000;

export interface ReplayDeps extends DeliveryLogsDeps {
  context: EventContext;
  /** What the log holds and nobody received. */
  onFact(fact: SourceFact): void;
  clock: () => Date;
}

export interface Replayed {
  releases: Release[];
  /** Deliveries of ours that no attempt delivered. */
  lost: number;
}

export interface Replayer {
  /** @param since only what was delivered after it; undefined reads the whole log. */
  replay(pipelines: readonly Pipeline[], since: Date | undefined): Promise<Replayed>;
}

export function createReplayer(deps: ReplayDeps): Replayer {
  const { context, onFact, clock } = deps;

  async function readLog(log: DeliveryLog, wanted: WantedReleases, since: Date | undefined): Promise<number> {
    const attempts = createAttempts();
    const mayRead = createReadBudget(clock().getTime() - MAX_TRACE_AGE_MS);
    for await (const page of newestFirst(log, since)) {
      for (const delivery of page) {
        attempts.add(delivery);
        const isRelease = RELEASE_EVENTS.has(delivery.event);
        // Newest first: what was delivered in the end is known by the time its failure comes.
        const isMissed = TRACE_EVENTS.has(delivery.event) && !attempts.wasDelivered(delivery);
        const isWanted = isRelease ? !wanted.isComplete() : isMissed;
        if (!isWanted || !mayRead(delivery, isRelease)) continue;
        const payload = await log.read(delivery.id);
        const { event, fact } = parseDelivery(delivery.event, payload, context, Date.parse(delivery.delivered_at));
        if (fact) onFact(fact);
        if (event.kind === 'released') wanted.offer(event.release);
      }
      if (wanted.isComplete()) break;
    }
    return attempts.lost();
  }

  return {
    async replay(pipelines, since) {
      const releases: Release[] = [];
      let lost = 0;
      try {
        const logs = await deliveryLogs(
          deps,
          pipelines.flatMap(({ source }) => source ?? []),
        );
        for (const log of logs) {
          const wanted = createWantedReleases(pipelines);
          if (wanted.isComplete()) continue;
          lost += await readLog(log, wanted, since);
          releases.push(...wanted.found);
        }
      } catch (error) {
        throw toPromoterError('read the delivery log', error);
      }
      return { releases, lost };
    },
  };
}

/** Page after page, as far back as `since`. */
async function* newestFirst(log: DeliveryLog, since: Date | undefined): AsyncGenerator<LoggedDelivery[]> {
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { deliveries, next } = await log.list(cursor);
    const recent = since ? deliveries.filter(({ delivered_at: at }) => Date.parse(at) > since.getTime()) : deliveries;
    yield recent;
    if (!next || recent.length < deliveries.length) return;
    cursor = next;
  }
}

/** Which deliveries failed, and were not delivered by another attempt. */
function createAttempts() {
  const delivered = new Set<string>();
  const failed = new Set<string>();
  return {
    add: ({ guid, status }: LoggedDelivery): void => void (status === 'OK' ? delivered : failed).add(guid),
    wasDelivered: ({ guid }: LoggedDelivery): boolean => delivered.has(guid),
    lost: (): number => [...failed].filter((guid) => !delivered.has(guid)).length,
  };
}

/** Each delivery is read once, and no more of them than the bounds allow. */
function createReadBudget(oldestTraceMs: number): (delivery: LoggedDelivery, isRelease: boolean) => boolean {
  const seen = new Set<string>();
  let releaseReads = 0;
  let traceReads = 0;
  return ({ guid, delivered_at: at }, isRelease) => {
    const isBudgetSpent = isRelease
      ? releaseReads >= MAX_RELEASE_READS
      : traceReads >= MAX_TRACE_READS || Date.parse(at) < oldestTraceMs;
    if (seen.has(guid) || isBudgetSpent) return false;
    seen.add(guid);
    if (isRelease) releaseReads += 1;
    else traceReads += 1;
    return true;
  };
}

interface WantedReleases {
  readonly found: readonly Release[];
  /** Takes the first, which is the newest, that a pipeline may promote. */
  offer(release: Release): void;
  isComplete(): boolean;
}

function createWantedReleases(pipelines: readonly Pipeline[]): WantedReleases {
  const waiting = new Set(pipelines);
  const found: Release[] = [];
  return {
    found,
    offer(release) {
      for (const pipeline of waiting) {
        if (pipeline.image !== release.image || whyIneligible(release, pipeline) !== undefined) continue;
        found.push(release);
        waiting.delete(pipeline);
      }
    },
    isComplete: () => waiting.size === 0,
  };
}
