// What is required of every workload: the restricted Pod Security Standard, resources, probes, its own service account, a digest.
// https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
import { z } from 'zod';
import type { Check, Finding } from '../check.ts';
import { KUSTOMIZE, type Manifest, renderAll } from './render.ts';

const Quantities = z.record(z.string(), z.unknown()).default({});
const Container = z.object({
  name: z.string(),
  image: z.string(),
  securityContext: z
    .object({
      allowPrivilegeEscalation: z.boolean().optional(),
      privileged: z.boolean().default(false),
      readOnlyRootFilesystem: z.boolean().default(false),
      capabilities: z
        .object({ drop: z.array(z.string()).default([]), add: z.array(z.string()).default([]) })
        .prefault({}),
    })
    .prefault({}),
  resources: z.object({ requests: Quantities, limits: Quantities }).prefault({}),
  readinessProbe: z.unknown().optional(),
  livenessProbe: z.unknown().optional(),
});
const PodSpec = z.object({
  serviceAccountName: z.string().optional(),
  automountServiceAccountToken: z.boolean().optional(),
  hostNetwork: z.boolean().default(false),
  hostPID: z.boolean().default(false),
  terminationGracePeriodSeconds: z.number().optional(),
  securityContext: z
    .object({
      runAsNonRoot: z.boolean().default(false),
      runAsUser: z.number().optional(),
      seccompProfile: z.object({ type: z.string() }).optional(),
    })
    .prefault({}),
  containers: z.array(Container).min(1),
  initContainers: z.array(Container).default([]),
  volumes: z.array(z.record(z.string(), z.unknown())).default([]),
});
type PodSpec = z.infer<typeof PodSpec>;
type Container = z.infer<typeof Container>;

const ALLOWED_VOLUMES = new Set([
  'configMap',
  'emptyDir',
  'persistentVolumeClaim',
  'projected',
  'secret',
  'downwardAPI',
]);

/** Each returns what is wrong, or false. */
const POD_RULES: ((pod: PodSpec) => string | false)[] = [
  (pod) => !pod.securityContext.runAsNonRoot && 'runAsNonRoot must be true',
  (pod) => (pod.securityContext.runAsUser ?? 0) === 0 && 'runAsUser must name a user that is not root',
  (pod) => pod.securityContext.seccompProfile?.type !== 'RuntimeDefault' && 'seccompProfile must be RuntimeDefault',
  (pod) => (pod.hostNetwork || pod.hostPID) && 'hostNetwork and hostPID must be false',
  (pod) => (pod.serviceAccountName ?? 'default') === 'default' && 'it needs a service account of its own, not default',
  (pod) => pod.automountServiceAccountToken === undefined && 'automountServiceAccountToken must be set',
  (pod) =>
    pod.volumes.some((volume) => Object.keys(volume).some((key) => key !== 'name' && !ALLOWED_VOLUMES.has(key))) &&
    'a volume that the restricted standard does not allow',
];
const CONTAINER_RULES: ((container: Container) => string | false)[] = [
  ({ securityContext }) =>
    securityContext.allowPrivilegeEscalation !== false && 'allowPrivilegeEscalation must be false',
  ({ securityContext }) => securityContext.privileged && 'privileged must be false',
  ({ securityContext }) => !securityContext.readOnlyRootFilesystem && 'readOnlyRootFilesystem must be true',
  ({ securityContext: { capabilities } }) =>
    (!capabilities.drop.includes('ALL') || capabilities.add.length > 0) && 'capabilities: drop ALL, add none',
  ({ resources }) => !('cpu' in resources.requests) && 'resources.requests.cpu is missing',
  ({ resources }) => !('memory' in resources.requests) && 'resources.requests.memory is missing',
  ({ resources }) => !('memory' in resources.limits) && 'resources.limits.memory is missing',
];
const SERVER_RULES: ((container: Container) => string | false)[] = [
  ({ readinessProbe }) => readinessProbe === undefined && 'readinessProbe is missing',
  ({ livenessProbe }) => livenessProbe === undefined && 'livenessProbe is missing',
];
const RELEASED_IMAGE = /^[^@:]+(?::\d+)?[^@:]*:[\w.-]+@sha256:[0-9a-f]{64}$/;

const PodTemplate = z.object({ template: z.object({ spec: PodSpec }) });
const WORKLOADS = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'Rollout']);
const SERVERS = new Set(['Deployment', 'Rollout']);

function podOf({ kind, spec }: Manifest): PodSpec | undefined {
  return WORKLOADS.has(kind) ? PodTemplate.parse(spec).template.spec : undefined;
}

export const policyCheck: Check = {
  name: 'workloads are restricted, bounded, probed, deployed by digest, behind a network policy',
  needs: [KUSTOMIZE],
  async run(root) {
    const findings: Finding[] = [];
    let count = 0;
    for (const { name, objects } of await renderAll(root)) {
      const workloads = objects.flatMap((manifest) => {
        const pod = podOf(manifest);
        return pod ? [{ manifest, pod }] : [];
      });
      for (const { manifest, pod } of workloads) {
        count += 1;
        const at = `${name}: ${manifest.kind} ${manifest.metadata.name}`;
        for (const rule of POD_RULES) {
          const what = rule(pod);
          if (what) findings.push({ where: at, what });
        }
        for (const container of [...pod.containers, ...pod.initContainers]) {
          const rules = SERVERS.has(manifest.kind) ? [...CONTAINER_RULES, ...SERVER_RULES] : CONTAINER_RULES;
          for (const rule of rules) {
            const what = rule(container);
            if (what) findings.push({ where: `${at}, container ${container.name}`, what });
          }
          const isReleased = !container.image.endsWith(':unreleased');
          if (isReleased && !RELEASED_IMAGE.test(container.image))
            findings.push({ where: at, what: `${container.image}: deploy by tag and digest, name:tag@sha256:...` });
        }
        const { namespace } = manifest.metadata;
        const denied = objects.some(
          (other) =>
            other.kind === 'NetworkPolicy' &&
            other.metadata.name === 'default-deny' &&
            other.metadata.namespace === namespace,
        );
        if (!denied)
          findings.push({ where: at, what: `namespace ${namespace ?? '(none)'} has no default-deny NetworkPolicy` });
      }
    }
    return { looked: `${count} workloads`, findings };
  },
};
