// The one memory of what was read: the promotion files, and every pipeline as it stood. It forgets pipelines that are gone.
import type { Rollout } from '../decide/promotion.ts';
import type { ConfigSnapshot, KnownPipeline, LastRead, PromotionFiles, RolloutAnswer } from '../ports.ts';

export interface KeptLastRead extends LastRead {
  keepFiles(files: PromotionFiles): void;
  keepSnapshot(snapshot: ConfigSnapshot): void;
  /** Takes how an environment stands now. @returns whether that is another state, or the same since another time. */
  keepRollout(pipeline: string, environment: string, answer: RolloutAnswer): boolean;
}

const isSame = (one: Rollout, other: Rollout): boolean => one.state === other.state && sinceOf(one) === sinceOf(other);
const sinceOf = (rollout: Rollout): string | undefined => ('since' in rollout ? rollout.since : undefined);

export function createLastRead(): KeptLastRead {
  const pipelines = new Map<string, KnownPipeline>();
  let files: PromotionFiles | undefined;
  let config: Pick<ConfigSnapshot, 'url' | 'head'> | undefined;

  return {
    config: () => config,
    files: () => files,
    declared: () => files?.pipelines ?? [],
    declarations: () => ({ pipelines: files?.pipelines ?? [], isComplete: files?.problems.length === 0 }),
    pipelines: () => [...pipelines.values()],
    keepFiles(read) {
      files = read;
      for (const name of pipelines.keys())
        if (!read.pipelines.some((declared) => declared.name === name)) pipelines.delete(name);
    },
    keepSnapshot({ url, head, recentCommits, recentRecords, pipelines: read }) {
      config = { url, head };
      const history = { url, recentCommits, recentRecords };
      for (const pipeline of read) pipelines.set(pipeline.declared.name, { pipeline, history });
    },
    keepRollout(name, environment, { rollout, facts: found }) {
      const known = pipelines.get(name);
      const before = known?.pipeline.environments.find(({ declared }) => declared.name === environment);
      if (!known || !before) return false;
      const facts = new Map(known.pipeline.facts);
      if (found) facts.set(environment, found);
      else facts.delete(environment);
      const environments = known.pipeline.environments.map((one) => (one === before ? { ...one, rollout } : one));
      pipelines.set(name, { ...known, pipeline: { ...known.pipeline, environments, facts } });
      return !isSame(before.rollout, rollout);
    },
  };
}
