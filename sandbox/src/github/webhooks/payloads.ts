// The payload of each event, in GitHub's shapes.
import { type Commit, ZERO_OID } from '../../git/git-object.ts';
import { type Hub, type RefChange, repositoryNamed } from '../hub.ts';
import { ownerOf } from '../hub.ts';
import { simpleUser } from '../shapes/account.ts';
import { accountByEmail } from '../shapes/commit.ts';
import { nodeId } from '../shapes/links.ts';
import { pullRequestShape, pullRequestSimple, reviewShape } from '../shapes/pull-request.ts';
import { repositoryShape } from '../shapes/repository.ts';
import type { Account, PullRequest, Repository, Review } from '../world.ts';

const MAX_COMMITS = 20;

function organizationShape(hub: Hub, organization: Account) {
  const url = `${hub.links.api}/orgs/${organization.login}`;
  return {
    login: organization.login,
    id: organization.id,
    node_id: nodeId('Organization', organization.id),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${hub.links.origin}/avatars/${organization.id}.svg`,
    description: organization.name,
  };
}

/** The fields that every event of a repository has: where, and who. */
export function context(hub: Hub, repository: Repository, sender: Account) {
  const owner = ownerOf(hub, repository);
  return {
    repository: repositoryShape(hub.links, repository, owner),
    organization: organizationShape(hub, owner),
    sender: simpleUser(hub.links, sender),
  };
}

async function pushedCommit(hub: Hub, repository: Repository, commit: Commit) {
  const git = hub.gitOf(repository);
  const files = commit.parents[0] ? await git.diff(commit.parents[0], commit.oid) : [];
  const pathsOf = (status: string): string[] => files.filter((file) => file.status === status).map(({ path }) => path);
  const identity = (person: Commit['author']) => {
    const account = accountByEmail(hub, person);
    return {
      name: person.name,
      email: person.email,
      date: person.date,
      ...(account ? { username: account.login } : {}),
    };
  };
  return {
    id: commit.oid,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: commit.committer.date,
    url: `${hub.links.repositoryPage(repository)}/commit/${commit.oid}`,
    author: identity(commit.author),
    committer: identity(commit.committer),
    added: pathsOf('added'),
    removed: pathsOf('removed'),
    modified: pathsOf('modified'),
  };
}

/** @param pushedAt the time of this push: by the time that the payload is assembled, there may have been another. */
export async function pushPayload(
  hub: Hub,
  { repository, ref, before, after, actor, forced }: RefChange,
  pushedAt: string,
) {
  const git = hub.gitOf(repository);
  const created = before === ZERO_OID;
  const deleted = after === ZERO_OID;
  const range = created ? [after] : [`${before}..${after}`];
  const log = deleted ? [] : await git.log(range[0] ?? after, created ? 1 : MAX_COMMITS);
  const commits = await Promise.all(log.reverse().map((commit) => pushedCommit(hub, repository, commit)));
  const head = deleted ? undefined : await git.commit(after);
  const page = hub.links.repositoryPage(repository);
  const seconds = (iso: string): number => Math.floor(Date.parse(iso) / 1000);
  const shared = context(hub, repository, actor);
  return {
    ref,
    before,
    after,
    base_ref: null,
    created,
    deleted,
    forced,
    compare: `${page}/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`,
    commits,
    head_commit: head ? await pushedCommit(hub, repository, head) : null,
    pusher: { name: actor.login, email: `${actor.login}@${hub.links.noreply}` },
    ...shared,
    repository: {
      ...shared.repository,
      created_at: seconds(repository.createdAt),
      pushed_at: seconds(pushedAt),
      master_branch: repository.defaultBranch,
      stargazers: 0,
      organization: repository.owner,
    },
  };
}

export async function pullRequestPayload(
  hub: Hub,
  pull: PullRequest,
  sender: Account,
  extra: Record<string, unknown> = {},
) {
  const repository = repositoryNamed(hub, pull.repository);
  return {
    number: pull.number,
    pull_request: await pullRequestShape(hub, pull),
    ...context(hub, repository, sender),
    ...extra,
  };
}

export function reviewPayload(hub: Hub, pull: PullRequest, review: Review, sender: Account) {
  const repository = repositoryNamed(hub, pull.repository);
  return {
    review: { ...reviewShape(hub, review), state: review.state.toLowerCase() },
    pull_request: pullRequestSimple(hub, pull),
    ...context(hub, repository, sender),
  };
}
