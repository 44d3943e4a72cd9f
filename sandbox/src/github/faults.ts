// Faults on demand: each makes the next calls or webhooks behave as on a bad day, a given number of times.

export type ApiEffect =
  | { kind: 'error-before'; status: number }
  /** The work is done, but the response is lost. */
  | { kind: 'error-after'; status: number }
  | { kind: 'secondary-limit'; retryAfterSeconds: number }
  /** Exactly this in place of the work, such as a 200 of GraphQL with errors. */
  | { kind: 'answer'; status: number; headers?: Record<string, string>; body: object }
  /** Somebody else commits to the branch between the caller's read and its write. */
  | { kind: 'stale-head' };
export type WebhookEffect = 'lose' | 'duplicate' | 'reorder';

export interface ApiFault {
  /** A substring of `METHOD /path` for REST, or of the name of a GraphQL query or mutation. */
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
  /** Delay of every API call. */
  latencyMs: number;
  addApiFault(fault: ApiFault): void;
  addWebhookFault(fault: WebhookFault): void;
  takeApiFault(operation: string): ApiEffect | undefined;
  takeWebhookFault(event: string): WebhookEffect | undefined;
  /** Sets the listener that every API call awaits before and after its work. There is one at a time. */
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
