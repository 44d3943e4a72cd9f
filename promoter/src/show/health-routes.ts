import { Hono } from 'hono';
import type { AccessProblem } from '../ports.ts';

export interface Health {
  /** Whether the config repository was read, once. */
  isReady(): boolean;
  isStopping(): boolean;
  /** The worst first. */
  access(): readonly AccessProblem[];
}

/**
 * /livez answers while the event loop turns; /readyz once the config repository was read, and not while stopping. What GitHub refuses
 * later leaves it ready, with the reason in the text: webhooks are taken and pages are shown, the one that says so among them.
 */
export function healthRoutes({ isReady, isStopping, access }: Health): Hono {
  const unreadable = (): string | undefined => {
    const [worst] = access();
    return worst?.kind === 'unreadable' ? `${worst.what}. What to do: ${worst.whatToDo}` : undefined;
  };
  return new Hono()
    .get('/livez', (c) => c.text('ok'))
    .get('/readyz', (c) => {
      if (isStopping()) return c.text('stopping', 503);
      const problem = unreadable();
      if (!isReady()) return c.text(problem ?? 'the config repository was not read yet', 503);
      return c.text(problem ? `ok, but ${problem}` : 'ok');
    });
}
