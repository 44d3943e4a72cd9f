// GitHub's payloads -> what they ring for, and the fact that they are. An event only says where to look; what is true is read afterwards.
import { z } from 'zod';
import { BRANCH_PREFIX } from '../decide/describe-change.ts';
import type { Release } from '../decide/release.ts';
import { isSameRepository, type Repository, RepositoryName } from '../decide/repository.ts';
import type { SourceFact } from '../trace/facts.ts';
import { parseSourceFact } from './parse-source-fact.ts';

export type PromotionEvent =
  | { kind: 'released'; release: Release; repository: Repository | undefined }
  /** The base branch moved; undefined paths mean anything may have changed. */
  | { kind: 'config changed'; paths: readonly string[] | undefined }
  | { kind: 'pull request changed'; pipeline: string };
export interface Ignored {
  kind: 'ignored';
  reason: string;
}
export type ParsedEvent = PromotionEvent | Ignored;

export interface Delivery {
  event: ParsedEvent;
  /** What it says about a release, whatever it rings for. */
  fact: SourceFact | undefined;
}

/** The config repository and its base branch. */
export type EventContext = Repository & {
  branch: string;
  /** GitHub's number of it, once it was read: it stays when the repository is renamed or transferred. */
  id?: number | undefined;
};

const DIGEST = /^sha256:[0-9a-f]{64}$/;
/** cosign and attestations store their artefacts as ordinary tags where a registry has no referrers API, as GHCR has none. */
const SIGNATURE_TAG = /^sha256-[0-9a-f]{64}(\.(sig|att|sbom))?$/;
const ARTEFACT_CONFIG = /in-toto|sigstore|cosign|dsse|vnd\.oci\.empty|helm\.config/;
/** GitHub lists at most this many commits in a push. */
const LISTED_COMMITS = 20;

interface NamedRepository {
  full_name: Repository;
  id?: number | undefined;
}
const isConfigRepository = ({ full_name: name, id }: NamedRepository, context: EventContext): boolean =>
  isSameRepository(name, context) || (id !== undefined && id === context.id);

const ignored = (reason: string): Ignored => ({ kind: 'ignored', reason });

const Package = z.object({
  name: z.string(),
  namespace: z.string().optional(),
  package_type: z.string().optional(),
  registry: z.object({ type: z.string().optional() }).nullish(),
  package_version: z
    .object({
      version: z.string(),
      package_url: z.string().nullish(),
      container_metadata: z
        .object({
          tag: z.object({ name: z.string().nullish() }).nullish(),
          labels: z
            .object({ revision: z.string().nullish(), all_labels: z.record(z.string(), z.unknown()).nullish() })
            .nullish(),
          manifest: z.object({ config: z.object({ media_type: z.string().nullish() }).nullish() }).nullish(),
        })
        .nullish(),
    })
    .nullish(),
});
const PackageEvent = z.object({
  action: z.string(),
  package: Package.optional(),
  registry_package: Package.optional(),
  repository: z.object({ full_name: RepositoryName }).nullish(),
});

/** `package` reaches repository and organization hooks, `registry_package` Apps; they differ in their root key. */
function parsePackage(payload: unknown): ParsedEvent {
  const { action, repository, ...roots } = PackageEvent.parse(payload);
  const found = roots.registry_package ?? roots.package;
  if (!found) return ignored('the payload names no package');
  if (action !== 'published' && action !== 'updated') return ignored(`action ${action} publishes nothing`);
  const isContainer = [found.package_type, found.registry?.type].some((type) => type?.toLowerCase() === 'container');
  if (!isContainer) return ignored(`package type ${found.package_type ?? 'unknown'} is not a container`);
  const version = found.package_version;
  if (!version || !DIGEST.test(version.version)) return ignored('the payload has no digest');
  const metadata = version.container_metadata;
  const tag = metadata?.tag?.name;
  if (!tag) return ignored('it has no tag: a child of an image index, or untagged');
  if (SIGNATURE_TAG.test(tag)) return ignored('it is a signature or attestation artefact');
  const mediaType = metadata.manifest?.config?.media_type;
  if (mediaType && ARTEFACT_CONFIG.test(mediaType)) return ignored('it is an artefact, not an image');
  const image = imageName(version.package_url, found);
  if (!image) return ignored('the payload does not name the image');
  const { labels } = metadata;
  const revision = labels?.all_labels?.['org.opencontainers.image.revision'] ?? labels?.revision;
  const commit = typeof revision === 'string' && /^[0-9a-f]{40}$/.test(revision) ? revision : undefined;
  return {
    kind: 'released',
    release: { image, tag, digest: version.version, commit },
    repository: repository?.full_name,
  };
}

function imageName(
  packageUrl: string | null | undefined,
  { name, namespace }: z.infer<typeof Package>,
): string | undefined {
  const fromUrl = packageUrl ? /^(?:https?:\/\/)?([^/]+\/[^:@]+)/.exec(packageUrl)?.[1] : undefined;
  const full = fromUrl ?? (namespace ? `ghcr.io/${namespace}/${name}` : undefined);
  return full?.toLowerCase();
}

const Push = z.object({
  ref: z.string(),
  repository: z.object({ full_name: RepositoryName, id: z.number().optional() }),
  commits: z.array(
    z.object({
      added: z.array(z.string()).optional(),
      removed: z.array(z.string()).optional(),
      modified: z.array(z.string()).optional(),
    }),
  ),
  forced: z.boolean(),
});

function parsePush(payload: unknown, context: EventContext): ParsedEvent {
  const { ref, repository, commits, forced } = Push.parse(payload);
  if (!isConfigRepository(repository, context))
    return ignored('a push to a source repository promotes nothing; its image does');
  if (ref !== `refs/heads/${context.branch}`) return ignored(`${ref} is not the base branch`);
  if (forced || commits.length === 0 || commits.length >= LISTED_COMMITS)
    return { kind: 'config changed', paths: undefined };
  const paths = commits.flatMap(({ added = [], removed = [], modified = [] }) => [...added, ...removed, ...modified]);
  // Merges, and pushes that are too large, come without lists of files: that says nothing of what changed.
  return { kind: 'config changed', paths: paths.length > 0 ? [...new Set(paths)] : undefined };
}

/** Texts, labels and requests for review, which the promoter changes itself as well. */
const IRRELEVANT_ACTIONS = new Set([
  'edited',
  'labeled',
  'unlabeled',
  'assigned',
  'unassigned',
  'review_requested',
  'review_request_removed',
]);

const PullRequest = z.object({
  action: z.string(),
  repository: z.object({ full_name: RepositoryName, id: z.number().optional() }),
  pull_request: z.object({ head: z.object({ ref: z.string() }), base: z.object({ ref: z.string() }) }),
});

function parsePullRequest(payload: unknown, context: EventContext): ParsedEvent {
  const { action, repository, pull_request: pull } = PullRequest.parse(payload);
  if (!isConfigRepository(repository, context)) return ignored('it is not in the config repository');
  if (IRRELEVANT_ACTIONS.has(action)) return ignored(`action ${action} decides nothing`);
  return ofBranch(pull.head.ref);
}

function ofBranch(branch: string): ParsedEvent {
  const [, pipeline] = branch.startsWith(BRANCH_PREFIX) ? branch.split('/') : [];
  return pipeline ? { kind: 'pull request changed', pipeline } : ignored(`${branch} is not a promotion branch`);
}

const Check = z.object({
  pull_requests: z.array(z.object({ head: z.object({ ref: z.string() }) })).nullish(),
  head_branch: z.string().nullish(),
});
const CheckRun = z.object({
  action: z.string(),
  repository: z.object({ full_name: RepositoryName, id: z.number().optional() }),
  check_run: Check.extend({ check_suite: Check.nullish() }).optional(),
  check_suite: Check.optional(),
});

function parseCheck(payload: unknown, context: EventContext): ParsedEvent {
  const { action, repository, check_run: run, check_suite: ended } = CheckRun.parse(payload);
  if (!isConfigRepository(repository, context)) return ignored('it is not in the config repository');
  if (action !== 'completed') return ignored(`action ${action} decides nothing`);
  const suite = run?.check_suite ?? ended;
  // GitHub leaves `pull_requests` empty now and then, for forks always; the branch that was checked is in the suite.
  const branches = [...(run?.pull_requests ?? []), ...(suite?.pull_requests ?? [])].map(({ head }) => head.ref);
  const branch = [...branches, suite?.head_branch].find((name) => name?.startsWith(BRANCH_PREFIX));
  return branch ? ofBranch(branch) : ignored('it checks no promotion pull request');
}

const CommitStatus = z.object({
  state: z.string(),
  repository: z.object({ full_name: RepositoryName, id: z.number().optional() }),
  /** Those that the commit is the head of. */
  branches: z.array(z.object({ name: z.string() })),
});

/** A commit status is a check of the old kind: its end may open a gate. */
function parseCommitStatus(payload: unknown, context: EventContext): ParsedEvent {
  const { state, repository, branches } = CommitStatus.parse(payload);
  if (!isConfigRepository(repository, context)) return ignored('it is not in the config repository');
  if (state === 'pending') return ignored('a pending status decides nothing');
  const branch = branches.map(({ name }) => name).find((name) => name.startsWith(BRANCH_PREFIX));
  return branch ? ofBranch(branch) : ignored('it is of no promotion branch');
}

/** Never throws for a payload of another shape: that is a reason to ignore it. */
export function parseEvent(name: string, payload: unknown, context: EventContext): ParsedEvent {
  try {
    if (name === 'registry_package' || name === 'package') return parsePackage(payload);
    if (name === 'push') return parsePush(payload, context);
    if (name === 'pull_request' || name === 'pull_request_review') return parsePullRequest(payload, context);
    if (name === 'check_run' || name === 'check_suite') return parseCheck(payload, context);
    if (name === 'status') return parseCommitStatus(payload, context);
    return ignored(`event ${name} decides nothing`);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const [issue] = error.issues;
    return ignored(`the payload is not a ${name} event: ${issue ? describeIssue(issue) : 'it does not parse'}`);
  }
}

const describeIssue = ({ path, message }: z.core.$ZodIssue): string => [path.join('.'), message].join(' ').trim();

/** @param receivedMs when it came, in milliseconds since 1970. */
export function parseDelivery(name: string, payload: unknown, context: EventContext, receivedMs: number): Delivery {
  const event = parseEvent(name, payload, context);
  if (event.kind !== 'released') return { event, fact: parseSourceFact(name, payload, receivedMs) };
  const { image, tag, digest } = event.release;
  return { event, fact: { kind: 'published', image, tag, digest, receivedMs } };
}
