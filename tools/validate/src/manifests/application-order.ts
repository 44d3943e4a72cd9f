// Between Applications: each comes after its project, its namespaces and its CRDs, and nothing comes after what may never become healthy.
// Argo CD begins a wave when everything in the wave before is healthy.
import type { Finding } from '../check.ts';
import type { ApplicationNode, Tree } from './application-tree.ts';
import type { ChartContract } from './chart-contracts.ts';
import type { Manifest } from './render.ts';

/** Made with the cluster, by Terraform or by hand, before the first Application. */
const MADE_BEFORE = {
  projects: new Set(['default']),
  namespaces: new Set(['argocd', 'kube-system', 'default']),
  kinds: new Set([
    'eks.amazonaws.com/IngressClassParams',
    // Operators of components that nobody has by default; each component says that it needs one.
    'postgresql.cnpg.io/Cluster',
    'http.keda.sh/HTTPScaledObject',
  ]),
};
const OBSERVABILITY = 'observability';

/** Kubernetes' own groups have no dot, or end like this. */
const isBuiltIn = (group: string): boolean => !group.includes('.') || group.endsWith('.k8s.io');
/** `external-secrets.io/ExternalSecret`. */
export function kindOf({ apiVersion, kind }: Manifest): string {
  return `${apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''}/${kind}`;
}

const at = ({ name, file }: ApplicationNode): string => `${file}: ${name}`;

export function projectFindings({ projects, applications }: Tree): Finding[] {
  return applications.flatMap((application): Finding[] => {
    const { project, wave } = application;
    if (MADE_BEFORE.projects.has(project)) return [];
    const made = projects.find(({ name }) => name === project);
    if (!made) return [{ where: at(application), what: `project ${project} does not exist` }];
    if (made.wave < wave) return [];
    return [
      {
        where: at(application),
        what: `wave ${wave}, and its project ${project} is made in wave ${made.wave}, not before`,
      },
    ];
  });
}

/** Custom resources need the CRD of a chart in an earlier wave. In the chart's own Application, the resource has a later wave. */
export function kindFindings(
  { applications }: Tree,
  contracts: ReadonlyMap<string, ChartContract>,
  waveOf: (manifest: Manifest) => number,
): Finding[] {
  const makers = applications.flatMap((application) =>
    application.charts.flatMap(({ name }) =>
      (contracts.get(name)?.kinds ?? []).map((kind): [string, ApplicationNode] => [kind, application]),
    ),
  );
  const makerOf = new Map(makers);
  return applications.flatMap((application) =>
    application.objects.flatMap((manifest): Finding[] => {
      const kind = kindOf(manifest);
      if (isBuiltIn(kind.slice(0, kind.indexOf('/'))) || MADE_BEFORE.kinds.has(kind)) return [];
      const where = `${at(application)}: ${manifest.kind} ${manifest.metadata.name}`;
      const maker = makerOf.get(kind);
      if (!maker) return [{ where, what: `no chart of an Application makes the kind ${kind}` }];
      if (maker === application)
        return waveOf(manifest) > 0
          ? []
          : [{ where, what: `its kind comes from the chart of the same Application: it needs a wave above 0` }];
      if (maker.wave < application.wave) return [];
      return [
        {
          where,
          what: `wave ${application.wave}, and its kind comes with ${maker.name} in wave ${maker.wave}, not before`,
        },
      ];
    }),
  );
}

/** In the same wave only where attempts do not end. */
export function namespaceFindings({ applications }: Tree): Finding[] {
  return applications.flatMap((application) => {
    const needed = new Set([
      application.namespace,
      ...application.objects.flatMap(({ metadata }) => metadata.namespace ?? []),
    ]);
    return [...needed].flatMap((namespace): Finding[] => {
      if (MADE_BEFORE.namespaces.has(namespace)) return [];
      if (application.makesNamespace && namespace === application.namespace) return [];
      const made = applications.some(
        (other) =>
          other.makesNamespace &&
          other.namespace === namespace &&
          (other.wave < application.wave || (other.wave === application.wave && (application.retry?.limit ?? 0) < 0)),
      );
      return made ? [] : [{ where: at(application), what: `nothing makes its namespace ${namespace} before it` }];
    });
  });
}

/** Everything that services can do without, and what is unreleased until somebody releases it, is in the last wave. */
export function gateFindings({ applications }: Tree): Finding[] {
  const last = Math.max(...applications.map(({ wave }) => wave));
  return applications.flatMap((application): Finding[] => {
    const later = applications.find(({ wave, namespace }) => wave > application.wave && namespace !== OBSERVABILITY);
    if (application.namespace === OBSERVABILITY && later)
      return [{ where: at(application), what: `${later.name}, in wave ${later.wave}, waits for observability` }];
    const isUnreleased = JSON.stringify(application.objects).includes(':unreleased"');
    if (isUnreleased && application.wave < last)
      return [{ where: at(application), what: `it may be unreleased, and wave ${last} waits for it` }];
    return [];
  });
}

/** An attempt at an old commit must not keep a newer one waiting, and what others wait for is attempted until it succeeds. */
export function retryFindings({ applications }: Tree): Finding[] {
  return applications.flatMap((application): Finding[] => {
    const { retry, wave } = application;
    const later = applications.find((other) => other.wave > wave);
    if (retry?.refresh !== true)
      return [{ where: at(application), what: 'retry.refresh must be true: a newer commit waits behind its attempts' }];
    if (later && retry.limit >= 0)
      return [{ where: at(application), what: `${later.name} waits for it: its attempts must not end (limit: -1)` }];
    return [];
  });
}
