import { simpleUser } from './account.ts';
import { type Links, nodeId } from './links.ts';
import { type Account, fullName, mergeMethodsOf, type Permission, type Repository } from '../world.ts';
import { atLeast } from '../callers.ts';

const URL_TEMPLATES: Record<string, string> = {
  archive_url: '/{archive_format}{/ref}',
  assignees_url: '/assignees{/user}',
  blobs_url: '/git/blobs{/sha}',
  branches_url: '/branches{/branch}',
  collaborators_url: '/collaborators{/collaborator}',
  comments_url: '/comments{/number}',
  commits_url: '/commits{/sha}',
  compare_url: '/compare/{base}...{head}',
  contents_url: '/contents/{+path}',
  contributors_url: '/contributors',
  deployments_url: '/deployments',
  downloads_url: '/downloads',
  events_url: '/events',
  forks_url: '/forks',
  git_commits_url: '/git/commits{/sha}',
  git_refs_url: '/git/refs{/sha}',
  git_tags_url: '/git/tags{/sha}',
  hooks_url: '/hooks',
  issue_comment_url: '/issues/comments{/number}',
  issue_events_url: '/issues/events{/number}',
  issues_url: '/issues{/number}',
  keys_url: '/keys{/key_id}',
  labels_url: '/labels{/name}',
  languages_url: '/languages',
  merges_url: '/merges',
  milestones_url: '/milestones{/number}',
  notifications_url: '/notifications{?since,all,participating}',
  pulls_url: '/pulls{/number}',
  releases_url: '/releases{/id}',
  stargazers_url: '/stargazers',
  statuses_url: '/statuses/{sha}',
  subscribers_url: '/subscribers',
  subscription_url: '/subscription',
  tags_url: '/tags',
  teams_url: '/teams',
  trees_url: '/git/trees{/sha}',
};

/** The `minimal-repository` schema. */
export function minimalRepository(links: Links, repository: Repository, owner: Account) {
  const url = links.repositoryApi(repository);
  return {
    id: repository.id,
    node_id: nodeId('Repository', repository.id),
    name: repository.name,
    full_name: fullName(repository),
    private: false,
    owner: simpleUser(links, owner),
    html_url: links.repositoryPage(repository),
    description: repository.description,
    fork: false,
    url,
    ...Object.fromEntries(Object.entries(URL_TEMPLATES).map(([field, path]) => [field, url + path])),
  };
}

/** The `repository` schema, which is also what webhooks carry. */
export function repositoryShape(links: Links, repository: Repository, owner: Account) {
  const page = links.repositoryPage(repository);
  return {
    ...minimalRepository(links, repository, owner),
    created_at: repository.createdAt,
    updated_at: repository.pushedAt,
    pushed_at: repository.pushedAt,
    git_url: `${page.replace(/^https?/, 'git')}.git`,
    ssh_url: `git@${new URL(links.origin).hostname}:${fullName(repository)}.git`,
    clone_url: `${page}.git`,
    svn_url: page,
    homepage: null,
    size: 0,
    stargazers_count: 0,
    watchers_count: 0,
    language: 'TypeScript',
    has_issues: true,
    has_projects: false,
    has_downloads: true,
    has_wiki: false,
    has_pages: false,
    has_discussions: false,
    forks_count: 0,
    mirror_url: null,
    archived: repository.isArchived ?? false,
    disabled: false,
    open_issues_count: 0,
    license: null,
    allow_forking: true,
    is_template: false,
    web_commit_signoff_required: false,
    topics: [],
    visibility: 'public',
    forks: 0,
    open_issues: 0,
    watchers: 0,
    default_branch: repository.defaultBranch,
    allow_squash_merge: mergeMethodsOf(repository).includes('squash'),
    allow_merge_commit: mergeMethodsOf(repository).includes('merge'),
    allow_rebase_merge: mergeMethodsOf(repository).includes('rebase'),
    allow_auto_merge: false,
    delete_branch_on_merge: repository.deleteBranchOnMerge,
  };
}

/** The `full-repository` schema, with the caller's own permissions. */
export function fullRepository(links: Links, repository: Repository, owner: Account, permission: Permission) {
  return {
    ...repositoryShape(links, repository, owner),
    network_count: 0,
    subscribers_count: 0,
    organization: simpleUser(links, owner),
    permissions: {
      admin: atLeast(permission, 'admin'),
      maintain: atLeast(permission, 'maintain'),
      push: atLeast(permission, 'write'),
      triage: atLeast(permission, 'triage'),
      pull: atLeast(permission, 'read'),
    },
  };
}
