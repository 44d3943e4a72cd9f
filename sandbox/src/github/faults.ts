// Fault knobs: what GitHub does to its callers on a bad day, on demand and counted.

export type ApiEffect =
  | { kind: 'error-before'; status: number }
  /** The work is done and the answer is lost. */
  | { kind: 'error-after'; status: number }
  | { kind: 'secondary-limit'; retryAfterSeconds: number }
  /** Somebody else commits to the branch between the caller's read and its write. */
  | { kind: 'stale-head' };
export type WebhookEffect = 'lose' | 'duplicate' | 'reorder';

export interface ApiFault {
  /** `METHOD /path` of REST, or the name of a GraphQL mutation or query; a substring is enough. */
  operation: string;
  effect: ApiEffect;
  times: number;
}

export interface WebhookFault {
  event: string;
  effect: WebhookEffect;
  times: number;
}

export interface Faults {
  /** Added to every API call. */
  latencyMs: number;
  addApiFault(fault: ApiFault): void;
  addWebhookFault(fault: WebhookFault): void;
  takeApiFault(operation: string): ApiEffect | undefined;
  takeWebhookFault(event: string): WebhookEffect | undefined;
  /** Called before and after every API call; a call waits for it. One listener at a time. */
  observe(listener: ApiListener | undefined): void;
  notify: ApiListener;
}

export type ApiListener = (operation: string, when: 'before' | 'after') => Promise<void> | void;

export function createFaults(): Faults {
  const api: ApiFault[] = [];
  const webhooks: WebhookFault[] = [];
  let listener: ApiListener | undefined;
  const take = <Fault extends { times: number }>(
    faults: Fault[],
    matches: (fault: Fault) => boolean,
  ): Fault | undefined => {
    const fault = faults.find((candidate) => candidate.times > 0 && matches(candidate));
    if (fault) fault.times -= 1;
    return fault;
  };
  return {
    latencyMs: 0,
    addApiFault: (fault) => void api.push({ ...fault }),
    addWebhookFault: (fault) => void webhooks.push({ ...fault }),
    takeApiFault: (operation) => take(api, (fault) => operation.includes(fault.operation))?.effect,
    observe: (next) => {
      listener = next;
    },
    notify: (operation, when) => listener?.(operation, when),
    takeWebhookFault: (event) => take(webhooks, (fault) => fault.event === event)?.effect,
  };
}
