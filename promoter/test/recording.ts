// A recording of a real cluster: test/recordings/README.md. Its watches are merged by the time at which each event was received.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

export const RECORDINGS = path.join(import.meta.dirname, 'recordings/argocd-3.5.1');

const RecordedObject = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string(),
    resourceVersion: z.string(),
    labels: z.record(z.string(), z.string()).optional(),
  }),
});
export type RecordedObject = z.infer<typeof RecordedObject>;

const Line = z.object({
  receivedAt: z.string(),
  event: z.object({ type: z.enum(['ADDED', 'MODIFIED', 'DELETED']), object: RecordedObject }),
});
export interface RecordedEvent {
  receivedAt: string;
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: RecordedObject;
}

/** `digest`: what the commit asks for; null where it changes no image. */
const Commit = z.object({ repository: z.string(), commit: z.string(), digest: z.string().nullable() });
const Step = z.object({ at: z.string(), kind: z.string(), commit: z.string().optional() });
export interface RecordedCommit {
  at: string;
  commit: string;
  digest: string | null;
}

export interface Recording {
  name: string;
  events: readonly RecordedEvent[];
  /** Of the config repository, oldest first. */
  commits: readonly RecordedCommit[];
}

const WATCHES = ['deployments', 'statefulsets', 'daemonsets', 'rollouts', 'pods', 'appprojects', 'applications'];

export const recordingNames = (): string[] =>
  readdirSync(RECORDINGS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

export function linesOf<T>(name: string, file: string, schema: z.ZodType<T>): T[] {
  const where = path.join(RECORDINGS, name, file);
  if (!existsSync(where)) return [];
  return readFileSync(where, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => schema.parse(JSON.parse(line)));
}

export function readRecording(name: string): Recording {
  const events = WATCHES.flatMap((watch) =>
    linesOf(name, `${watch}.jsonl`, Line).map(({ receivedAt, event }) => ({ receivedAt, ...event })),
  ).toSorted((one, other) => one.receivedAt.localeCompare(other.receivedAt));
  const steps = linesOf(name, 'steps.jsonl', Step);
  const commits = linesOf(name, 'commits.jsonl', Commit)
    .filter(({ repository }) => repository === 'gitops-config')
    .map(({ commit, digest }) => {
      const at = steps.find((step) => step.commit === commit)?.at;
      if (at === undefined) throw new Error(`${name}: nobody recorded when ${commit} was made`);
      return { at, commit, digest };
    });
  return { name, events, commits };
}
