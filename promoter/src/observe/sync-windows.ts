// When a project permits syncs. Argo CD does not say in an Application that a window keeps it from syncing: only the AppProject has them.
// https://argo-cd.readthedocs.io/en/stable/user-guide/sync_windows/ Whether a window is open now is left to Argo CD.
import path from 'node:path';
import { z } from 'zod';
import type { Application } from './parse-application.ts';

const Patterns = z.array(z.string()).default([]);
export const AppProject = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    syncWindows: z
      .array(
        z.object({
          kind: z.string(),
          schedule: z.string(),
          duration: z.string(),
          timeZone: z.string().optional(),
          applications: Patterns,
          namespaces: Patterns,
          clusters: Patterns,
        }),
      )
      .nullish(),
  }),
});
export type AppProject = z.infer<typeof AppProject>;

/** @returns text for the end of a reason: the windows that may be about this Application; empty without any. */
export function describeWindows({ metadata, spec }: AppProject, application: Application): string {
  const namespace = application.spec.destination?.namespace ?? '';
  const windows = (spec.syncWindows ?? []).filter(
    ({ applications, namespaces, clusters }) =>
      // Which cluster it is has two names, by server and by name, so that a window by cluster may be about it.
      clusters.length > 0 || matches(applications, application.metadata.name) || matches(namespaces, namespace),
  );
  if (windows.length === 0) return '';
  const list = windows.map(
    ({ kind, schedule, duration, timeZone }) => `${kind} ${schedule} for ${duration}${timeZone ? ` ${timeZone}` : ''}`,
  );
  return `; project ${metadata.name} has sync windows for it (${list.join(', ')})`;
}

const matches = (patterns: readonly string[], text: string): boolean =>
  patterns.some((pattern) => path.posix.matchesGlob(text, pattern));
