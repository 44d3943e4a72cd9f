// The Kubernetes stand-in, used with an unmodified @kubernetes/client-node.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  AppsV1Api,
  CustomObjectsApi,
  KubeConfig,
  PatchStrategy,
  setHeaderOptions,
  Watch,
} from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKubernetesApi } from '../../src/cluster/kubernetes-api.ts';
import { createKubernetesStore, type KubernetesStore } from '../../src/cluster/kubernetes-store.ts';
import type { KubernetesObject } from '../../src/kubernetes/kubernetes-object.ts';
import { listen, type Listening } from '../../src/http/listen.ts';

const RECORDED = path.join(import.meta.dirname, '../../../promoter/test/recordings/argocd-3.5.1/15-http/http.jsonl');
interface Exchange {
  title: string;
  body?: string;
  lines?: { line: string }[];
}
function recorded(title: string): Exchange {
  const exchanges = readFileSync(RECORDED, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Exchange);
  const found = exchanges.find((exchange) => exchange.title.startsWith(title));
  if (!found) throw new Error(`${title}: not recorded`);
  return found;
}

const GROUP = { group: 'argoproj.io', version: 'v1alpha1', namespace: 'argocd', plural: 'applications' };
const PATH = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications';

describe('the Kubernetes API', () => {
  let store: KubernetesStore;
  let server: Listening;
  let config: KubeConfig;
  let applications: CustomObjectsApi;

  const application = (name: string): KubernetesObject => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, namespace: 'argocd', labels: { team: name } },
    spec: { project: 'default' },
  });
  const kubeConfig = (token: string): KubeConfig => {
    const made = new KubeConfig();
    made.loadFromOptions({
      clusters: [{ name: 'c', server: server.url, skipTLSVerify: true }],
      users: [{ name: 'u', token }],
      contexts: [{ name: 'x', cluster: 'c', user: 'u' }],
      currentContext: 'x',
    });
    return made;
  };
  const patch = (name: string, body: object) =>
    applications.patchNamespacedCustomObject(
      { ...GROUP, name, body },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    );

  beforeAll(async () => {
    store = createKubernetesStore(() => new Date());
    server = await listen('Kubernetes', (request) => createKubernetesApi(store, 'token').fetch(request), 0);
    config = kubeConfig('token');
    applications = config.makeApiClient(CustomObjectsApi);
    store.apply(application('one'));
    store.apply(application('two'));
    store.apply({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'todo', namespace: 'todo-dev' },
      spec: { replicas: 1 },
    });
  });
  afterAll(() => server.close());

  it('lists, gets and selects', async () => {
    const list = (await applications.listNamespacedCustomObject(GROUP)) as {
      kind: string;
      items: unknown[];
      metadata: { resourceVersion: string };
    };
    const selected = (await applications.listNamespacedCustomObject({ ...GROUP, labelSelector: 'team=two' })) as {
      items: KubernetesObject[];
    };
    const deployment = await config
      .makeApiClient(AppsV1Api)
      .readNamespacedDeployment({ name: 'todo', namespace: 'todo-dev' });

    expect([list.kind, list.items.length]).toEqual(['ApplicationList', 2]);
    expect(Number(list.metadata.resourceVersion)).toBeGreaterThan(0);
    expect(selected.items.map(({ metadata }) => metadata.name)).toEqual(['two']);
    expect(deployment.spec?.replicas).toBe(1);
  });

  it('patches by RFC 7396: adds, replaces, removes with null', async () => {
    await patch('one', { metadata: { annotations: { a: '1', b: '2' } } });
    const patched = (await patch('one', { metadata: { annotations: { a: null, b: '3' } } })) as KubernetesObject;

    expect(patched.metadata.annotations).toEqual({ b: '3' });
    expect(patched['spec']).toEqual({ project: 'default' });
  });

  it('refuses as Kubernetes does: 401, 404, 409, 415', async () => {
    const codeOf = (work: Promise<unknown>): Promise<unknown> =>
      work.then(
        () => 200,
        (error: { code?: number }) => error.code,
      );
    const stranger = kubeConfig('wrong').makeApiClient(CustomObjectsApi);

    expect(await codeOf(stranger.listNamespacedCustomObject(GROUP))).toBe(401);
    expect(await codeOf(applications.getNamespacedCustomObject({ ...GROUP, name: 'missing' }))).toBe(404);
    expect(await codeOf(patch('one', { metadata: { resourceVersion: '1' } }))).toBe(409);
    expect(
      await codeOf(
        applications.patchNamespacedCustomObject(
          { ...GROUP, name: 'one', body: [] },
          setHeaderOptions('Content-Type', PatchStrategy.JsonPatch),
        ),
      ),
    ).toBe(415);
  });

  it('counts generations with the spec, and resource versions with everything', () => {
    const before = store.get('Deployment', 'todo-dev', 'todo');
    const status = store.patch('Deployment', 'todo-dev', 'todo', { status: { replicas: 1 } });
    const spec = store.patch('Deployment', 'todo-dev', 'todo', { spec: { replicas: 2 } });

    expect([before, status, spec].map((object) => object?.metadata['generation'])).toEqual([1, 1, 2]);
    expect(Number(spec?.metadata['resourceVersion'])).toBeGreaterThan(Number(status?.metadata['resourceVersion']));
  });

  async function watch(
    query: Record<string, string | boolean>,
    until: (seen: string[]) => boolean,
    act: () => Promise<unknown>,
  ): Promise<string[]> {
    const seen: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const watching = await new Watch(config).watch(
      PATH,
      query,
      (type, object: { metadata?: { name?: string }; code?: number }) => {
        seen.push(`${type} ${object.metadata?.name ?? object.code ?? ''}`.trim());
        if (until(seen)) resolve();
      },
      () => resolve(),
    );
    await act();
    await promise;
    watching.abort();
    return seen;
  }

  it('watches from a resource version: nothing before it, everything after it', async () => {
    const from = store.version;
    await patch('two', { metadata: { annotations: { n: '0' } } });
    const seen = await watch(
      { resourceVersion: from },
      ({ length }) => length === 2,
      () => patch('one', { metadata: { annotations: { n: '1' } } }),
    );

    expect(seen).toEqual(['MODIFIED two', 'MODIFIED one']);
  });

  it('watches without a version: existing objects come first', async () => {
    const seen = await watch(
      {},
      ({ length }) => length === 3,
      () => patch('one', { metadata: { annotations: { n: '2' } } }),
    );

    expect(seen).toEqual(['ADDED one', 'ADDED two', 'MODIFIED one']);
  });

  it('answers with the same body as a recorded API server: 401, 404, and 410 in a watch', async () => {
    const get = async (url: string, token = 'token'): Promise<unknown> =>
      JSON.parse(await (await fetch(`${server.url}${url}`, { headers: { authorization: `Bearer ${token}` } })).text());
    for (let round = 0; round < 1100; round += 1)
      store.patch('Application', 'argocd', 'one', { metadata: { annotations: { round: String(round) } } });
    const expired = (await get(`${PATH}?watch=true&resourceVersion=1`)) as { object: { message: string } };
    const real = JSON.parse(recorded('WATCH from an expired').lines?.[0]?.line ?? '') as typeof expired;

    expect(await get(PATH, 'wrong')).toEqual(JSON.parse(recorded('a token that is not valid').body ?? ''));
    expect(await get(`${PATH}/nobody`)).toEqual(JSON.parse(recorded('GET of an Application that does not').body ?? ''));
    expect({ ...expired, object: { ...expired.object, message: '' } }).toEqual({
      ...real,
      object: { ...real.object, message: '' },
    });
    expect([expired.object.message, real.object.message].map((text) => text.replaceAll(/\d+/g, 'n'))).toEqual([
      'too old resource version: n (n)',
      'too old resource version: n (n)',
    ]);
  });

  it('sends two bookmarks before the end of a watch, as a recorded one did', async () => {
    const query = `watch=true&allowWatchBookmarks=true&timeoutSeconds=3&resourceVersion=${store.version}`;
    const answer = await fetch(`${server.url}${PATH}?${query}`, { headers: { authorization: 'Bearer token' } });
    const typesOf = (lines: readonly string[]) => lines.map((line) => (JSON.parse(line) as { type: string }).type);
    const real = recorded('WATCH of Applications for 75 s').lines?.map(({ line }) => line) ?? [];

    expect(typesOf((await answer.text()).trim().split('\n'))).toEqual(['BOOKMARK', 'BOOKMARK']);
    expect(typesOf(real).filter((type) => type === 'BOOKMARK')).toHaveLength(3); // the first after a minute
  });

  it('ends a watch after its timeout', async () => {
    expect(
      await watch(
        { resourceVersion: store.version, timeoutSeconds: '1' },
        () => false,
        () => Promise.resolve(),
      ),
    ).toEqual([]);
  });

  it('answers 410 for a version older than its history', async () => {
    for (let round = 0; round < 1100; round += 1)
      store.patch('Application', 'argocd', 'one', { metadata: { annotations: { round: String(round) } } });

    expect(
      await watch(
        { resourceVersion: '2' },
        ({ length }) => length === 1,
        () => Promise.resolve(),
      ),
    ).toEqual(['ERROR 410']);
  });
});
