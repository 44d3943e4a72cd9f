// GitHub's log of deliveries: of the App, or with a plain token of the hooks on source repositories. Three days, newest first.
import { z } from 'zod';
import { fullName, type Repository } from '../decide/repository.ts';
import type { GitHub } from '../github/client.ts';
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
  list(cursor: string | undefined): Promise<{ deliveries: LoggedDelivery[]; next: string | undefined }>;
  /** @returns the payload. */
  read(id: number): Promise<unknown>;
}

function nextCursor(link: string | undefined): string | undefined {
  const url = link && /<([^>]+)>;\s*rel="next"/.exec(link)?.[1];
  return url ? (new URL(url).searchParams.get('cursor') ?? undefined) : undefined;
}

const page = (cursor: string | undefined) => ({ per_page: PER_PAGE, ...(cursor ? { cursor } : {}) });

function appLog({ rest }: GitHub): DeliveryLog {
  return {
    async list(cursor) {
      const { data, headers } = await rest.apps.listWebhookDeliveries(page(cursor));
      return { deliveries: z.array(LoggedDelivery).parse(data), next: nextCursor(headers.link) };
    },
    async read(id) {
      return Content.parse((await rest.apps.getWebhookDelivery({ delivery_id: id })).data).request.payload;
    },
  };
}

function hookLog({ rest }: GitHub, { owner, name: repo }: Repository, hook_id: number): DeliveryLog {
  const hook = { owner, repo, hook_id };
  return {
    async list(cursor) {
      const { data, headers } = await rest.repos.listWebhookDeliveries({ ...hook, ...page(cursor) });
      return { deliveries: z.array(LoggedDelivery).parse(data), next: nextCursor(headers.link) };
    },
    async read(id) {
      return Content.parse((await rest.repos.getWebhookDelivery({ ...hook, delivery_id: id })).data).request.payload;
    },
  };
}

export interface DeliveryLogsDeps {
  /** The App's client; undefined with a plain token, whose hooks are on the source repositories. */
  app: GitHub | undefined;
  github(repository: Repository): Promise<GitHub>;
  onWarning(message: string, error: unknown): void;
}

/** The logs that may be read; what may not is a warning. */
export async function deliveryLogs(
  { app, github, onWarning }: DeliveryLogsDeps,
  sources: readonly Repository[],
): Promise<DeliveryLog[]> {
  if (app) return [appLog(app)];
  const distinct = new Map(sources.map((source) => [fullName(source), source]));
  const logs = [...distinct].map(async ([label, source]) => {
    try {
      const client = await github(source);
      const { data: hooks } = await client.rest.repos.listWebhooks({ owner: source.owner, repo: source.name });
      const ours = hooks.filter(({ config }) => config.url?.endsWith(HOOK_PATH));
      return ours.map(({ id }) => hookLog(client, source, id));
    } catch (error) {
      if (statusOf(error) !== 404 && statusOf(error) !== 403)
        throw toPromoterError(`list the hooks of ${label}`, error);
      onWarning(
        `without access to the delivery log of ${label}, lost webhooks are not recovered; the token may not read its hooks`,
        error,
      );
      return [];
    }
  });
  return (await Promise.all(logs)).flat();
}
