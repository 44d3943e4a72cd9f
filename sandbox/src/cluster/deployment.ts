import { z } from 'zod';

const Container = z.object({
  name: z.string(),
  image: z.string(),
  env: z.array(z.object({ name: z.string(), value: z.string().default('') })).default([]),
  volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })).default([]),
  readinessProbe: z.object({ httpGet: z.object({ path: z.string() }).optional() }).optional(),
});
export type Container = z.infer<typeof Container>;

/** The fields of a Deployment that the sandbox acts on. */
export const Deployment = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string().default('default'), generation: z.number() }),
  spec: z.object({
    replicas: z.number().default(1),
    progressDeadlineSeconds: z.number().default(600),
    template: z.object({
      metadata: z.object({ labels: z.record(z.string(), z.string()).default({}) }).prefault({}),
      spec: z.object({
        terminationGracePeriodSeconds: z.number().default(30),
        containers: z.tuple([Container]).rest(Container),
      }),
    }),
  }),
});
export type Deployment = z.infer<typeof Deployment>;
