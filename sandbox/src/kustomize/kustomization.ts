// The fields of a kustomization.yaml that gitops-config/ uses; any other field is an error, never ignored.
import { z } from 'zod';

const Selector = z.strictObject({ kind: z.string().optional(), name: z.string().optional() });

export const ImageEntry = z.strictObject({
  name: z.string(),
  newName: z.string().optional(),
  newTag: z.string().optional(),
  digest: z.string().optional(),
});
export type ImageEntry = z.infer<typeof ImageEntry>;

export const LabelsEntry = z.strictObject({
  pairs: z.record(z.string(), z.string()),
  includeSelectors: z.boolean().default(false),
  includeTemplates: z.boolean().default(false),
});
export type LabelsEntry = z.infer<typeof LabelsEntry>;

export const Patch = z.strictObject({ target: Selector.optional(), patch: z.string() });
export type Patch = z.infer<typeof Patch>;

export const Replacement = z.strictObject({
  source: z.strictObject({ kind: z.string(), name: z.string().optional(), fieldPath: z.string() }),
  targets: z.array(z.strictObject({ select: Selector, fieldPaths: z.array(z.string()) })),
});
export type Replacement = z.infer<typeof Replacement>;

const Fields = z.strictObject({
  resources: z.array(z.string()).default([]),
  components: z.array(z.string()).default([]),
  namespace: z.string().optional(),
  images: z.array(ImageEntry).default([]),
  labels: z.array(LabelsEntry).default([]),
  patches: z.array(Patch).default([]),
  replacements: z.array(Replacement).default([]),
});

export const Kustomization = Fields.extend({
  apiVersion: z.literal('kustomize.config.k8s.io/v1beta1'),
  kind: z.literal('Kustomization'),
});
export type Kustomization = z.infer<typeof Kustomization>;

/** A component changes the objects that the kustomization naming it has gathered so far. */
export const Component = Fields.extend({
  apiVersion: z.literal('kustomize.config.k8s.io/v1alpha1'),
  kind: z.literal('Component'),
});
export type Component = z.infer<typeof Component>;
