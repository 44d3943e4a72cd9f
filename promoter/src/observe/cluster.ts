// Answers how rollouts stand, and says when an answer that was given is no longer true.
import type { Logger } from '@delivery/telemetry/logger';
import type { Environment } from '../decide/pipeline.ts';
import type { Rollout } from '../decide/promotion.ts';
import type { AskedEnvironment, Cluster, Observation, RolloutAnswer, RolloutQuestion } from '../ports.ts';
import { type ApplicationName, parseApplicationName, spellingsOf } from './application-name.ts';
import { type ClusterFacts, judgeRollout } from './judge-rollout.ts';
import { loadKubeConfig } from './kubernetes-client.ts';
import { createWorkloadReader } from './read-workloads.ts';
import { rolloutFacts } from './rollout-facts.ts';
import { continueHealth, type SeenHealthy } from './unbroken-health.ts';
import { type ApplicationWatch, createApplicationWatch } from './watch-applications.ts';

export interface ClusterDeps {
  /** Undefined: there is no cluster, and rollouts are unknown. `namespace`: Argo CD's own. */
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
  clock: () => Date;
  logger: Logger;
}

export interface WatchedCluster extends Cluster {
  start(): void;
  stop(): void;
}

const NO_CLUSTER = 'no cluster is configured (KUBECONFIG)';
/** Each namespace of Applications costs a watch, and promotion files name them. */
const MAX_NAMESPACES = 20;

export function createCluster(deps: ClusterDeps): WatchedCluster {
  const { settings, clock } = deps;
  const watches = new Map<string, ApplicationWatch>();
  const seen = new WeakMap<Environment, SeenHealthy>();
  const timers = new Map<string, { at: string; timer: NodeJS.Timeout }>();
  const ownNamespace = settings?.namespace ?? '';
  const watchFor = settings && namespaceWatches(settings);
  let isStarted = false;

  function namespaceWatches({ kubeconfig, namespace: argocdNamespace }: NonNullable<typeof settings>) {
    const config = loadKubeConfig(kubeconfig);
    const reader = createWorkloadReader({ config, argocdNamespace, logger: deps.logger });
    return (namespace: string): ApplicationWatch | undefined => {
      const existing = watches.get(namespace);
      if (existing || watches.size >= MAX_NAMESPACES) return existing;
      const watch = createApplicationWatch({
        config,
        reader,
        namespace,
        isAsked: (name) => askedOf({ namespace, name }).length > 0,
        onChange: (name, facts) => changed({ namespace, name }, facts),
        logger: deps.logger,
      });
      watches.set(namespace, watch);
      if (isStarted) watch.start();
      return watch;
    };
  }
  watchFor?.(ownNamespace);

  const askedOf = (application: ApplicationName): AskedEnvironment[] =>
    spellingsOf(application, ownNamespace).flatMap((spelling) => [...deps.asked(spelling)]);

  function judge(question: RolloutQuestion, facts: ClusterFacts | undefined): Rollout {
    const judged = judgeRollout(question, facts, clock());
    const { environment, digest } = question;
    const { rollout, seen: now } = facts
      ? continueHealth(seen.get(environment), digest, judged, facts)
      : { rollout: judged, seen: undefined };
    if (now) seen.set(environment, now);
    else seen.delete(environment);
    return rollout;
  }

  function changed(application: ApplicationName, found: ClusterFacts | undefined): void {
    for (const { known, environment, question } of askedOf(application)) {
      const problem = watches.get(application.namespace)?.problem(application.name);
      const rollout: Rollout = problem ? { state: 'unknown', reason: problem } : judge(question, found);
      const facts = rolloutFacts(question, found);
      const pipeline = known.pipeline.declared.name;
      lookAt(application, rollout);
      const isChanged = deps.keepAnswer(pipeline, environment.declared.name, { rollout, facts });
      deps.onObserved({ ...known, environment: { ...environment, rollout }, facts });
      if (isChanged) deps.onAnswerChanged(pipeline);
    }
    deps.onChange();
  }

  /** A deadline passes without an event: then the Application is looked at again. */
  function lookAt(application: ApplicationName, rollout: Rollout): void {
    const key = `${application.namespace}/${application.name}`;
    const at = rollout.state === 'progressing' ? rollout.until : undefined;
    const before = timers.get(key);
    if (at === undefined || (before && Date.parse(before.at) <= Date.parse(at))) return; // that one looks, too
    clearTimeout(before?.timer);
    const due = (): void => {
      timers.delete(key);
      watches.get(application.namespace)?.look(application.name);
    };
    timers.set(key, { at, timer: setTimeout(due, Math.max(0, Date.parse(at) - clock().getTime())).unref() });
  }

  return {
    async prepare(applications) {
      const prepare = async (text: string): Promise<void> => {
        const { namespace, name } = parseApplicationName(text, ownNamespace);
        await watchFor?.(namespace)?.prepare(name);
      };
      await Promise.all([...new Set(applications)].map(prepare));
    },
    rollout(question) {
      const { application: text } = question.environment;
      const unknown = (reason: string): RolloutAnswer => ({ rollout: { state: 'unknown', reason }, facts: undefined });
      if (!watchFor) return unknown(NO_CLUSTER);
      if (text === undefined) return { rollout: judgeRollout(question, undefined, clock()), facts: undefined };
      const application = parseApplicationName(text, ownNamespace);
      const watch = watchFor(application.namespace);
      if (!watch) return unknown(`Applications in more than ${MAX_NAMESPACES} namespaces are not watched`);
      const problem = watch.problem(application.name);
      const { isRead, facts } = watch.facts(application.name);
      if (problem) return { rollout: { state: 'unknown', reason: problem }, facts: rolloutFacts(question, facts) };
      if (!isRead) return unknown(`Application ${text} was not read yet`);
      const rollout = judge(question, facts);
      lookAt(application, rollout);
      return { rollout, facts: rolloutFacts(question, facts) };
    },
    refresh(text) {
      const { namespace, name } = parseApplicationName(text, ownNamespace);
      return watchFor?.(namespace)?.refresh(name) ?? Promise.resolve();
    },
    problem() {
      if (!watchFor) return undefined;
      return [...watches.values()].map((watch) => watch.problem()).find((problem) => problem !== undefined);
    },
    start() {
      isStarted = true;
      for (const watch of watches.values()) watch.start();
    },
    stop() {
      for (const { timer } of timers.values()) clearTimeout(timer);
      for (const watch of watches.values()) watch.stop();
    },
  };
}
