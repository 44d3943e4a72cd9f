// Keeps every delivery attempt for three days, as GitHub does for "Recent deliveries"; one line each in a file.
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';

export interface Delivery {
  id: number;
  guid: string;
  /** `app`, or the id of a repository's webhook. */
  hook: 'app' | number;
  deliveredAt: string;
  redelivery: boolean;
  durationSeconds: number;
  status: string;
  statusCode: number;
  event: string;
  action: string | null;
  installationId: number | null;
  repositoryId: number | null;
  requestHeaders: Record<string, string>;
  payload: string;
  responseBody: string;
}

const RETENTION_MS = 3 * 24 * 60 * 60 * 1000;

export interface DeliveryLog {
  add(delivery: Delivery): void;
  /** Lists deliveries within the retention, newest first. */
  list(hook: Delivery['hook']): Delivery[];
  find(hook: Delivery['hook'], id: number): Delivery | undefined;
  flush(): Promise<void>;
}

export async function openDeliveryLog(directory: string, clock: () => Date): Promise<DeliveryLog> {
  await mkdir(directory, { recursive: true });
  const file = path.join(directory, 'deliveries.jsonl');
  const text = await readFile(file, 'utf8').catch(() => '');
  let deliveries = text.split('\n').flatMap((line) => (line ? [JSON.parse(line) as Delivery] : []));
  let writing: Promise<void> = Promise.resolve();
  const recent = (): Delivery[] => {
    const oldest = clock().getTime() - RETENTION_MS;
    deliveries = deliveries.filter((delivery) => Date.parse(delivery.deliveredAt) >= oldest);
    return deliveries;
  };
  return {
    add(delivery) {
      deliveries.push(delivery);
      writing = writing.then(() => appendFile(file, `${JSON.stringify(delivery)}\n`));
    },
    list: (hook) =>
      recent()
        .filter((delivery) => delivery.hook === hook)
        .reverse(),
    find: (hook, id) => recent().find((delivery) => delivery.id === id && delivery.hook === hook),
    flush: () => writing,
  };
}
