// GitHub's log of deliveries: of the App, or with a plain token of the hooks on source repositories. Three days, newest first.
import { z } from 'zod';
import { fullName, type Repository } from '../decide/repository.ts';
import type { GitHub } from '../github/client.ts';
import { TerminalError } from '../errors.ts';
import { statusOf, toPromoterError } from '../github/errors.ts';

const LoggedDelivery = z.object({
  id: z.number(),
  guid: z.string(),
  delivered_at: z.string(),
  status: z.string(),
  event: z.string(),
});
/** One attempt to deliver. */
export type LoggedDelivery = z.infer<typeof LoggedDelivery>;
const Content = z.object({ request: z.object({ payload: z.unknown() }) });

const PER_PAGE = 100;
const HOOK_PATH = '/webhooks/github';

export interface DeliveryLog {
  /** The same for the same log, whenever it is asked for. */
  key: string;
  list(cursor: string | undefined): Promise<{ deliveries: LoggedDelivery[]; next: string | undefined }>;
  /** @returns the payload. @throws {TerminalError} for an answer that holds none. */
  read(id: number): Promise<unknown>;
}

function nextCursor(link: string | undefined): string | undefined {
  const url = link && /<([^>]+)>;\s*rel="next"/.exec(link)?.[1];
  return url ? (new URL(url).searchParams.get('cursor') ?? undefined) : undefined;
}

const page = (cursor: string | undefined) => ({ per_page: PER_PAGE, ...(cursor ? { cursor } : {}) });

type OnUnreadable = (error: Error) => void;

/** One entry that does not parse hides no other. */
function parseEntries(data: unknown[], onUnreadable: OnUnreadable): LoggedDelivery[] {
  return data.flatMap((entry) => {
    const parsed = LoggedDelivery.safeParse(entry);
    if (!parsed.success)
      onUnreadable(new TerminalError('list the deliveries: an entry does not parse', { cause: parsed.error }));
    return parsed.success ? [parsed.data] : [];
  });
}

function payloadOf(id: number, data: unknown): unknown {
  const parsed = Content.safeParse(data);
  if (!parsed.success) throw new TerminalError(`read delivery ${id}: it has no payload`, { cause: parsed.error });
  return parsed.data.request.payload;
}

function appLog({ rest }: GitHub, onUnreadable: OnUnreadable): DeliveryLog {
  return {
    key: 'app',
    async list(cursor) {
      const { data, headers } = await rest.apps.listWebhookDeliveries(page(cursor));
      return { deliveries: parseEntries(data, onUnreadable), next: nextCursor(headers.link) };
    },
    async read(id) {
      return payloadOf(id, (await rest.apps.getWebhookDelivery({ delivery_id: id })).data);
    },
  };
}

function hookLog(
  { rest }: GitHub,
  { owner, name: repo }: Repository,
  hook_id: number,
  onUnreadable: OnUnreadable,
): DeliveryLog {
  const hook = { owner, repo, hook_id };
  return {
    key: `${fullName({ owner, name: repo })}#${hook_id}`,
    async list(cursor) {
      const { data, headers } = await rest.repos.listWebhookDeliveries({ ...hook, ...page(cursor) });
      return { deliveries: parseEntries(data, onUnreadable), next: nextCursor(headers.link) };
    },
    async read(id) {
      return payloadOf(id, (await rest.repos.getWebhookDelivery({ ...hook, delivery_id: id })).data);
    },
  };
}

export interface DeliveryLogsDeps {
  /** The App's client; undefined with a plain token, whose hooks are on the source repositories. */
  app: GitHub | undefined;
  github(repository: Repository): Promise<GitHub>;
  onWarning(message: string, error: unknown): void;
  /** What the log lists and does not show. It is skipped. */
  onUnreadable: OnUnreadable;
}

/** The logs that may be read; what may not is a warning. One that cannot be found keeps no other from being read. */
export async function deliveryLogs(
  { app, github, onWarning, onUnreadable }: DeliveryLogsDeps,
  sources: readonly Repository[],
): Promise<{ logs: DeliveryLog[]; failures: Error[] }> {
  if (app) return { logs: [appLog(app, onUnreadable)], failures: [] };
  const failures: Error[] = [];
  const distinct = new Map(sources.map((source) => [fullName(source), source]));
  const logs = [...distinct].map(async ([label, source]) => {
    try {
      const client = await github(source);
      const { data: hooks } = await client.rest.repos.listWebhooks({ owner: source.owner, repo: source.name });
      const ours = hooks.filter(({ config }) => config.url?.endsWith(HOOK_PATH));
      return ours.map(({ id }) => hookLog(client, source, id, onUnreadable));
    } catch (error) {
      const failure = toPromoterError(`list the hooks of ${label}`, error);
      const isDenied = failure instanceof TerminalError && [403, 404].includes(statusOf(error) ?? 0);
      if (isDenied)
        onWarning(
          `without access to the delivery log of ${label}, lost webhooks are not recovered; the token may not read its hooks`,
          error,
        );
      else failures.push(failure);
      return [];
    }
  });
  return { logs: (await Promise.all(logs)).flat(), failures };
}
