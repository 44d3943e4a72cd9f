// Reads the config repository in one request, all at one commit. Two things may cost another one: a promotion file that
// changed since the last read, and a manifest that the branch's recent history does not explain.
import { describeManifest } from '../decide/describe-manifest.ts';
import type { Pipeline } from '../decide/pipeline.ts';
import type { EnvironmentSnapshot, PipelineSnapshot, Rollout } from '../decide/promotion.ts';
import { fullName } from '../decide/repository.ts';
import { TransientError } from '../errors.ts';
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
import { createSnapshotAsker, type SnapshotAskerDeps, type WholeAnswer } from './ask-snapshot.ts';
import type { ConfigAccess } from './config-access.ts';
import { createExplanations } from './explanations.ts';
import { isFile } from './file-mode.ts';
import type { KeptLastRead } from './last-read.ts';
import { findSharedFiles, type LocatedEnvironment, locateManifests } from './locate-manifests.ts';
import { createManifestLinks } from './manifest-links.ts';
import { declinedReleases, type HeadStates, parsePullRequest, type ReviewerRights } from './parse-pull-request.ts';
import { type Explained, parseConfigs, requestsOf, textOf } from './parse-snapshot.ts';
import { createParentTreeReader } from './read-parent-trees.ts';
import { indexRecords } from './records.ts';
import { rolloutQuestion } from './rollout-question.ts';
import type { SourceCommits } from './source-commits.ts';
import type { EnvironmentAnswer, HeadNode } from './snapshot-answer.ts';
import type { EnvironmentRequest } from './snapshot-query.ts';
import { createHeadVerifier } from './verify-heads.ts';

const PLANNING_ATTEMPTS = 3;
const NOTHING_RELEASED: Rollout = { state: 'unknown', reason: 'nothing is released yet' };

export interface ConfigReaderDeps extends SnapshotAskerDeps {
  source: SourceCommits;
  rights: ReviewerRights;
  identity(): Promise<Identity>;
  cluster: Pick<Cluster, 'prepare' | 'rollout'>;
  lastRead: KeptLastRead;
  access: Pick<ConfigAccess, 'readable' | 'unreadable'>;
  onWarning(message: string, error: unknown): void;
}

interface Plan {
  answer: WholeAnswer;
  environments: readonly EnvironmentRequest[];
  files: PromotionFiles;
}

/** With the manifests of its environments, wherever links lead. */
type LocatedPlan = Plan & { located: readonly LocatedEnvironment[] };

interface ReadEnvironment {
  pipeline: Pipeline;
  snapshot: EnvironmentSnapshot;
}

export function createConfigReader(deps: ConfigReaderDeps): ConfigReader {
  const { lastRead, cluster, access } = deps;
  const { owner, name, branch } = deps.repository;
  const label = fullName(deps.repository);
  const askAll = createSnapshotAsker(deps);
  const explanations = createExplanations(deps.github, { owner, name });
  const links = createManifestLinks(deps.github, { owner, name });
  const trees = createParentTreeReader(deps.github, { owner, name, branch });
  const headVerifier = createHeadVerifier({ identity: deps.identity, trees, links });

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
    { pipeline, environment, node: manifestNode, file, problem }: LocatedEnvironment,
    node: EnvironmentAnswer,
    explanation: Explained,
    { self, head, heads, shared }: { self: Identity; head: string; heads: HeadStates; shared: string | undefined },
  ): Promise<ReadEnvironment> {
    const { rights } = deps;
    const { approval } = environment.gates;
    const manifest = textOf(manifestNode);
    const stops = problem ?? shared;
    const state = node.branch && heads.get(node.branch.oid)?.state;
    const snapshot: EnvironmentSnapshot = {
      declared: environment,
      manifest,
      file,
      image: stops ? { problem: stops, line: undefined } : describeManifest(manifest, pipeline.image, environment.path),
      ...explanation,
      branch: node.branch && { oid: node.branch.oid, record: state?.kind === 'ours' ? state.record : undefined },
      pullRequest:
        node.open &&
        (await parsePullRequest(node.open, {
          self,
          approval,
          rights,
          heads,
          areChecksForbidden: node.areChecksForbidden,
          standsOnBase: node.branch?.parents.nodes[0]?.oid === head,
        })),
      declined: declinedReleases(node.closed, { pipeline: pipeline.name, environment: environment.name }, self),
      rollout: NOTHING_RELEASED,
    };
    return { pipeline, snapshot };
  }

  /** The heads of an environment's branch, now and when it was reviewed, judged in as few requests as possible. */
  async function verifyHeads(
    { answer, located }: LocatedPlan,
    recentCommits: readonly string[],
  ): Promise<HeadStates[]> {
    const asked = located.map(({ file, ...request }, index) => ({
      request: { ...request, file: file.path },
      commits: headsOf(answer.environments[index]),
    }));
    const states = await headVerifier.verify(
      asked.flatMap(({ request, commits }) => commits.map((commit) => ({ ...request, commit }))),
      recentCommits,
    );
    let next = 0;
    return asked.map(({ commits }) => {
      const own = states.slice(next, (next += commits.length));
      return new Map(
        commits.flatMap((commit, at) => {
          const state = own[at];
          // A link has the same bytes wherever it leads: what was reviewed there is not known.
          const manifestOid = isFile(commit.file?.mode) ? commit.file?.object?.oid : undefined;
          return state ? [[commit.oid, { state, manifestOid }] as const] : [];
        }),
      );
    });
  }

  async function readAll(
    planned: LocatedPlan,
    explained: readonly Explained[],
    recentCommits: readonly string[],
    self: Identity,
  ): Promise<ReadEnvironment[]> {
    const { answer, located } = planned;
    const heads = await verifyHeads(planned, recentCommits);
    const shared = findSharedFiles(located, lastRead.pipelines());
    return Promise.all(
      located.map((request, index) => {
        const [node, explanation] = [answer.environments[index], explained[index]];
        if (!node || !explanation)
          throw new TransientError(`read ${label}: the answer lacks ${request.environment.manifest}`);
        return readEnvironment(request, node, explanation, {
          self,
          head: answer.head,
          heads: heads[index] ?? new Map(),
          shared: shared[index],
        });
      }),
    );
  }

  const onUnreadableSource = (error: unknown): void =>
    deps.onWarning('source commits not read: releases are ordered by their tags', error);

  return {
    async read(request) {
      try {
        return await read(request);
      } catch (error) {
        access.unreadable(error);
        throw error;
      }
    },
  };

  async function read({ scope, candidates }: ReadRequest): Promise<ConfigSnapshot> {
    // The commits of new releases are asked for while the config repository is read.
    const source = deps.source.load(wantedCommits(lastRead.declared(), candidates)).catch(onUnreadableSource);
    const planned = await plan(scope);
    const { answer, files } = planned;
    const located = await locateManifests(answer, planned.environments, links);
    const self = await deps.identity();
    const recent = indexRecords(answer.history, self);
    const recentCommits = answer.history.map(({ oid }) => oid);
    const explained = await explanations.explain(answer.head, located, recent, self);
    const pipelines = byPipeline(await readAll({ ...planned, located }, explained, recentCommits, self), candidates);
    await source;
    const complete = await completeLineage(deps.source, pipelines).catch((error: unknown) => {
      onUnreadableSource(error);
      return pipelines;
    });
    await cluster.prepare(releasedApplications(complete));
    // Asked last, and kept at once: what changes from here on is compared with these answers.
    const observed = complete.map((pipeline) => withRollouts(pipeline, { url: answer.url, recentCommits }, cluster));
    const { head, repositoryId, url, tree, merging } = answer;
    const { freezes, problems } = files;
    const recentRecords = [...recent.values()].flat();
    const { repository, databaseId: id, isArchived, forbidden } = answer;
    const readOnly = isArchived
      ? `${fullName(repository)} is archived: GitHub takes no change until it is unarchived`
      : undefined;
    const snapshot = {
      readOnly,
      head,
      repositoryId,
      url,
      tree,
      merging,
      recentCommits,
      recentRecords,
      pipelines: observed,
      freezes,
      problems,
    };
    lastRead.keepSnapshot(snapshot);
    access.readable({ repository, id, isArchived, forbidden, isWhole: scope === 'all' });
    return snapshot;
  }
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
