// Reads the config repository in one request, all at one commit. Two things may cost another one: a promotion file that
// changed since the last read, and a manifest that the branch's recent history does not explain.
import { describeManifest } from '../decide/edit-manifest.ts';
import type { Pipeline } from '../decide/pipeline.ts';
import type { EnvironmentSnapshot, PipelineSnapshot, Rollout } from '../decide/promotion.ts';
import { fullName, type Repository } from '../decide/repository.ts';
import { TerminalError, TransientError } from '../errors.ts';
import type { GitHub } from '../github/client.ts';
import { toPromoterError } from '../github/errors.ts';
import type { Identity } from '../github/identity.ts';
import type {
  Cluster,
  ConfigHistory,
  ConfigReader,
  ConfigSnapshot,
  ObservedPipeline,
  PromotionFiles,
  ReadRequest,
  Scope,
} from '../ports.ts';
import type { RolloutFacts } from '../trace/facts.ts';
import { completeLineage, wantedCommits } from './complete-lineage.ts';
import { createExplanations } from './explanations.ts';
import type { KeptLastRead } from './last-read.ts';
import { declinedReleases, type HeadStates, parsePullRequest, type ReviewerRights } from './parse-pull-request.ts';
import { type Explained, parseConfigs, requestsOf, textOf } from './parse-snapshot.ts';
import { indexRecords } from './records.ts';
import { rolloutQuestion } from './rollout-question.ts';
import type { SourceCommits } from './source-commits.ts';
import { type EnvironmentAnswer, type HeadNode, parseSnapshotAnswer, type SnapshotAnswer } from './snapshot-answer.ts';
import { type EnvironmentRequest, snapshotQuery } from './snapshot-query.ts';
import type { HeadVerifier } from './verify-heads.ts';

/**
 * GitHub refuses documents that could return more than 500,000 nodes; a pull-request environment asks for up to 2,010
 * (ten pull requests with a hundred reviews and a hundred checks each).
 */
const ENVIRONMENTS_PER_REQUEST = 200;
const PLANNING_ATTEMPTS = 3;
const NOTHING_RELEASED: Rollout = { state: 'unknown', reason: 'nothing is released yet' };

export interface ConfigReaderDeps {
  github: () => Promise<GitHub>;
  repository: Repository & { branch: string; paths: readonly string[] };
  source: SourceCommits;
  rights: ReviewerRights;
  identity(): Promise<Identity>;
  heads: HeadVerifier;
  cluster: Pick<Cluster, 'prepare' | 'rollout'>;
  lastRead: KeptLastRead;
  onWarning(message: string, error: unknown): void;
}

interface Plan {
  answer: SnapshotAnswer;
  environments: readonly EnvironmentRequest[];
  files: PromotionFiles;
}

interface ReadEnvironment {
  pipeline: Pipeline;
  snapshot: EnvironmentSnapshot;
}

export function createConfigReader(deps: ConfigReaderDeps): ConfigReader {
  const { lastRead, cluster } = deps;
  const { owner, name, branch, paths } = deps.repository;
  const label = fullName(deps.repository);
  const explanations = createExplanations(deps.github, { owner, name });

  async function ask(environments: readonly EnvironmentRequest[], withConfig: boolean): Promise<SnapshotAnswer> {
    const asked = withConfig ? paths : [];
    const { query, variables } = snapshotQuery(asked, environments);
    let answer: SnapshotAnswer | undefined;
    try {
      const { graphql } = await deps.github();
      const where = { owner, name, ref: `refs/heads/${branch}`, base: branch };
      answer = parseSnapshotAnswer(await graphql(query, { ...variables, ...where }), asked, environments);
    } catch (error) {
      throw toPromoterError(`read ${label}`, error);
    }
    if (!answer) throw new TerminalError(`read ${label}: there is no branch ${branch}`);
    return answer;
  }

  /** One answer at one commit, however many requests the environments need. */
  async function askAll(environments: readonly EnvironmentRequest[]): Promise<SnapshotAnswer> {
    const answer = await ask(environments.slice(0, ENVIRONMENTS_PER_REQUEST), true);
    for (let from = ENVIRONMENTS_PER_REQUEST; from < environments.length; from += ENVIRONMENTS_PER_REQUEST) {
      const more = await ask(environments.slice(from, from + ENVIRONMENTS_PER_REQUEST), false);
      if (more.head !== answer.head) throw new TransientError(`read ${label}: ${branch} moved between two pages`);
      answer.environments.push(...more.environments);
    }
    return answer;
  }

  /** The promotion files say what to ask for: where they changed since the last read, it is asked again. */
  async function plan(scope: Scope): Promise<Plan> {
    for (let attempt = 0; attempt < PLANNING_ATTEMPTS; attempt += 1) {
      const known = lastRead.files();
      const environments = requestsOf(lastRead.declared(), scope);
      const answer = await askAll(environments);
      const texts = JSON.stringify(answer.configs);
      if (known?.texts === texts) return { answer, environments, files: known };
      const files = { ...parseConfigs(answer.configs), texts };
      lastRead.keepFiles(files);
      if (requestsOf(files.pipelines, scope).length === 0) return { answer, environments: [], files };
    }
    throw new TransientError(`read ${label}: promotion files changed with every read`);
  }

  async function readEnvironment(
    { pipeline, environment }: EnvironmentRequest,
    node: EnvironmentAnswer,
    explanation: Explained,
    { self, heads }: { self: Identity; heads: HeadStates },
  ): Promise<ReadEnvironment> {
    const { rights } = deps;
    const { approval } = environment.gates;
    const manifest = textOf(node.manifest);
    const state = node.branch && heads.get(node.branch.oid)?.state;
    const snapshot: EnvironmentSnapshot = {
      declared: environment,
      manifest,
      image: describeManifest(manifest, pipeline.image),
      ...explanation,
      branch: node.branch && { oid: node.branch.oid, record: state?.kind === 'ours' ? state.record : undefined },
      pullRequest: node.open && (await parsePullRequest(node.open, { approval, rights, heads })),
      declined: declinedReleases(node.closed, { pipeline: pipeline.name, environment: environment.name }, self),
      rollout: NOTHING_RELEASED,
    };
    return { pipeline, snapshot };
  }

  /** The heads of an environment's branch, now and when it was reviewed, judged in as few requests as possible. */
  async function verifyHeads({ answer, environments }: Plan, recentCommits: readonly string[]): Promise<HeadStates[]> {
    const asked = environments.map((request, index) => ({ request, commits: headsOf(answer.environments[index]) }));
    const states = await deps.heads.verify(
      asked.flatMap(({ request, commits }) => commits.map((commit) => ({ ...request, commit }))),
      recentCommits,
    );
    let next = 0;
    return asked.map(({ commits }) => {
      const own = states.slice(next, (next += commits.length));
      return new Map(
        commits.flatMap((commit, at) => {
          const state = own[at];
          return state ? [[commit.oid, { state, manifestOid: commit.file?.object?.oid }] as const] : [];
        }),
      );
    });
  }

  async function readAll(
    planned: Plan,
    explained: readonly Explained[],
    recentCommits: readonly string[],
    self: Identity,
  ): Promise<ReadEnvironment[]> {
    const { answer, environments } = planned;
    const heads = await verifyHeads(planned, recentCommits);
    return Promise.all(
      environments.map((request, index) => {
        const [node, explanation] = [answer.environments[index], explained[index]];
        if (!node || !explanation)
          throw new TransientError(`read ${label}: the answer lacks ${request.environment.manifest}`);
        return readEnvironment(request, node, explanation, { self, heads: heads[index] ?? new Map() });
      }),
    );
  }

  const onUnreadableSource = (error: unknown): void =>
    deps.onWarning('source commits not read: releases are ordered by their tags', error);

  return {
    async read({ scope, candidates }: ReadRequest): Promise<ConfigSnapshot> {
      // The commits of new releases are asked for while the config repository is read.
      const source = deps.source.load(wantedCommits(lastRead.declared(), candidates)).catch(onUnreadableSource);
      const planned = await plan(scope);
      const { answer, files } = planned;
      const self = await deps.identity();
      const recent = indexRecords(answer.history, self);
      const recentCommits = answer.history.map(({ oid }) => oid);
      const explained = await explanations.explain(answer, planned.environments, recent, self);
      const pipelines = byPipeline(await readAll(planned, explained, recentCommits, self), candidates);
      await source;
      const complete = await completeLineage(deps.source, pipelines).catch((error: unknown) => {
        onUnreadableSource(error);
        return pipelines;
      });
      await cluster.prepare(releasedApplications(complete));
      // Asked last, and kept at once: what changes from here on is compared with these answers.
      const observed = complete.map((pipeline) => withRollouts(pipeline, { url: answer.url, recentCommits }, cluster));
      const { head, repositoryId, url, tree } = answer;
      const { freezes, problems } = files;
      const recentRecords = [...recent.values()].flat();
      const snapshot = {
        head,
        repositoryId,
        url,
        tree,
        recentCommits,
        recentRecords,
        pipelines: observed,
        freezes,
        problems,
      };
      lastRead.keepSnapshot(snapshot);
      return snapshot;
    },
  };
}

/** Once each: a head is often the one that was reviewed. */
function headsOf(answer: EnvironmentAnswer | undefined): HeadNode[] {
  const reviewed = answer?.open?.latestOpinionatedReviews?.nodes.flatMap(({ commit }) => commit ?? []) ?? [];
  const heads = [...(answer?.branch ? [answer.branch] : []), ...(answer?.open ? reviewed : [])];
  return [...new Map(heads.map((head) => [head.oid, head])).values()];
}

function byPipeline(read: readonly ReadEnvironment[], candidates: ReadRequest['candidates']): PipelineSnapshot[] {
  return [...Map.groupBy(read, ({ pipeline }) => pipeline)].map(([declared, own]) => ({
    declared,
    candidates: candidates.get(declared.image) ?? [],
    lineage: undefined,
    environments: own.map(({ snapshot }) => snapshot),
  }));
}

/** Of environments that have something to roll out. */
const releasedApplications = (pipelines: readonly PipelineSnapshot[]): string[] =>
  pipelines.flatMap(({ environments }) =>
    environments.flatMap(({ declared, image }) =>
      'digest' in image && image.digest !== '' ? (declared.application ?? []) : [],
    ),
  );

function withRollouts(
  pipeline: PipelineSnapshot,
  history: Pick<ConfigHistory, 'url' | 'recentCommits'>,
  cluster: Pick<Cluster, 'rollout'>,
): ObservedPipeline {
  const facts = new Map<string, RolloutFacts>();
  const environments = pipeline.environments.map((environment) => {
    const question = rolloutQuestion(environment, history);
    if (!question) return environment;
    const answer = cluster.rollout(question);
    if (answer.facts) facts.set(environment.declared.name, answer.facts);
    return { ...environment, rollout: answer.rollout };
  });
  return { ...pipeline, environments, facts };
}
