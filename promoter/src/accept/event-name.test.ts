import { expect, it } from 'vitest';
import { eventLabel } from './event-name.ts';

it.each(['push', 'registry_package', 'package', 'pull_request_review', 'check_run', 'workflow_job', 'ping'])(
  '%s is an event of GitHub',
  (name) => {
    expect(eventLabel(name)).toBe(name);
  },
);

it.each([undefined, '', 'Push', 'push.created', 'constructor', '__proto__', 'x'.repeat(10_000)])(
  '%j is none',
  (name) => {
    expect(eventLabel(name)).toBe('unknown');
  },
);
