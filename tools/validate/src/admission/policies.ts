// The two kinds of policy, with the fields that judge a pod.
import { z } from 'zod';
import type { Manifest } from '../manifests/render.ts';

const Rules = z.array(z.object({ operations: z.array(z.string()), resources: z.array(z.string()) }));
const Expression = z.object({ expression: z.string() });

const Spec = z.object({
  failurePolicy: z.literal('Fail'),
  matchConstraints: z.object({ resourceRules: Rules }),
  matchConditions: z.array(Expression).default([]),
  variables: z.array(Expression.extend({ name: z.string() })).default([]),
  validations: z.array(Expression.extend({ messageExpression: z.string().optional() })),
});

export const Policy = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('ValidatingAdmissionPolicy'),
    metadata: z.object({ name: z.string() }),
    spec: Spec,
  }),
  z.object({
    kind: z.literal('ImageValidatingPolicy'),
    metadata: z.object({ name: z.string() }),
    spec: Spec.extend({
      matchImageReferences: z.array(z.object({ glob: z.string() })),
      attestors: z.array(z.object({ name: z.string() })),
      attestations: z.array(z.object({ name: z.string() })),
    }),
  }),
]);
export type Policy = z.infer<typeof Policy>;

const KINDS = new Set(['ValidatingAdmissionPolicy', 'ImageValidatingPolicy']);

export function policiesOf(manifests: readonly Manifest[]): Policy[] {
  return manifests.filter(({ kind }) => KINDS.has(kind)).map((manifest) => Policy.parse(manifest));
}
