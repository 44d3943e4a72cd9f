import { accountOf, type Hub, repositoryNamed } from '../hub.ts';
import type { CheckRun } from '../world.ts';
import { simpleUser } from './account.ts';
import { nodeId } from './links.ts';

const FIRST_APP_CREATED = '2026-01-01T00:00:00Z';

/** The `integration` schema: the App that created a check run. */
export function integrationShape(hub: Hub, slug: string) {
  const owner = accountOf(hub, hub.app.organization);
  const own = slug === hub.app.slug;
  return {
    id: own ? hub.app.id : 15_368,
    slug,
    node_id: nodeId('App', own ? hub.app.id : 15_368),
    owner: simpleUser(hub.links, owner),
    name: own ? 'Promoter' : 'GitHub Actions',
    description: '',
    external_url: hub.links.origin,
    html_url: `${hub.links.origin}/apps/${slug}`,
    created_at: FIRST_APP_CREATED,
    updated_at: FIRST_APP_CREATED,
    permissions: own ? { ...hub.app.grants } : { checks: 'write' },
    events: own ? [...hub.webhooks.appHook.events] : [],
  };
}

/** The `check-run` schema. */
export function checkRunShape(hub: Hub, run: CheckRun) {
  const repository = repositoryNamed(hub, run.repository);
  const url = `${hub.links.repositoryApi(repository)}/check-runs/${run.id}`;
  const minimal = { id: repository.id, name: repository.name, url: hub.links.repositoryApi(repository) };
  const pulls = hub.store.world.pullRequests.filter(
    (pull) => pull.repository === run.repository && pull.headSha === run.headSha,
  );
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId('CheckRun', run.id),
    head_sha: run.headSha,
    external_id: run.externalId,
    url,
    html_url: `${hub.links.repositoryPage(repository)}/runs/${run.id}`,
    details_url: run.detailsUrl ?? `${hub.links.repositoryPage(repository)}/runs/${run.id}`,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt,
    completed_at: run.completedAt,
    output: {
      title: run.title,
      summary: run.summary,
      text: null,
      annotations_count: 0,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: run.id },
    app: integrationShape(hub, run.appSlug),
    pull_requests: pulls.map((pull) => ({
      id: pull.id,
      number: pull.number,
      url: `${hub.links.repositoryApi(repository)}/pulls/${pull.number}`,
      head: { ref: pull.headRef, sha: pull.headSha, repo: minimal },
      base: { ref: pull.baseRef, sha: pull.baseSha, repo: minimal },
    })),
  };
}
