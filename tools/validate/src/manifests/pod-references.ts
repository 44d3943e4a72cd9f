// What a pod must find when it is created: accounts, Secrets, ConfigMaps and claims, by name.
import { z } from 'zod';
import type { Manifest } from './render.ts';

const Named = z.object({ name: z.string(), optional: z.boolean().default(false) });
const Container = z.object({
  env: z
    .array(
      z.object({
        valueFrom: z.object({ secretKeyRef: Named.optional(), configMapKeyRef: Named.optional() }).optional(),
      }),
    )
    .default([]),
  envFrom: z.array(z.object({ secretRef: Named.optional(), configMapRef: Named.optional() })).default([]),
});
const Source = z.object({
  secret: z
    .object({ secretName: z.string().optional(), name: z.string().optional(), optional: z.boolean().default(false) })
    .optional(),
  configMap: Named.optional(),
  persistentVolumeClaim: z.object({ claimName: z.string() }).optional(),
});
const Volume = Source.extend({ projected: z.object({ sources: z.array(Source).default([]) }).optional() });
const PodTemplate = z.object({
  template: z.object({
    spec: z.object({
      serviceAccountName: z.string().default('default'),
      imagePullSecrets: z.array(z.object({ name: z.string() })).default([]),
      containers: z.array(Container),
      initContainers: z.array(Container).default([]),
      volumes: z.array(Volume).default([]),
    }),
  }),
});

/** `ServiceAccount/todo`. */
export type Reference = `${string}/${string}`;

const WORKLOADS = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'Rollout']);

/** Without what is optional, and without the account that every namespace has. */
export function podReferences({ kind, spec }: Manifest): Reference[] {
  if (!WORKLOADS.has(kind)) return [];
  const { serviceAccountName, imagePullSecrets, containers, initContainers, volumes } =
    PodTemplate.parse(spec).template.spec;
  const found = new Set<Reference>();
  const add = (of: string, name: string | undefined, optional = false): void => {
    if (name !== undefined && !optional) found.add(`${of}/${name}`);
  };
  if (serviceAccountName !== 'default') add('ServiceAccount', serviceAccountName);
  for (const { name } of imagePullSecrets) add('Secret', name);
  for (const { env, envFrom } of [...containers, ...initContainers]) {
    for (const { valueFrom } of env) {
      add('Secret', valueFrom?.secretKeyRef?.name, valueFrom?.secretKeyRef?.optional);
      add('ConfigMap', valueFrom?.configMapKeyRef?.name, valueFrom?.configMapKeyRef?.optional);
    }
    for (const { secretRef, configMapRef } of envFrom) {
      add('Secret', secretRef?.name, secretRef?.optional);
      add('ConfigMap', configMapRef?.name, configMapRef?.optional);
    }
  }
  for (const volume of volumes) {
    for (const { secret, configMap, persistentVolumeClaim } of [volume, ...(volume.projected?.sources ?? [])]) {
      add('Secret', secret?.secretName ?? secret?.name, secret?.optional);
      add('ConfigMap', configMap?.name, configMap?.optional);
      add('PersistentVolumeClaim', persistentVolumeClaim?.claimName);
    }
  }
  return [...found];
}

const ExternalSecret = z.object({ target: z.object({ name: z.string().optional() }).prefault({}) });

/** What exists once a manifest is applied and healthy. */
export function providedBy({ apiVersion, kind, metadata, spec }: Manifest): Reference[] {
  const itself: Reference = `${kind}/${metadata.name}`;
  if (kind === 'ExternalSecret') return [itself, `Secret/${ExternalSecret.parse(spec).target.name ?? metadata.name}`];
  // https://cloudnative-pg.io/documentation/current/applications/#secrets
  if (apiVersion.startsWith('postgresql.cnpg.io/')) return [itself, `Secret/${metadata.name}-app`];
  return [itself];
}
