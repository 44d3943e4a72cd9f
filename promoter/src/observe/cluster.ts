// Answers how rollouts stand, and tells when an answer that was given is no longer true.
import type { Rollout } from '../decide/promotion.ts';
import type { Cluster, RolloutQuestion } from '../ports.ts';
import { type ClusterFacts, judgeRollout } from './judge-rollout.ts';
import type { ApplicationWatch } from './watch-applications.ts';

export interface ObservedCluster extends Cluster {
  /** What was seen of an application last. */
  facts(application: string): ClusterFacts | undefined;
  /** To be called when facts of an application changed. */
  reconsider(application: string): void;
}

export interface ClusterDeps {
  watch: Pick<ApplicationWatch, 'facts' | 'refresh' | 'problem'> | undefined;
  /** Something about an environment is new, though it may not change the answer: a sync that ended. */
  onObserved(pipeline: string, environment: string, rollout: Rollout): void;
  /** Rings for the pipeline whose environment is different from what it was told to be. */
  onAnswerChanged(pipeline: string): void;
}

export function createCluster({ watch, onObserved, onAnswerChanged }: ClusterDeps): ObservedCluster {
  const answers = new Map<string, { question: RolloutQuestion; rollout: Rollout }>();

  const answer = (question: RolloutQuestion): Rollout => {
    const problem = watch ? watch.problem() : 'no cluster is configured (KUBECONFIG)';
    if (problem) return { state: 'unknown', reason: problem };
    return judgeRollout(question, watch?.facts(question.environment.application ?? ''));
  };
  const isSame = (one: Rollout, other: Rollout): boolean =>
    one.state === other.state && ('since' in one ? one.since : '') === ('since' in other ? other.since : '');

  return {
    rollout(question) {
      const rollout = answer(question);
      answers.set(`${question.pipeline.name}/${question.environment.name}`, { question, rollout });
      return rollout;
    },
    reconsider(application) {
      for (const [key, { question, rollout }] of answers) {
        if (question.environment.application !== application) continue;
        const now = answer(question);
        answers.set(key, { question, rollout: now });
        onObserved(question.pipeline.name, question.environment.name, now);
        if (!isSame(now, rollout)) onAnswerChanged(question.pipeline.name);
      }
    },
    facts: (application) => watch?.facts(application),
    refresh: (application) => watch?.refresh(application) ?? Promise.resolve(),
    problem: () => (watch ? watch.problem() : undefined),
  };
}
