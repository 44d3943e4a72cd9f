import type { EnvironmentSnapshot } from '../decide/promotion.ts';
import type { AskedEnvironment, ConfigHistory, KnownPipeline, RolloutQuestion } from '../ports.ts';

/** @returns undefined while nothing is released, so that there is nothing to ask. */
export function rolloutQuestion(
  { declared, image, record }: EnvironmentSnapshot,
  { url, recentCommits }: Pick<ConfigHistory, 'url' | 'recentCommits'>,
): RolloutQuestion | undefined {
  if (!('digest' in image) || image.digest === '') return undefined;
  return { environment: declared, repository: url, digest: image.digest, record, recentCommits };
}

/** Everything that is deployed by that Argo CD Application, as it was last read. */
export function environmentsOf(application: string, pipelines: readonly KnownPipeline[]): AskedEnvironment[] {
  return pipelines.flatMap((known) =>
    known.pipeline.environments.flatMap((environment) => {
      if (environment.declared.application !== application) return [];
      const question = rolloutQuestion(environment, known.history);
      return question ? [{ known, environment, question }] : [];
    }),
  );
}
