// The Kubernetes API of Applications, Deployments and Pods: get, list, watch, merge-patch, and the discovery that kubectl needs.
// https://kubernetes.io/docs/reference/using-api/api-concepts/
import { type Context, Hono } from 'hono';
import { stream } from 'hono/streaming';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import { ConflictError, ExpiredError, type KubernetesStore, type WatchEvent } from './kubernetes-store.ts';

const RESOURCES = {
  applications: {
    group: 'argoproj.io',
    version: 'v1alpha1',
    kind: 'Application',
    singular: 'application',
    shortNames: ['app', 'apps'],
  },
  pods: { group: '', version: 'v1', kind: 'Pod', singular: 'pod', shortNames: ['po'] },
  deployments: { group: 'apps', version: 'v1', kind: 'Deployment', singular: 'deployment', shortNames: ['deploy'] },
} as const;
type Resource = (typeof RESOURCES)[keyof typeof RESOURCES];

/** The core group has no name, and a path of its own. */
const groupVersion = ({ group, version }: Resource): string => (group === '' ? version : `${group}/${version}`);
const pathOf = (resource: Resource): string => `${resource.group === '' ? '/api' : '/apis'}/${groupVersion(resource)}`;

/** Once a minute, and two before the end: https://kubernetes.io/docs/reference/using-api/api-concepts/#watch-bookmarks */
const BOOKMARK_INTERVAL_MS = 60_000;
const LAST_BOOKMARKS_MS = [2_000, 1_000];
const DEFAULT_TIMEOUT_SECONDS = 300;

function status(
  c: Context,
  code: ContentfulStatusCode,
  { reason, message, details }: { reason: string; message: string; details?: object },
): Response {
  const about = details ? { details } : {};
  const body = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, ...about, code };
  return c.json(body, code);
}

function notFound(c: Context, plural: string, { group }: Resource, name: string): Response {
  const qualified = group === '' ? plural : `${plural}.${group}`;
  const details = { name, ...(group === '' ? {} : { group }), kind: plural };
  return status(c, 404, { reason: 'NotFound', message: `${qualified} "${name}" not found`, details });
}

export function createKubernetesApi(store: KubernetesStore, token: string): Hono {
  const api = new Hono();
  api.onError((error, c) => status(c, 500, { reason: 'InternalError', message: error.message }));
  api.notFound((c) =>
    status(c, 404, { reason: 'NotFound', message: 'the server could not find the requested resource' }),
  );
  api.use(async (c, next) => {
    // kubectl sends no credentials over plain HTTP: on loopback anybody may read, and only the token allows changes.
    const authorization = c.req.header('authorization');
    const mayRead = authorization === undefined && c.req.method === 'GET';
    if (!mayRead && authorization !== `Bearer ${token}`)
      return status(c, 401, { reason: 'Unauthorized', message: 'Unauthorized' });
    await next();
    return undefined;
  });

  api.get('/version', (c) => c.json({ major: '1', minor: '35', gitVersion: 'v1.35.0-sandbox', platform: 'sandbox' }));
  api.get('/api', (c) => c.json({ kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] }));
  const groups = Object.values(RESOURCES).filter(({ group }) => group !== '');
  api.get('/apis', (c) => {
    const shapes = groups.map((resource) => {
      const version = { groupVersion: groupVersion(resource), version: resource.version };
      return { name: resource.group, versions: [version], preferredVersion: version };
    });
    return c.json({ kind: 'APIGroupList', apiVersion: 'v1', groups: shapes });
  });

  for (const [plural, resource] of Object.entries(RESOURCES)) {
    const base = pathOf(resource);
    api.get(base, (c) => {
      const { kind, singular, shortNames } = resource;
      const verbs = ['get', 'list', 'watch', 'patch'];
      const resources = [{ name: plural, singularName: singular, namespaced: true, kind, shortNames, verbs }];
      return c.json({
        kind: 'APIResourceList',
        apiVersion: 'v1',
        groupVersion: groupVersion(resource),
        resources,
      });
    });
    api.get(`${base}/${plural}`, (c) => listOrWatch(store, c, resource, undefined));
    api.get(`${base}/namespaces/:namespace/${plural}`, (c) =>
      listOrWatch(store, c, resource, c.req.param('namespace')),
    );
    api.get(`${base}/namespaces/:namespace/${plural}/:name`, (c) => {
      const found = store.get(resource.kind, c.req.param('namespace'), c.req.param('name'));
      return found ? c.json(found) : notFound(c, plural, resource, c.req.param('name'));
    });
    api.patch(`${base}/namespaces/:namespace/${plural}/:name`, async (c) => {
      const type = c.req.header('content-type')?.split(';')[0];
      if (type !== 'application/merge-patch+json') {
        const message = `the body of the request was in an unknown format: ${type ?? 'none'}`;
        return status(c, 415, { reason: 'UnsupportedMediaType', message });
      }
      try {
        const patched = store.patch(resource.kind, c.req.param('namespace'), c.req.param('name'), await c.req.json());
        return patched ? c.json(patched) : notFound(c, plural, resource, c.req.param('name'));
      } catch (error) {
        if (error instanceof ConflictError) return status(c, 409, { reason: 'Conflict', message: error.message });
        if (error instanceof SyntaxError) return status(c, 400, { reason: 'BadRequest', message: error.message });
        throw error;
      }
    });
  }
  return api;
}

type Selects = (object: KubernetesObject) => boolean;

/** Supports the field selector `metadata.name=` and label selectors of equality. */
function selection(c: Context, namespace: string | undefined): Selects {
  const { fieldSelector, labelSelector } = c.req.query();
  const name = fieldSelector?.match(/^metadata\.name=(.+)$/)?.[1];
  const pairs = labelSelector?.split(',').filter(Boolean) ?? [];
  const labels = pairs.map((pair) => pair.split(/==?/));
  return ({ metadata }) =>
    (!namespace || metadata.namespace === namespace) &&
    (!name || metadata.name === name) &&
    labels.every(([key, value]) => key !== undefined && metadata.labels?.[key] === value);
}

function listOrWatch(store: KubernetesStore, c: Context, resource: Resource, namespace: string | undefined): Response {
  const selects = selection(c, namespace);
  const watches = c.req.query('watch') === 'true' || c.req.query('watch') === '1';
  if (watches) return watch(store, c, resource, selects);
  const { kind } = resource;
  const items = store.list(kind).filter(selects);
  return c.json({
    apiVersion: groupVersion(resource),
    kind: `${kind}List`,
    metadata: { resourceVersion: store.version },
    items,
  });
}

function watch(store: KubernetesStore, c: Context, resource: Resource, selects: Selects): Response {
  const { kind } = resource;
  const from = c.req.query('resourceVersion');
  const bookmarks = c.req.query('allowWatchBookmarks') === 'true';
  const timeoutMs = Number(c.req.query('timeoutSeconds') ?? DEFAULT_TIMEOUT_SECONDS) * 1000;
  c.header('content-type', 'application/json');
  return stream(c, async (output) => {
    const { promise: over, resolve: end } = Promise.withResolvers<void>();
    const write = (event: object): void => void output.write(`${JSON.stringify(event)}\n`).catch(() => end());
    const send = (event: WatchEvent): void => {
      if (selects(event.object)) write(event);
    };
    let initial: WatchEvent[];
    try {
      initial =
        from === undefined || from === '' || from === '0'
          ? store.list(kind).map((object): WatchEvent => ({ type: 'ADDED', object }))
          : store.since(kind, Number(from));
    } catch (error) {
      if (!(error instanceof ExpiredError)) throw error;
      const expired = {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: error.message,
        reason: 'Expired',
        code: 410,
      };
      await output.write(`${JSON.stringify({ type: 'ERROR', object: expired })}\n`);
      return;
    }
    initial.forEach(send);
    const unsubscribe = store.watch((changed, event) => {
      if (changed === kind) send(event);
    });
    const mark = (): void => {
      const metadata = { resourceVersion: store.version };
      if (bookmarks) write({ type: 'BOOKMARK', object: { apiVersion: groupVersion(resource), kind, metadata } });
    };
    const bookmark = setInterval(mark, BOOKMARK_INTERVAL_MS);
    const last = LAST_BOOKMARKS_MS.filter((before) => before < timeoutMs).map((before) =>
      setTimeout(mark, timeoutMs - before),
    );
    const timeout = setTimeout(end, timeoutMs);
    output.onAbort(end);
    await over;
    clearInterval(bookmark);
    [timeout, ...last].forEach(clearTimeout);
    unsubscribe();
  });
}
