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
/** https://argo-cd.readthedocs.io/en/stable/operator-manual/declarative-setup/#clusters */
const OWN_SERVER = 'https://kubernetes.default.svc';

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

/** A workload, or why there is none; undefined where nothing of that name is there. */
type Answer = Workload | { unreadable: string } | undefined;

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

  async function workloadAt(place: Place): Promise<Answer> {
    const { kind, name, namespace } = place;
    try {
      const found = (await get[kind](place)) as object;
      const parsed = Workload.safeParse({ ...found, kind });
      if (parsed.success) return parsed.data;
      logger.warn({ err: parsed.error, kind, name, namespace }, 'workload not understood');
      return { unreadable: `${kind} ${name} in namespace ${namespace} is not understood` };
    } catch (error) {
      const code = statusCodeOf(error);
      if (code === 404) return undefined;
      if (code !== 403) throw error;
      const what = `${PLURALS[kind]} in namespace ${namespace}`;
      if (!warned.has(what)) logger.warn({ namespace, kind }, 'workloads may not be read');
      warned.add(what);
      return {
        unreadable: `forbidden: the promoter may not get ${what}; a Role there must allow it (components/observed)`,
      };
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
      const cluster = otherCluster(application);
      const answers = cluster === undefined ? await Promise.all(placesOf(application).map(workloadAt)) : [];
      const workloads = answers.flatMap((answer) => (answer && 'kind' in answer ? [answer] : []));
      const [unreadable] = answers.flatMap((answer) => (answer && 'unreadable' in answer ? [answer.unreadable] : []));
      const pods = await Promise.all(workloads.map((one) => podsOf(one, workloads)));
      return {
        application,
        workloads,
        unreadable: cluster === undefined ? unreadable : `it deploys to ${cluster}, whose workloads are not read`,
        pods: pods.flatMap(({ found }) => found),
        hasAllPods: pods.every(({ areAll }) => areAll),
        windows: await windowsOf(application),
      };
    },
  };
}

/** What has the same names in this cluster would prove nothing. @returns undefined for the cluster that Argo CD itself runs in. */
function otherCluster({ spec: { destination } }: Application): string | undefined {
  if (destination?.name) return destination.name === 'in-cluster' ? undefined : `cluster ${destination.name}`;
  return !destination?.server || destination.server === OWN_SERVER ? undefined : destination.server;
}

function placesOf({ status }: Application): Place[] {
  return (status.resources ?? []).flatMap(({ group, kind, name, namespace }) =>
    isKind(kind) && namespace && (group ?? GROUPS[kind]) === GROUPS[kind] ? [{ kind, name, namespace }] : [],
  );
}
