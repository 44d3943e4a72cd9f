// What GitHub sends: the fields that are read, and some that are not.
export interface Sent {
  event: string;
  payload: Record<string, unknown>;
}

const sha = 'c'.repeat(40);
const digest = `sha256:${'ab'.repeat(32)}`;
const time = '2026-11-23T10:15:00Z';
const repository = (full: string) => ({
  id: 7,
  full_name: full,
  html_url: `https://github.com/${full}`,
  default_branch: 'main',
  owner: { login: full.split('/')[0], type: 'Organization' },
});
const config = repository('acme/gitops-config');
const source = repository('acme/todo');

const published = {
  name: 'todo',
  namespace: 'acme',
  package_type: 'CONTAINER',
  registry: { type: 'container' },
  package_version: {
    version: digest,
    package_url: 'ghcr.io/acme/todo:main-7-abcdef0',
    container_metadata: {
      tag: { name: 'main-7-abcdef0', digest },
      labels: { revision: '', all_labels: { 'org.opencontainers.image.revision': sha } },
      manifest: { config: { media_type: 'application/vnd.oci.image.config.v1+json' } },
    },
  },
};
const pull = {
  number: 7,
  state: 'open',
  head: { ref: 'promote/todo/prod', sha },
  base: { ref: 'main', sha },
  user: { login: 'dana', type: 'User' },
};
const commit = { id: sha, message: 'feat: x\n\nbody', timestamp: time, author: { name: 'Dana', username: 'dana' } };
const run = {
  id: 1,
  run_attempt: 1,
  name: 'release',
  head_branch: 'main',
  head_sha: sha,
  event: 'push',
  status: 'completed',
  conclusion: 'success',
  html_url: 'https://github.com/acme/todo/actions/runs/1',
  created_at: time,
  run_started_at: time,
  updated_at: time,
  actor: { login: 'dana' },
};
const job = {
  ...run,
  run_id: 1,
  started_at: time,
  completed_at: time,
  runner_name: 'runner 1',
  steps: [
    { name: 'build', number: 1, status: 'completed', conclusion: 'success', started_at: time, completed_at: time },
  ],
};

export const payloads: readonly Sent[] = [
  { event: 'registry_package', payload: { action: 'published', registry_package: published, repository: source } },
  { event: 'package', payload: { action: 'updated', package: published, repository: source } },
  {
    event: 'push',
    payload: {
      ref: 'refs/heads/main',
      after: sha,
      forced: false,
      repository: config,
      pusher: { name: 'dana' },
      head_commit: commit,
      commits: [{ ...commit, added: ['a.yaml'], modified: ['promotion.yaml'], removed: [] }],
    },
  },
  {
    event: 'push',
    payload: {
      ref: 'refs/heads/main',
      after: sha,
      forced: false,
      repository: { ...source, pushed_at: 1_800_000_000 },
      pusher: { name: 'dana' },
      head_commit: commit,
      commits: [commit, commit],
    },
  },
  { event: 'pull_request', payload: { action: 'closed', pull_request: pull, repository: config } },
  {
    event: 'pull_request_review',
    payload: { action: 'submitted', review: { state: 'approved' }, pull_request: pull, repository: config },
  },
  {
    event: 'check_run',
    payload: { action: 'completed', check_run: { name: 'validate', pull_requests: [pull] }, repository: config },
  },
  {
    event: 'status',
    payload: { state: 'success', sha, context: 'plan', branches: [{ name: 'promote/todo/prod' }], repository: config },
  },
  { event: 'workflow_run', payload: { action: 'completed', workflow_run: run, repository: source } },
  { event: 'workflow_job', payload: { action: 'completed', workflow_job: job, repository: source } },
  { event: 'ping', payload: { zen: 'Keep it logically awesome.', hook_id: 1 } },
];
