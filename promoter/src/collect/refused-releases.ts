// What was announced and is not so: a digest that the registry denies, or a tag of a commit that its source repository does not have.
import { commitOfTag } from '../decide/order-releases.ts';
import type { Ignore, PipelineSnapshot } from '../decide/promotion.ts';
import { fullName } from '../decide/repository.ts';
import { wantedCommits } from './complete-lineage.ts';
import type { Registry } from './registry.ts';
import type { SourceCommits } from './source-commits.ts';

export interface Refusals {
  /** Candidates that must not be promoted, with the reason. What cannot be asked is not refused. */
  refused(pipelines: readonly PipelineSnapshot[]): Promise<Ignore[]>;
}

export interface RefusalsDeps {
  registry: Pick<Registry, 'denied'>;
  source: Pick<SourceCommits, 'load' | 'isAbsent'>;
  onWarning(message: string, error: unknown): void;
}

export function createRefusals({ registry, source, onWarning }: RefusalsDeps): Refusals {
  return {
    async refused(pipelines) {
      const candidates = pipelines.flatMap((pipeline) => pipeline.candidates);
      if (candidates.length === 0) return [];
      const byImage = new Map(pipelines.map(({ declared, candidates: own }) => [declared.image, own]));
      const wanted = wantedCommits(
        pipelines.map(({ declared }) => declared),
        byImage,
      );
      const [denied] = await Promise.all([
        registry.denied([...byImage.values()].flat()),
        source.load(wanted).catch((error: unknown) => onWarning('commits of releases not looked for', error)),
      ]);
      return [...denied, ...pipelines.flatMap((pipeline) => withoutCommit(pipeline, source))];
    },
  };
}

function withoutCommit({ declared, candidates }: PipelineSnapshot, source: RefusalsDeps['source']): Ignore[] {
  const { source: repository, name } = declared;
  if (!repository) return [];
  return candidates.flatMap((release): Ignore[] => {
    const commit = commitOfTag(release.tag, declared);
    if (commit === undefined || !source.isAbsent(repository, commit)) return [];
    return [{ kind: 'ignore', pipeline: name, release, reason: `${fullName(repository)} has no commit ${commit}` }];
  });
}
