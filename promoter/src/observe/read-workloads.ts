// Reads what an Application deploys: its workloads, their pods, and the windows of its project. Rights are given by namespace: what may
// not be read is one Application's problem.
import { AppsV1Api, CoreV1Api, CustomObjectsApi, type KubeConfig } from '@kubernetes/client-node';
import type { Logger } from '@delivery/telemetry/logger';
import { statusCodeOf } from './describe-api-error.ts';
import type { ClusterFacts } from './judge-rollout.ts';
import type { Application } from './parse-application.ts';
import { isPodOf, Pod } from './parse-pod.ts';
import { referredBy, Workload } from './parse-workload.ts';
import { AppProject, describeWindows } from './sync-windows.ts';

export interface WorkloadReader {
  /** @throws what the API server answers, unless it says 403 or 404. */
  read(application: Application): Promise<ClusterFacts>;
}

export interface WorkloadReaderDeps {
  config: KubeConfig;
  /** Where Argo CD's projects are. */
  argocdNamespace: string;
  logger: Logger;
}

const ARGO = { group: 'argoproj.io', version: 'v1alpha1' } as const;
const MAX_PODS = 500;

interface Place {
  kind: Workload['kind'];
  name: string;
  namespace: string;
}
const PLURALS = {
  Deployment: 'deployments',
  StatefulSet: 'statefulsets',
  DaemonSet: 'daemonsets',
  Rollout: 'rollouts',
} as const;
const GROUPS = { Deployment: 'apps', StatefulSet: 'apps', DaemonSet: 'apps', Rollout: ARGO.group } as const;
const isKind = (kind: string): kind is Workload['kind'] => kind in PLURALS;

const FORBIDDEN = Symbol('forbidden');

export function createWorkloadReader({ config, argocdNamespace, logger }: WorkloadReaderDeps): WorkloadReader {
  const apps = config.makeApiClient(AppsV1Api);
  const core = config.makeApiClient(CoreV1Api);
  const custom = config.makeApiClient(CustomObjectsApi);
  const warned = new Set<string>();

  const get = {
    Deployment: (at: Place) => apps.readNamespacedDeployment(at),
    StatefulSet: (at: Place) => apps.readNamespacedStatefulSet(at),
    DaemonSet: (at: Place) => apps.readNamespacedDaemonSet(at),
    Rollout: ({ name, namespace }: Place): Promise<unknown> =>
      custom.getNamespacedCustomObject({ ...ARGO, plural: PLURALS.Rollout, name, namespace }),
  };

  async function workloadAt(place: Place): Promise<Workload | typeof FORBIDDEN | undefined> {
    try {
      return Workload.parse({ ...((await get[place.kind](place)) as object), kind: place.kind });
    } catch (error) {
      const code = statusCodeOf(error);
      if (code === 404) return undefined;
      if (code !== 403) throw error;
      const what = `${PLURALS[place.kind]} in namespace ${place.namespace}`;
      if (!warned.has(what)) logger.warn({ namespace: place.namespace, kind: place.kind }, 'workloads may not be read');
      warned.add(what);
      return FORBIDDEN;
    }
  }

  async function podsOf(workload: Workload, all: readonly Workload[]): Promise<{ found: Pod[]; areAll: boolean }> {
    const { kind, metadata, spec } = workload;
    const selector = spec.selector ?? (kind === 'Rollout' ? referredBy(workload, all)?.spec.selector : undefined);
    const labels = Object.entries(selector?.matchLabels ?? {});
    if (labels.length === 0) return { found: [], areAll: false };
    const labelSelector = labels.map(([key, value]) => `${key}=${value}`).join(',');
    try {
      const { items } = await core.listNamespacedPod({
        namespace: metadata.namespace,
        labelSelector,
        limit: MAX_PODS,
      });
      const found = items.flatMap((item) => Pod.safeParse(item).data ?? []);
      return { found: found.filter((pod) => isPodOf(pod, workload)), areAll: items.length < MAX_PODS };
    } catch (error) {
      logger.debug({ err: error, namespace: metadata.namespace }, 'pods not read');
      return { found: [], areAll: false };
    }
  }

  /** Asked only where nothing else says why a change is not synced. */
  async function windowsOf(application: Application): Promise<string> {
    const { operation, spec, status } = application;
    const isIdle = !operation && (!status.operationState || status.operationState.phase !== 'Running');
    if (status.sync?.status !== 'OutOfSync' || !isIdle || spec.project === undefined) return '';
    try {
      const at = { ...ARGO, plural: 'appprojects', namespace: argocdNamespace, name: spec.project };
      const project = AppProject.safeParse(await custom.getNamespacedCustomObject(at)).data;
      return project ? describeWindows(project, application) : '';
    } catch (error) {
      logger.debug({ err: error, project: spec.project }, 'project not read');
      return '';
    }
  }

  return {
    async read(application) {
      const places = placesOf(application);
      const answers = await Promise.all(places.map(workloadAt));
      const workloads = answers.filter((one) => one !== undefined && one !== FORBIDDEN);
      const pods = await Promise.all(workloads.map((one) => podsOf(one, workloads)));
      const forbidden = places.find((_place, at) => answers[at] === FORBIDDEN);
      return {
        application,
        workloads,
        forbidden: forbidden && whatIsForbidden(forbidden),
        pods: pods.flatMap(({ found }) => found),
        hasAllPods: pods.every(({ areAll }) => areAll),
        windows: await windowsOf(application),
      };
    },
  };
}

const whatIsForbidden = ({ kind, namespace }: Place): string =>
  `forbidden: the promoter may not get ${PLURALS[kind]} in namespace ${namespace}; a Role there must allow it (components/observed)`;

function placesOf({ status }: Application): Place[] {
  return (status.resources ?? []).flatMap(({ group, kind, name, namespace }) =>
    isKind(kind) && namespace && (group ?? GROUPS[kind]) === GROUPS[kind] ? [{ kind, name, namespace }] : [],
  );
}
