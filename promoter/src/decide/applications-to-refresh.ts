import type { Decision, Snapshot } from './promotion.ts';

export interface Done {
  /** Whether the direct promotions were committed. */
  committed: boolean;
  /** Numbers of the pull requests that were merged. */
  merged: ReadonlySet<number>;
}

/**
 * The Argo CD Applications that should look now instead of at their next poll: those of what was just changed, and those that were not
 * asked because a promoter died in between. Each once.
 */
export function applicationsToRefresh(
  { pipelines }: Pick<Snapshot, 'pipelines'>,
  decisions: readonly Decision[],
  { committed, merged }: Done,
): string[] {
  const changed = new Set(
    decisions.flatMap((decision) => {
      const isDirect = (decision.kind === 'promote' || decision.kind === 'roll back') && committed;
      const isMerged = decision.kind === 'merge' && merged.has(decision.number);
      return isDirect || isMerged ? [`${decision.pipeline}/${decision.environment}`] : [];
    }),
  );
  const applications = pipelines.flatMap(({ declared: pipeline, environments }) =>
    environments.flatMap(({ declared: environment, rollout }) => {
      const awaitsSync = rollout.state === 'progressing' && rollout.awaitsSync === true;
      return awaitsSync || changed.has(`${pipeline.name}/${environment.name}`) ? (environment.application ?? []) : [];
    }),
  );
  return [...new Set(applications)];
}
