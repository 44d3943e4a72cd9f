// decide(snapshot, now): what to do about every environment, and why. Pure: the same snapshot and time, the same decisions.
// The rules are numbered as in the architecture page; promoter/README.md lists them.
import { type ConfigProblem, whereIs } from './config-problem.ts';
import { decideEnvironment } from './decide-environment.ts';
import { whyIneligible } from './order-releases.ts';
import { hold } from './proposal.ts';
import type { Decision, EnvironmentDecision, Ignore, PipelineSnapshot, Snapshot } from './promotion.ts';
import type { Release } from './release.ts';

/** Problems of one pipeline's manifests: they stop that pipeline and no other (rule 13). */
export function manifestProblems({ declared: pipeline, environments }: PipelineSnapshot): ConfigProblem[] {
  return environments.flatMap(({ declared: environment, image }) =>
    'problem' in image
      ? [
          {
            file: environment.manifest,
            line: image.line,
            column: undefined,
            reason: image.problem,
            pipeline: pipeline.name,
            freezesAll: undefined,
          },
        ]
      : [],
  );
}

export function decide(snapshot: Snapshot, now: Date): Decision[] {
  return snapshot.pipelines.flatMap((pipeline) => {
    const problems = manifestProblems(pipeline);
    if (problems.length > 0) return problems.flatMap((problem) => stopped(pipeline, problem));
    const ignored = pipeline.candidates.flatMap((release): Ignore[] => {
      const reason = whyIneligible(release, pipeline.declared);
      return reason ? [{ kind: 'ignore', pipeline: pipeline.declared.name, release, reason }] : [];
    });
    return [
      ...ignored,
      ...pipeline.environments.map((target) => {
        const decision = decideEnvironment(snapshot, pipeline, target, now);
        if (snapshot.readOnly === undefined) return decision;
        return hold({ snapshot: pipeline, target }, { reason: snapshot.readOnly, release: releaseOf(decision) });
      }),
    ];
  });
}

const releaseOf = (decision: EnvironmentDecision): Release | undefined =>
  'release' in decision ? decision.release : undefined;

function stopped(snapshot: PipelineSnapshot, problem: ConfigProblem): Decision[] {
  return snapshot.environments
    .filter(({ declared }) => declared.manifest === problem.file)
    .map((target) => hold({ snapshot, target }, { reason: `${whereIs(problem)} ${problem.reason}` }));
}

/** By pipeline, the next moment at which time alone may change a decision. */
export function rechecks(decisions: readonly Decision[], now: Date): Map<string, Date> {
  const next = new Map<string, Date>();
  for (const decision of decisions) {
    if ((decision.kind !== 'hold' && decision.kind !== 'describe') || !decision.until) continue;
    const at = new Date(decision.until);
    const earliest = next.get(decision.pipeline);
    if (at > now && (!earliest || at < earliest)) next.set(decision.pipeline, at);
  }
  return next;
}
