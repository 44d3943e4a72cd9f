// The events that GitHub has. A name becomes a label or a log field only as one of them.
import { emitterEventNames, type EmitterWebhookEvent } from '@octokit/webhooks';

export type EventName = EmitterWebhookEvent['name'];
/** Everything that is not signed is one label, and so is an event that GitHub added since. */
export type EventLabel = EventName | 'unknown';

/** Octokit's list has actions too, as `push`, `release`, `release.published`. */
const known: ReadonlySet<string> = new Set(emitterEventNames.filter((name) => !name.includes('.')));

const isEventName = (name: string): name is EventName => known.has(name);

export const eventLabel = (header: string | undefined): EventLabel =>
  header !== undefined && isEventName(header) ? header : 'unknown';
