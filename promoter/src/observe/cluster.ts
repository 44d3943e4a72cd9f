// Answers how rollouts stand, and says when an answer that was given is no longer true.
import type { Logger } from '@delivery/telemetry/logger';
import type { AskedEnvironment, Cluster, Observation, RolloutAnswer, RolloutQuestion } from '../ports.ts';
import { type ClusterFacts, judgeRollout } from './judge-rollout.ts';
import { rolloutFacts } from './rollout-facts.ts';
import { createApplicationWatch } from './watch-applications.ts';

export interface ClusterDeps {
  /** Undefined: there is no cluster, and rollouts are unknown. */
  settings: { kubeconfig: string | undefined; namespace: string } | undefined;
  /** What an Argo CD Application deploys, as it was last read. */
  asked(application: string): readonly AskedEnvironment[];
  /** Takes an answer. @returns whether it is another than the one before. */
  keepAnswer(pipeline: string, environment: string, answer: RolloutAnswer): boolean;
  /** Something about an environment is new, though the answer may be the same: a sync that ended. */
  onObserved(observation: Observation): void;
  /** The answer about an environment of this pipeline is another. */
  onAnswerChanged(pipeline: string): void;
  /** Something that pages show may be another. */
  onChange(): void;
  logger: Logger;
}

export interface WatchedCluster extends Cluster {
  start(): void;
  stop(): void;
}

export function createCluster(deps: ClusterDeps): WatchedCluster {
  const { settings, logger } = deps;
  const watch = settings && createApplicationWatch({ ...settings, onChange, logger });

  function answer(question: RolloutQuestion, facts: ClusterFacts | undefined): RolloutAnswer {
    const problem = watch ? watch.problem() : 'no cluster is configured (KUBECONFIG)';
    return {
      rollout: problem ? { state: 'unknown', reason: problem } : judgeRollout(question, facts),
      facts: rolloutFacts(question, facts),
    };
  }

  function onChange(application: string, found: ClusterFacts): void {
    for (const { known, environment, question } of deps.asked(application)) {
      const { rollout, facts } = answer(question, found);
      const pipeline = known.pipeline.declared.name;
      const isChanged = deps.keepAnswer(pipeline, environment.declared.name, { rollout, facts });
      deps.onObserved({ ...known, environment: { ...environment, rollout }, facts });
      if (isChanged) deps.onAnswerChanged(pipeline);
    }
    deps.onChange();
  }

  return {
    rollout(question) {
      const { application } = question.environment;
      return answer(question, application === undefined ? undefined : watch?.facts(application));
    },
    refresh: (application) => watch?.refresh(application) ?? Promise.resolve(),
    problem: () => watch?.problem(),
    start: () => watch?.start(),
    stop: () => watch?.stop(),
  };
}
