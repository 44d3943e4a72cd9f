// Reads the config repository in one request, all at one commit. Two things may cost another one: a promotion file that
// changed since the last read, and a manifest that the branch's recent history does not explain.
import type { Octokit } from '@octokit/rest';
import { describeManifest } from '../decide/edit-manifest.ts';
import type { PromotionConfig } from '../decide/pipeline.ts';
import type { EnvironmentSnapshot, PipelineSnapshot } from '../decide/promotion.ts';
import { TerminalError, TransientError } from '../errors.ts';
import type { Cluster, ConfigReader, ConfigSnapshot, ReadRequest, Scope } from '../ports.ts';
import {
  declinedReleases,
  describePullRequest,
  recordOf,
  type ReviewerRights,
  type Target,
} from './parse-pull-request.ts';
import { toPromoterError } from '../github/errors.ts';
import {
  blobOf,
  type Explained,
  explanationIn,
  indexRecords,
  parseConfigs,
  type RecordIndex,
  requestsOf,
  textOf,
} from './parse-snapshot.ts';
import { completeLineage, wantedCommits } from './complete-lineage.ts';
import type { SourceReader } from './source-commits.ts';
import {
  type CommitNode,
  type EnvironmentRequest,
  fileHistoryQuery,
  parseFileHistory,
  parseSnapshotAnswer,
  type SnapshotAnswer,
  snapshotQuery,
} from './snapshot-query.ts';

/**
 * GitHub refuses documents that could return more than 500,000 nodes; a pull-request environment asks for up to 2,010
 * (ten pull requests with a hundred reviews and a hundred checks each).
 */
const ENVIRONMENTS_PER_REQUEST = 200;
const PLANNING_ATTEMPTS = 3;

export interface ReadSnapshotDeps {
  octokitOf: () => Promise<Octokit>;
  repository: { owner: string; name: string; branch: string; paths: readonly string[] };
  source: SourceReader;
  rights: ReviewerRights;
  cluster: Pick<Cluster, 'rollout'>;
  onWarning(message: string, error: unknown): void;
}

interface Config extends PromotionConfig {
  /** What it was parsed from: equal text needs no second look. */
  texts: string;
}

export function createConfigReader(deps: ReadSnapshotDeps): ConfigReader {
  const { owner, name, branch, paths } = deps.repository;
  const label = `${owner}/${name}`;
  let config: Config | undefined;
  /** By `pipeline/environment`, for one content: a file that did not change was brought by the same commit. */
  const explained = new Map<string, { oid: string; explanation: Explained }>();

  async function ask(environments: readonly EnvironmentRequest[], withConfig: boolean): Promise<SnapshotAnswer> {
    const asked = withConfig ? paths : [];
    const { query, variables } = snapshotQuery(asked, environments);
    let answer: SnapshotAnswer | undefined;
    try {
      const octokit = await deps.octokitOf();
      const data = await octokit.graphql(query, {
        ...variables,
        owner,
        name,
        ref: `refs/heads/${branch}`,
        base: branch,
      });
      answer = parseSnapshotAnswer(data, asked, environments);
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

  async function fileHistories(oid: string, files: readonly string[]): Promise<Map<string, CommitNode[]>> {
    if (files.length === 0) return new Map();
    const { query, variables } = fileHistoryQuery(files);
    try {
      const octokit = await deps.octokitOf();
      const histories = parseFileHistory(await octokit.graphql(query, { ...variables, owner, name, oid }), files);
      return new Map(files.map((file, index) => [file, histories[index] ?? []]));
    } catch (error) {
      throw toPromoterError(`read the history of ${files.length} files of ${label}`, error);
    }
  }

  /** Which promotion brought each manifest's content: from recent history, from memory, or from the file's own history. */
  async function explain(
    answer: SnapshotAnswer,
    environments: readonly EnvironmentRequest[],
    recent: RecordIndex,
  ): Promise<Explained[]> {
    const found = environments.map(({ pipeline, environment }, index) => {
      const oid = blobOf(answer.environments[index]?.manifest ?? null)?.oid;
      const explanation = explanationIn(recent, { pipeline: pipeline.name, environment: environment.name });
      const known = explained.get(`${pipeline.name}/${environment.name}`);
      if (explanation.record) return { oid, explanation };
      if (oid === undefined || known?.oid === oid) return { oid, explanation: known?.explanation ?? explanation };
      return { oid, explanation: undefined };
    });
    const unexplained = environments.flatMap(({ environment }, index) =>
      found[index]?.explanation ? [] : [environment.manifest],
    );
    const histories = await fileHistories(answer.head, [...new Set(unexplained)]);
    return environments.map(({ pipeline, environment }, index) => {
      const target = { pipeline: pipeline.name, environment: environment.name };
      const { oid, explanation = explanationIn(indexRecords(histories.get(environment.manifest) ?? []), target) } =
        found[index] ?? {};
      if (oid !== undefined) explained.set(`${pipeline.name}/${environment.name}`, { oid, explanation });
      return explanation;
    });
  }

  async function plan(
    scope: Scope,
  ): Promise<{ answer: SnapshotAnswer; environments: EnvironmentRequest[]; current: Config }> {
    for (let attempt = 0; attempt < PLANNING_ATTEMPTS; attempt += 1) {
      const environments = requestsOf(config?.pipelines ?? [], scope);
      const answer = await askAll(environments);
      const texts = JSON.stringify(answer.configs);
      const isKnown = config?.texts === texts;
      const current = isKnown && config ? config : { ...parseConfigs(paths, answer.configs), texts };
      config = current;
      if (isKnown || requestsOf(current.pipelines, scope).length === 0)
        return { answer, environments: isKnown ? environments : [], current };
    }
    throw new TransientError(`read ${label}: promotion files changed with every read`);
  }

  async function snapshotOf(
    request: EnvironmentRequest,
    node: SnapshotAnswer['environments'][number],
    explanation: Explained,
    recentCommits: string[],
  ): Promise<EnvironmentSnapshot> {
    const { pipeline, environment } = request;
    const target: Target = { pipeline: pipeline.name, environment: environment.name };
    const own = node.pulls.filter(({ isCrossRepository }) => !isCrossRepository);
    const open = own.find(({ state }) => state === 'OPEN');
    const manifest = textOf(node.manifest);
    const image = describeManifest(manifest, pipeline.image);
    const digest = 'digest' in image ? image.digest : '';
    return {
      environment,
      manifest,
      image,
      ...explanation,
      branch: node.branch ? { oid: node.branch.oid, record: recordOf(node.branch, target) } : undefined,
      pullRequest: open ? await describePullRequest(open, target, environment.gates.approval, deps.rights) : undefined,
      declined: declinedReleases(own, target),
      rollout: digest
        ? deps.cluster.rollout({ pipeline, environment, digest, record: explanation.record, recentCommits })
        : { state: 'unknown', reason: 'nothing is released yet' },
    };
  }

  return {
    knownPipelines: () => config?.pipelines ?? [],
    async read({ scope, candidates }: ReadRequest): Promise<ConfigSnapshot> {
      // The commits of new releases are asked for while the config repository is read.
      const source = deps.source.load(wantedCommits(config?.pipelines ?? [], candidates)).catch((error: unknown) => {
        deps.onWarning('source commits not read: releases are ordered by their tags', error);
      });
      const { answer, environments, current } = await plan(scope);
      const recent = indexRecords(answer.history);
      const explanations = await explain(answer, environments, recent);
      const recentCommits = answer.history.map(({ oid }) => oid);
      const snapshots = await Promise.all(
        environments.map(async (request, index) => {
          const node = answer.environments[index];
          if (!node) throw new TransientError(`read ${label}: the answer lacks ${request.environment.manifest}`);
          return snapshotOf(
            request,
            node,
            explanations[index] ?? { record: undefined, previous: undefined },
            recentCommits,
          );
        }),
      );
      const pipelines = [...new Set(environments.map(({ pipeline }) => pipeline))].map(
        (pipeline): PipelineSnapshot => ({
          pipeline,
          file: paths[0] ?? '',
          candidates: candidates.get(pipeline.image) ?? [],
          lineage: undefined,
          environments: snapshots.filter((_snapshot, index) => environments[index]?.pipeline === pipeline),
        }),
      );
      await source;
      const complete = await completeLineage(deps.source, pipelines).catch((error: unknown) => {
        deps.onWarning('source commits not read: releases are ordered by their tags', error);
        return pipelines;
      });
      return {
        head: answer.head,
        declared: current.pipelines.map((pipeline) => pipeline.name),
        repositoryId: answer.repositoryId,
        url: answer.url,
        tree: answer.tree,
        recentCommits,
        recentRecords: [...recent.values()].flat(),
        pipelines: complete,
        freezes: current.freezes,
        problems: current.problems,
      };
    },
  };
}
