// What was announced and is not so: a digest that the registry denies, or a tag of a commit that its source repository does not have.
import { proposedRelease } from '../decide/candidate.ts';
import { commitOfTag } from '../decide/order-releases.ts';
import type { Pipeline } from '../decide/pipeline.ts';
import type { EnvironmentSnapshot, Ignore, PipelineSnapshot } from '../decide/promotion.ts';
import { referenceOf, type Release } from '../decide/release.ts';
import { fullName } from '../decide/repository.ts';
import { proposedReleases, wantedOf } from './complete-lineage.ts';
import type { Registry } from './registry.ts';
import type { SourceCommits } from './source-commits.ts';

export interface Refusals {
  /** Candidates and proposed releases that must not be promoted, with the reason. What cannot be asked is not refused. */
  refused(pipelines: readonly PipelineSnapshot[]): Promise<Ignore[]>;
  /** The same pipelines without what was refused, and with what the registry confirmed. */
  applied<Snapshot extends PipelineSnapshot>(pipelines: readonly Snapshot[], refused: readonly Ignore[]): Snapshot[];
}

export interface RefusalsDeps {
  registry: Pick<Registry, 'denied' | 'isConfirmed'>;
  source: Pick<SourceCommits, 'load' | 'isAbsent'>;
  onWarning(message: string, error: unknown): void;
}

interface Claims {
  declared: Pipeline;
  releases: readonly Release[];
}

export function createRefusals({ registry, source, onWarning }: RefusalsDeps): Refusals {
  const confirm = (release: Release): Release =>
    registry.isConfirmed(release) ? { ...release, isConfirmed: true } : release;
  return {
    async refused(pipelines) {
      const claims = pipelines.map(claimsOf);
      const all = new Map(claims.flatMap(({ releases }) => releases.map((one) => [referenceOf(one), one])));
      if (all.size === 0) return [];
      const commits = claims.flatMap(({ declared, releases }) => releases.flatMap((one) => wantedOf(declared, one)));
      const [denied] = await Promise.all([
        registry.denied([...all.values()]),
        source.load(commits).catch((error: unknown) => onWarning('commits of releases not looked for', error)),
      ]);
      return [...denied, ...claims.flatMap((claim) => withoutCommit(claim, source))];
    },
    applied: (pipelines, refused) =>
      withoutRefused(pipelines, refused).map((snapshot) => ({
        ...snapshot,
        candidates: snapshot.candidates.map(confirm),
        environments: snapshot.environments.map((environment) => withConfirmed(environment, confirm)),
      })),
  };
}

/** What was announced, and what the branch of a first environment says that it promotes. */
function claimsOf(pipeline: PipelineSnapshot): Claims {
  return { declared: pipeline.declared, releases: [...pipeline.candidates, ...proposedReleases(pipeline)] };
}

/** Nothing of what is refused is left as a candidate; a branch that proposes it is not what the promoter would write. */
export function withoutRefused<Snapshot extends PipelineSnapshot>(
  pipelines: readonly Snapshot[],
  refused: readonly Ignore[],
): Snapshot[] {
  if (refused.length === 0) return [...pipelines];
  return pipelines.map((snapshot) => {
    const refusalOf = (release: Release): Ignore | undefined =>
      refused.find(
        (one) =>
          (one.pipeline ?? snapshot.declared.name) === snapshot.declared.name &&
          referenceOf(one.release) === referenceOf(release),
      );
    return {
      ...snapshot,
      candidates: snapshot.candidates.filter((release) => !refusalOf(release)),
      environments: snapshot.environments.map((environment) => {
        const [proposed] = proposedRelease(environment);
        const refusal = proposed && refusalOf(proposed);
        return refusal ? withForeignHead(environment, refusal.reason) : environment;
      }),
    };
  });
}

/** What a pull request proposes was asked about with the candidates, and after a restart it is the only one that is left. */
function withConfirmed(environment: EnvironmentSnapshot, confirm: (release: Release) => Release): EnvironmentSnapshot {
  const { pullRequest } = environment;
  const [proposed] = proposedRelease(environment);
  if (!pullRequest?.record || !proposed) return environment;
  const record = { ...pullRequest.record, release: confirm(proposed) };
  return { ...environment, pullRequest: { ...pullRequest, record } };
}

function withForeignHead(environment: EnvironmentSnapshot, reason: string): EnvironmentSnapshot {
  const { pullRequest } = environment;
  if (!pullRequest) return environment;
  return { ...environment, pullRequest: { ...pullRequest, record: undefined, foreign: { kind: 'altered', reason } } };
}

function withoutCommit({ declared, releases }: Claims, source: RefusalsDeps['source']): Ignore[] {
  const { source: repository, name } = declared;
  if (!repository) return [];
  return releases.flatMap((release): Ignore[] => {
    const commit = commitOfTag(release.tag, declared);
    if (commit === undefined || !source.isAbsent(repository, commit)) return [];
    return [{ kind: 'ignore', pipeline: name, release, reason: `${fullName(repository)} has no commit ${commit}` }];
  });
}
