// GitHub's delivery log is the queue: GitHub never redelivers by itself, but keeps each delivery for three days.
// On start and on a timer it is read as far as it goes, whatever was delivered: an older delivery may hold the newer release.
// That finds what was lost in transit, and what was accepted by a process that died before it acted.
import { type EventContext, parseDelivery } from '../accept/parse-delivery.ts';
import { newestReleases } from '../decide/newest-releases.ts';
import type { Pipeline } from '../decide/pipeline.ts';
import type { Release } from '../decide/release.ts';
import { TransientError } from '../errors.ts';
import { toPromoterError } from '../github/errors.ts';
import type { OnBound } from '../ports.ts';
import type { SourceFact } from '../trace/facts.ts';
import { type DeliveryLog, deliveryLogs, type DeliveryLogsDeps, type LoggedDelivery } from './delivery-log.ts';
import { createLogBacklog, type LogBacklog } from './log-backlog.ts';

const RELEASE_EVENTS = new Set(['registry_package', 'package']);
/** Of a source repository. They decide nothing; release traces are made from them. */
const TRACE_EVENTS = new Set(['push', 'workflow_run', 'workflow_job']);
/** In one replay; GitHub allows 5,000 requests an hour. */
const MAX_RELEASE_READS = 2_000;
/** What is only for traces never takes the place of what may have to be promoted. */
const MAX_TRACE_READS = 200;
/** Older ones are about releases that nobody follows any more. */
const MAX_TRACE_AGE_MS = 86_400_000;
const READS_AT_ONCE = 8;
/** After so many in one replay it is GitHub that fails, not a delivery. */
const MAX_FAILURES = 3;
/** Of one pipeline. The newest by its tag; commits, which are read afterwards, may say another one. */
const RELEASES_OF_A_PIPELINE = 5;

export interface ReplayDeps extends DeliveryLogsDeps {
  context: EventContext;
  /** What the log holds and nobody received. */
  onFact(fact: SourceFact): void;
  onBound: OnBound;
}

export interface Replayed {
  /** The newest of each pipeline, by what their tags say. */
  releases: Release[];
  /** How many of them nobody had received. */
  recovered: number;
  /** Deliveries of ours that no attempt delivered. */
  lost: number;
  /** What kept some deliveries from being read, the one to wait for longest; they are read with the next replay. */
  failure: TransientError | undefined;
}

export interface Replayer {
  /** What the log holds that was not read before. */
  replay(pipelines: readonly Pipeline[]): Promise<Replayed>;
  /** The next replay reads everything again. */
  forget(): void;
}

interface Found {
  release: Release;
  isRecovered: boolean;
}

interface LogRead {
  found: Found[];
  lost: number;
  failures: TransientError[];
}

export function createReplayer(deps: ReplayDeps): Replayer {
  const { context, onFact, onUnreadable, onBound } = deps;
  const backlogs = new Map<string, LogBacklog>();
  const backlogOf = (log: DeliveryLog): LogBacklog => {
    const backlog =
      backlogs.get(log.key) ??
      createLogBacklog(({ event }) => RELEASE_EVENTS.has(event) || TRACE_EVENTS.has(event), onBound);
    backlogs.set(log.key, backlog);
    return backlog;
  };

  /** @returns what it holds; undefined where that is no release, or where it is skipped. @throws {TransientError} when it may be read later. */
  async function readDelivery(log: DeliveryLog, delivery: LoggedDelivery): Promise<Release | undefined> {
    try {
      const payload = await log.read(delivery.id);
      const { event, fact } = parseDelivery(delivery.event, payload, context, Date.parse(delivery.delivered_at));
      if (fact) onFact(fact);
      return event.kind === 'released' ? event.release : undefined;
    } catch (error) {
      const failure = toPromoterError(`read delivery ${delivery.id}`, error);
      if (failure instanceof TransientError) throw failure;
      onUnreadable(failure);
      return undefined;
    }
  }

  /** What of the backlog this replay reads. What is of no use any more leaves it. */
  function nextReads(backlog: LogBacklog): LoggedDelivery[] {
    const oldestTraceMs = backlog.newestMs() - MAX_TRACE_AGE_MS;
    const isMissed = (delivery: LoggedDelivery): boolean =>
      !backlog.wasDelivered(delivery) && Date.parse(delivery.delivered_at) >= oldestTraceMs;
    const [releases, traces] = [[], []] as [LoggedDelivery[], LoggedDelivery[]];
    for (const delivery of backlog.unread()) {
      if (RELEASE_EVENTS.has(delivery.event)) releases.push(delivery);
      else if (isMissed(delivery)) traces.push(delivery);
      else backlog.settle(delivery);
    }
    if (releases.length > MAX_RELEASE_READS)
      onBound('delivery_log_reads', left(releases.length - MAX_RELEASE_READS, 'deliveries of packages'));
    if (traces.length > MAX_TRACE_READS)
      onBound('trace_reads', left(traces.length - MAX_TRACE_READS, 'deliveries for traces'));
    return [...releases.slice(0, MAX_RELEASE_READS), ...traces.slice(0, MAX_TRACE_READS)];
  }

  /** Never throws: what was read of one log is settled, and another that fails must not lose it. */
  async function readLog(log: DeliveryLog): Promise<LogRead> {
    const backlog = backlogOf(log);
    try {
      await backlog.list(log);
    } catch (error) {
      return { found: [], lost: backlog.lost(), failures: [transient(error)] };
    }
    return readBacklog(log, backlog);
  }

  async function readBacklog(log: DeliveryLog, backlog: LogBacklog): Promise<LogRead> {
    const found: Found[] = [];
    const failures: TransientError[] = [];
    const reads = nextReads(backlog);
    for (let from = 0; from < reads.length && failures.length < MAX_FAILURES; from += READS_AT_ONCE) {
      const batch = reads.slice(from, from + READS_AT_ONCE).map(async (delivery) => {
        try {
          const release = await readDelivery(log, delivery);
          backlog.settle(delivery);
          if (release) found.push({ release, isRecovered: !backlog.wasDelivered(delivery) });
        } catch (error) {
          backlog.postpone(delivery);
          failures.push(transient(error));
        }
      });
      await Promise.all(batch);
    }
    return { found, lost: backlog.lost(), failures };
  }

  return {
    async replay(pipelines) {
      if (pipelines.length === 0) return { releases: [], recovered: 0, lost: 0, failure: undefined };
      const { logs, failures: unlisted } = await deliveryLogs(
        deps,
        pipelines.flatMap(({ source }) => source ?? []),
      );
      const found: Found[] = [];
      const failures = unlisted.map(transient);
      let lost = 0;
      for (const log of logs) {
        const read = await readLog(log);
        found.push(...read.found);
        lost += read.lost;
        failures.push(...read.failures);
      }
      const chosen = newestOf(found, pipelines);
      const recovered = chosen.filter(({ isRecovered }) => isRecovered).length;
      return { releases: chosen.map(({ release }) => release), recovered, lost, failure: longestWait(failures) };
    },
    forget: () => backlogs.clear(),
  };
}

const left = (count: number, what: string): string =>
  `${count} more ${what} are in the delivery log; the next resync reads on from there`;

function transient(error: unknown): TransientError {
  if (error instanceof TransientError) return error;
  const message = error instanceof Error ? error.message : 'it failed';
  return new TransientError(`read the delivery log: ${message}`, { cause: error });
}

const waitOf = ({ retryAfterMs = 0 }: TransientError): number => retryAfterMs;
const longestWait = (failures: readonly TransientError[]): TransientError | undefined =>
  [...failures].sort((one, other) => waitOf(other) - waitOf(one))[0];

function newestOf(found: readonly Found[], pipelines: readonly Pipeline[]): Found[] {
  const chosen = new Set<Release>();
  for (const ofImage of Map.groupBy(found, ({ release }) => release.image).values()) {
    const releases = ofImage.map(({ release }) => release);
    for (const release of newestReleases(releases, pipelines, RELEASES_OF_A_PIPELINE)) chosen.add(release);
  }
  return found.filter(({ release }) => chosen.has(release));
}
