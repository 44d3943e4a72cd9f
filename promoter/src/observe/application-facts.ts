// What was last read of the Applications of one namespace that are asked for. Of others nothing is read or kept.
import { CustomObjectsApi, type KubeConfig } from '@kubernetes/client-node';
import { z } from 'zod';
import type { Logger } from '@delivery/telemetry/logger';
import { statusCodeOf } from './describe-api-error.ts';
import type { ClusterFacts } from './judge-rollout.ts';
import { Application } from './parse-application.ts';
import type { WorkloadReader } from './read-workloads.ts';

export const APPLICATIONS = { group: 'argoproj.io', version: 'v1alpha1', plural: 'applications' } as const;

export interface ApplicationFacts {
  /** Takes an Application as it was listed or watched. */
  take(object: unknown): void;
  /** Takes that it is gone. */
  forget(object: unknown): void;
  /** Takes all that there are. Resolves when they are read. */
  takeAll(objects: readonly unknown[]): Promise<void>;
  /** Passes on once more all that is known. */
  report(): void;
  /** Reads an Application and its workloads again. Resolves when that is done. */
  look(name: string): Promise<void>;
  /** The same, where it was never read. */
  prepare(name: string): Promise<void>;
  /** `undefined` of facts is an Application that does not exist. */
  of(name: string): { isRead: boolean; facts: ClusterFacts | undefined };
  isMisunderstood(name: string): boolean;
}

export interface ApplicationFactsDeps {
  config: KubeConfig;
  reader: WorkloadReader;
  namespace: string;
  isAsked(name: string): boolean;
  onChange(name: string, facts: ClusterFacts | undefined): void;
  /** Something could not be read, so that what is kept may be old. */
  onFailure(): void;
  stopped: AbortSignal;
  logger: Logger;
}

const Named = z.object({ metadata: z.object({ name: z.string() }) });
const nameOf = (object: unknown): string | undefined => Named.safeParse(object).data?.metadata.name;
const NOTHING_READ = {
  workloads: [],
  unreadable: 'its workloads cannot be read at the moment',
  pods: [],
  hasAllPods: false,
  windows: '',
};
const GONE = (): Promise<undefined> => Promise.resolve(undefined);

export function createApplicationFacts(deps: ApplicationFactsDeps): ApplicationFacts {
  const { config, reader, namespace, isAsked, onChange, onFailure, stopped, logger } = deps;
  const applications = config.makeApiClient(CustomObjectsApi);
  const known = new Map<string, ClusterFacts | undefined>();
  const misunderstood = new Set<string>();

  /** Taken one after the other per Application, so that an older read never replaces a newer one. */
  const turns = new Map<string, Promise<void>>();
  function inTurn(name: string, read: () => Promise<ClusterFacts | undefined>): Promise<void> {
    const turn = async (before: Promise<void> | undefined): Promise<void> => {
      await before;
      if (stopped.aborted) return;
      try {
        const facts = await read();
        known.set(name, facts);
        onChange(name, facts);
      } catch (error) {
        logger.warn({ err: error, application: name }, 'application not read');
        onFailure();
      }
    };
    const next = turn(turns.get(name)).finally(() => {
      if (turns.get(name) === next) turns.delete(name);
    });
    turns.set(name, next);
    return next;
  }

  /** What is not understood leaves nothing of what was read before. */
  async function factsOf(name: string, object: unknown): Promise<ClusterFacts | undefined> {
    const parsed = Application.safeParse(object);
    if (parsed.success) {
      misunderstood.delete(name);
      try {
        return await reader.read(parsed.data);
      } catch (error) {
        logger.warn({ err: error, application: name }, 'workloads not read');
        onFailure();
        // What was read before proves nothing of what is now.
        return { ...NOTHING_READ, application: parsed.data };
      }
    }
    misunderstood.add(name);
    logger.warn({ err: parsed.error, application: name }, 'application not understood');
    return undefined;
  }

  function take(object: unknown): void {
    const name = nameOf(object);
    if (name === undefined) return;
    if (isAsked(name)) void inTurn(name, () => factsOf(name, object));
    else known.delete(name);
  }

  const look = (name: string): Promise<void> =>
    inTurn(name, async () => {
      try {
        return await factsOf(name, await applications.getNamespacedCustomObject({ ...APPLICATIONS, namespace, name }));
      } catch (error) {
        if (statusCodeOf(error) !== 404) throw error;
        return undefined;
      }
    });

  return {
    take,
    forget(object) {
      const name = nameOf(object);
      if (name !== undefined && known.has(name)) void inTurn(name, GONE);
    },
    async takeAll(objects) {
      const names = new Set(objects.map(nameOf));
      for (const name of known.keys()) {
        if (!isAsked(name)) known.delete(name);
        else if (!names.has(name)) void inTurn(name, GONE);
      }
      objects.forEach(take);
      await Promise.all(turns.values());
    },
    report() {
      for (const [name, facts] of known) onChange(name, facts);
    },
    prepare: async (name) => {
      if (!known.has(name)) await (turns.get(name) ?? look(name));
    },
    look,
    of: (name) => ({ isRead: known.has(name), facts: known.get(name) }),
    isMisunderstood: (name) => misunderstood.has(name),
  };
}
