// GitHub's delivery log is the queue: it never sends a delivery again by itself, but keeps each for three days.
// On start and on a timer the log is read, newest first, until for every pipeline the newest release that counts is known.
// That finds what was lost on the way, and what was accepted by a process that died before it acted.
import type { Octokit } from '@octokit/rest';
import { z } from 'zod';
import { whyIneligible } from '../decide/order-releases.ts';
import type { Pipeline } from '../decide/pipeline.ts';
import type { Release } from '../decide/promotion.ts';
import { statusOf, toPromoterError } from '../github/errors.ts';
import { type EventContext, parseEvent } from '../accept/parse-event.ts';
import { parseSourceFact } from '../accept/parse-source-fact.ts';
import type { SourceFact } from '../trace/facts.ts';

const Item = z.object({
  id: z.number(),
  guid: z.string(),
  delivered_at: z.string(),
  status: z.string(),
  event: z.string(),
  repository_id: z.number().nullable(),
});
type Item = z.infer<typeof Item>;
const Delivery = z.object({ request: z.object({ payload: z.unknown() }) });

/** Of a source repository; they decide nothing. */
const TELLING = new Set(['push', 'workflow_run', 'workflow_job']);
const PER_PAGE = 100;
const MAX_PAGES = 10;
/** A multi-arch push is about six deliveries, of which one counts. */
const MAX_READS = 60;
const MAX_TELLING_READS = 40;
/** Older ones tell of releases that nobody follows any more. */
const TELLING_AGE_MS = 86_400_000;

export interface ReplayDeps {
  /** The App's client; undefined with a plain token, whose hooks are on the source repositories. */
  app: Octokit | undefined;
  octokitOf(owner: string, repository: string): Promise<Octokit>;
  context: EventContext;
  /** What the log holds and nobody received: it tells of what happened then. */
  onFact(fact: SourceFact): void;
  clock: () => Date;
  onWarning(message: string, error: unknown): void;
}

export interface Replayed {
  releases: Release[];
  /** Deliveries of ours that no attempt delivered. */
  lost: number;
  /** True where other missed events may have changed anything: read everything. */
  missedOthers: boolean;
}

interface Log {
  list(cursor: string | undefined): Promise<{ items: Item[]; next: string | undefined }>;
  read(id: number): Promise<unknown>;
}

const nextCursor = (link: string | undefined): string | undefined => {
  const url = /<([^>]+)>;\s*rel="next"/.exec(link ?? '')?.[1];
  return url ? (new URL(url).searchParams.get('cursor') ?? undefined) : undefined;
};

function appLog(app: Octokit): Log {
  return {
    async list(cursor) {
      const { data, headers } = await app.rest.apps.listWebhookDeliveries({
        per_page: PER_PAGE,
        ...(cursor ? { cursor } : {}),
      });
      return { items: z.array(Item).parse(data), next: nextCursor(headers.link) };
    },
    async read(id) {
      return Delivery.parse((await app.rest.apps.getWebhookDelivery({ delivery_id: id })).data).request.payload;
    },
  };
}

async function repositoryLogs(octokit: Octokit, owner: string, repo: string): Promise<Log[]> {
  const { data: hooks } = await octokit.rest.repos.listWebhooks({ owner, repo });
  return hooks
    .filter(({ config }) => config.url?.endsWith('/webhooks/github'))
    .map(({ id: hook_id }) => ({
      async list(cursor) {
        const { data, headers } = await octokit.rest.repos.listWebhookDeliveries({
          owner,
          repo,
          hook_id,
          per_page: PER_PAGE,
          ...(cursor ? { cursor } : {}),
        });
        return { items: z.array(Item).parse(data), next: nextCursor(headers.link) };
      },
      async read(id) {
        return Delivery.parse(
          (await octokit.rest.repos.getWebhookDelivery({ owner, repo, hook_id, delivery_id: id })).data,
        ).request.payload;
      },
    }));
}

export interface Replayer {
  /** @param since only what was delivered after it; undefined reads the whole log. */
  replay(pipelines: readonly Pipeline[], since: Date | undefined): Promise<Replayed>;
}

export function createReplayer({ app, octokitOf, context, onFact, clock, onWarning }: ReplayDeps): Replayer {
  async function logsFor(pipelines: readonly Pipeline[]): Promise<Log[]> {
    if (app) return [appLog(app)];
    const sources = [...new Set(pipelines.flatMap(({ source }) => source ?? []))];
    const logs = sources.map(async (source) => {
      const [owner = '', repo = ''] = source.split('/');
      try {
        return await repositoryLogs(await octokitOf(owner, repo), owner, repo);
      } catch (error) {
        if (statusOf(error) !== 404 && statusOf(error) !== 403)
          throw toPromoterError(`list the hooks of ${source}`, error);
        onWarning(
          `the delivery log of ${source} can not be read with this token: lost webhooks are not recovered`,
          error,
        );
        return [];
      }
    });
    return (await Promise.all(logs)).flat();
  }

  const isOld = ({ delivered_at: at }: Item): boolean => Date.parse(at) < clock().getTime() - TELLING_AGE_MS;

  async function readLog(log: Log, pipelines: readonly Pipeline[], since: Date | undefined): Promise<Replayed> {
    const delivered = new Set<string>();
    const failed = new Set<string>();
    const wanted = new Map<string, Set<Pipeline>>();
    for (const pipeline of pipelines)
      wanted.set(pipeline.image, new Set([...(wanted.get(pipeline.image) ?? []), pipeline]));
    const found: Replayed = { releases: [], lost: 0, missedOthers: false };
    const seen = new Set<string>();
    let reads = 0;
    let tellingReads = 0;
    let cursor: string | undefined;
    for (let page = 0; page < MAX_PAGES && wanted.size > 0; page += 1) {
      const { items, next } = await log.list(cursor);
      for (const item of items) {
        if (since && Date.parse(item.delivered_at) <= since.getTime()) return count(found);
        (item.status === 'OK' ? delivered : failed).add(item.guid);
        const isPackage = item.event === 'registry_package' || item.event === 'package';
        if (!isPackage) found.missedOthers ||= item.status !== 'OK';
        // Newest first: what was delivered in the end is known by the time its failure comes.
        const isWanted = isPackage ? wanted.size > 0 : TELLING.has(item.event) && !delivered.has(item.guid);
        // What only tells never takes the place of what may have to be promoted.
        const isOver = isPackage ? reads >= MAX_READS : tellingReads >= MAX_TELLING_READS || isOld(item);
        if (!isWanted || seen.has(item.guid) || isOver) continue;
        seen.add(item.guid);
        if (isPackage) reads += 1;
        else tellingReads += 1;
        const payload = await log.read(item.id);
        const fact = parseSourceFact(item.event, payload, Date.parse(item.delivered_at));
        if (fact) onFact(fact);
        if (!isPackage) continue;
        const parsed = parseEvent(item.event, payload, context);
        if (parsed.kind !== 'released') continue;
        for (const pipeline of wanted.get(parsed.release.image) ?? []) {
          if (whyIneligible(parsed.release, pipeline) !== undefined) continue;
          found.releases.push(parsed.release);
          wanted.get(parsed.release.image)?.delete(pipeline);
          if (wanted.get(parsed.release.image)?.size === 0) wanted.delete(parsed.release.image);
        }
      }
      cursor = next;
      if (!next) break;
    }
    return count(found);

    function count(result: Replayed): Replayed {
      return { ...result, lost: [...failed].filter((guid) => !delivered.has(guid)).length };
    }
  }

  return {
    async replay(pipelines, since) {
      const total: Replayed = { releases: [], lost: 0, missedOthers: false };
      try {
        for (const log of await logsFor(pipelines)) {
          const { releases, lost, missedOthers } = await readLog(log, pipelines, since);
          total.releases.push(...releases);
          total.lost += lost;
          total.missedOthers ||= missedOthers;
        }
      } catch (error) {
        throw toPromoterError('read the delivery log', error);
      }
      return total;
    },
  };
}
