// Deliveries in the shape and size that GitHub sends them: every field of a repository and a sender, most of which nobody reads.
import { randomBytes } from 'node:crypto';

export const CONFIG_REPOSITORY = 'acme/gitops-config';
export const IMAGES = 50;
export const imageOf = (index: number): string => `service-${index % IMAGES}`;

export interface Payload {
  event: 'registry_package' | 'push';
  body: string;
}

const API = 'https://api.github.com';
const REPOSITORY_LINKS =
  'forks keys{/key_id} collaborators{/collaborator} teams hooks issues/events{/number} events assignees{/user} branches{/branch} tags git/blobs{/sha} git/tags{/sha} git/refs{/sha} git/trees{/sha} statuses/{sha} languages stargazers contributors subscribers subscription commits{/sha} git/commits{/sha} comments{/number} issues/comments{/number} contents/{+path} compare/{base}...{head} merges {archive_format}{/ref} downloads issues{/number} pulls{/number} milestones{/number} notifications{?since,all,participating} labels{/name} releases{/id} deployments'.split(
    ' ',
  );
const USER_LINKS =
  'followers following{/other_user} gists{/gist_id} starred{/owner}{/repo} subscriptions orgs repos events{/privacy} received_events'.split(
    ' ',
  );
const linkName = (link: string): string => `${link.replaceAll(/\W*[{?].*$/g, '').replaceAll(/\W/g, '_')}_url`;

const user = (login: string): object => ({
  login,
  id: 1_234_567,
  node_id: 'MDQ6VXNlcjEyMzQ1Njc=',
  avatar_url: 'https://avatars.githubusercontent.com/u/1234567?v=4',
  gravatar_id: '',
  url: `${API}/users/${login}`,
  html_url: `https://github.com/${login}`,
  ...Object.fromEntries(USER_LINKS.map((link) => [linkName(link), `${API}/users/${login}/${link}`])),
  type: 'User',
  user_view_type: 'public',
  site_admin: false,
});

const repository = (fullName: string): object => ({
  id: 987_654_321,
  node_id: 'R_kgDOOtq0sQ',
  name: fullName.split('/').at(-1),
  full_name: fullName,
  private: true,
  owner: user('acme'),
  html_url: `https://github.com/${fullName}`,
  description: 'A service of the platform',
  fork: false,
  url: `${API}/repos/${fullName}`,
  ...Object.fromEntries(REPOSITORY_LINKS.map((link) => [linkName(link), `${API}/repos/${fullName}/${link}`])),
  created_at: 1_700_000_000,
  updated_at: '2026-11-23T10:00:00Z',
  pushed_at: 1_795_000_000,
  git_url: `git://github.com/${fullName}.git`,
  ssh_url: `git@github.com:${fullName}.git`,
  clone_url: `https://github.com/${fullName}.git`,
  size: 1204,
  stargazers_count: 3,
  language: 'TypeScript',
  topics: ['platform', 'service'],
  visibility: 'private',
  default_branch: 'main',
});

const hex = (bytes: number): string => randomBytes(bytes).toString('hex');

const commit = (message: string, modified: readonly string[]): object => ({
  id: hex(20),
  tree_id: hex(20),
  distinct: true,
  message,
  timestamp: '2026-11-23T10:15:00+00:00',
  url: `https://github.com/acme/service/commit/${hex(20)}`,
  author: { name: 'Ada', email: 'ada@example.com', username: 'ada' },
  committer: { name: 'GitHub', email: 'noreply@github.com', username: 'web-flow' },
  added: [],
  removed: [],
  modified,
});

function push(fullName: string, modified: readonly string[]): Payload {
  const commits = [
    commit('fix: answer a request twice as fast\n\nThe cache was asked twice.', modified),
    commit('test: a slow request', modified),
  ];
  const body = JSON.stringify({
    ref: 'refs/heads/main',
    before: hex(20),
    after: hex(20),
    repository: repository(fullName),
    pusher: { name: 'ada', email: 'ada@example.com' },
    organization: user('acme'),
    sender: user('ada'),
    created: false,
    deleted: false,
    forced: false,
    base_ref: null,
    compare: `https://github.com/${fullName}/compare/3f2a9c1...9b1c77aa`,
    commits,
    head_commit: commits.at(-1),
  });
  return { event: 'push', body };
}

function registryPackage(index: number, tag: string): Payload {
  const name = imageOf(index);
  const digest = `sha256:${hex(32)}`;
  const layers = Array.from({ length: 8 }, () => ({
    digest: `sha256:${hex(32)}`,
    media_type: 'application/vnd.oci.image.layer.v1.tar+gzip',
    size: 3_400_211,
  }));
  const labels = {
    'org.opencontainers.image.revision': hex(20),
    'org.opencontainers.image.source': `https://github.com/acme/${name}`,
    'org.opencontainers.image.title': name,
    'org.opencontainers.image.created': '2026-11-23T10:15:00Z',
  };
  const version = {
    id: 1_000_000 + index,
    version: digest,
    name: digest,
    description: '',
    blob_store: 's3',
    html_url: `https://github.com/orgs/acme/packages/container/${name}/${index}`,
    metadata: [],
    package_files: [],
    installation_command: `docker pull ghcr.io/acme/${name}:${tag}`,
    package_url: `ghcr.io/acme/${name}:${tag}`,
    container_metadata: {
      tag: { name: tag, digest },
      labels: { revision: hex(20), source: `https://github.com/acme/${name}`, all_labels: labels },
      manifest: {
        digest,
        media_type: 'application/vnd.oci.image.manifest.v1+json',
        uri: `repositories/acme/${name}/manifests/${digest}`,
        size: 2_401,
        config: { digest: `sha256:${hex(32)}`, media_type: 'application/vnd.oci.image.config.v1+json', size: 9_020 },
        layers,
      },
    },
  };
  const found = {
    id: 500_000 + index,
    name,
    namespace: 'acme',
    description: '',
    ecosystem: 'CONTAINER',
    package_type: 'CONTAINER',
    html_url: `https://github.com/orgs/acme/packages/container/package/${name}`,
    created_at: '2026-11-23T10:15:00Z',
    updated_at: '2026-11-23T10:15:00Z',
    owner: user('acme'),
    package_version: version,
    registry: { about_url: '', name: 'GitHub CONTAINER registry', type: 'CONTAINER', url: '', vendor: 'GitHub Inc' },
  };
  const body = JSON.stringify({
    action: 'published',
    registry_package: found,
    repository: repository(`acme/${name}`),
    organization: user('acme'),
    sender: user('ada'),
  });
  return { event: 'registry_package', body };
}

/**
 * Of ten deliveries: four releases of images that are promoted, three manifests without a tag (children of an index), two pushes to
 * source repositories, one push to the config repository.
 */
export function payloadOf(index: number): Payload {
  const kind = index % 10;
  if (kind < 4) return registryPackage(index, `main-${index}-${hex(4)}`);
  if (kind < 7) return registryPackage(index, '');
  if (kind < 9) return push(`acme/${imageOf(index)}`, ['src/server.ts']);
  return push(CONFIG_REPOSITORY, [`apps/${imageOf(index)}/kustomization.yaml`]);
}
