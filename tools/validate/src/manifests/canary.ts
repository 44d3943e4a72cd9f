// What makes it possible to switch a canary on and off: the workload of the other kind is created with enough pods, serves, and only then does
// Argo CD delete the one that it replaces. And a canary is judged by its own pods.
import { z } from 'zod';
import type { Check, Finding } from '../check.ts';
import { KUSTOMIZE, type Manifest, plainManifests, type Render, renderAll } from './render.ts';

const Autoscaler = z.object({
  scaleTargetRef: z.object({ kind: z.string(), name: z.string() }),
  maxReplicas: z.number(),
});
const Scaled = z.object({ replicas: z.number().optional() });
const Step = z.object({
  analysis: z
    .object({
      templates: z.array(z.object({ templateName: z.string() })),
      args: z.array(z.object({ name: z.string() })).default([]),
    })
    .optional(),
});
const RolloutSpec = z.object({
  workloadRef: z.unknown().optional(),
  strategy: z.object({ canary: z.object({ steps: z.array(Step).default([]) }).optional() }),
});
const AnalysisSpec = z.object({
  args: z.array(z.object({ name: z.string() })).default([]),
  metrics: z.array(z.object({ provider: z.object({ prometheus: z.object({ query: z.string() }).optional() }) })),
});
const ServicesSpec = z.object({
  template: z.object({
    spec: z.object({
      syncPolicy: z.object({ syncOptions: z.array(z.string()) }),
      ignoreDifferences: z.array(z.object({ kind: z.string(), jsonPointers: z.array(z.string()).default([]) })),
    }),
  }),
});

const SERVICES = 'gitops-config/argocd/services.yaml';
const KINDS = ['Deployment', 'Rollout'];
const OPTIONS = ['PruneLast=true', 'RespectIgnoreDifferences=true'];

function capacityFindings({ name, objects }: Render): Finding[] {
  return objects
    .filter(({ kind }) => kind === 'HorizontalPodAutoscaler')
    .flatMap(({ metadata, spec }): Finding[] => {
      const { scaleTargetRef: target, maxReplicas } = Autoscaler.parse(spec);
      const where = `${name}: HorizontalPodAutoscaler ${metadata.name}`;
      const scaled = objects.find((other) => other.kind === target.kind && other.metadata.name === target.name);
      if (!scaled) return [{ where, what: `there is no ${target.kind} ${target.name}` }];
      const { replicas } = Scaled.parse(scaled['spec']);
      if (replicas === maxReplicas) return [];
      const what = `${target.kind} ${target.name} must be created with ${maxReplicas} replicas, as many as the autoscaler may ask for`;
      return [{ where, what }];
    });
}

function rolloutFindings({ name, objects }: Render): Finding[] {
  const templates = new Map(
    objects
      .filter(({ kind }) => kind === 'AnalysisTemplate')
      .map(({ metadata, spec }) => [metadata.name, AnalysisSpec.parse(spec)]),
  );
  const findings: Finding[] = [];
  for (const { metadata, spec } of objects.filter(({ kind }) => kind === 'Rollout')) {
    const where = `${name}: Rollout ${metadata.name}`;
    const { workloadRef, strategy } = RolloutSpec.parse(spec);
    if (workloadRef !== undefined)
      findings.push({ where, what: 'workloadRef scales the Deployment to 0, where it stays when the Rollout is gone' });
    for (const { analysis } of strategy.canary?.steps ?? []) {
      const given = analysis?.args.map((arg) => arg.name) ?? [];
      for (const { templateName } of analysis?.templates ?? []) {
        const template = templates.get(templateName);
        if (!template) findings.push({ where, what: `there is no AnalysisTemplate ${templateName}` });
        for (const arg of template?.args ?? [])
          if (!given.includes(arg.name))
            findings.push({ where, what: `${templateName} needs the argument ${arg.name}` });
      }
    }
  }
  for (const [template, { metrics }] of templates)
    for (const { provider } of metrics)
      for (const [selector] of provider.prometheus?.query.matchAll(/\{service=.*?\}(?=\[)/g) ?? [])
        if (!/namespace="\{\{args\.namespace\}\}"/.test(selector) || !/\{\{args\.revision\}\}/.test(selector))
          findings.push({
            where: `${name}: AnalysisTemplate ${template}`,
            what: `${selector} must select the namespace and the revision, or others are measured with it`,
          });
  return findings;
}

function syncFindings(services: Manifest): Finding[] {
  const { syncPolicy, ignoreDifferences } = ServicesSpec.parse(services['spec']).template.spec;
  const ignored = ignoreDifferences.filter(({ jsonPointers }) => jsonPointers.includes('/spec/replicas'));
  return [
    ...OPTIONS.filter((option) => !syncPolicy.syncOptions.includes(option)).map((option) => `${option} is missing`),
    ...KINDS.filter((kind) => !ignored.some((one) => one.kind === kind)).map(
      (kind) => `/spec/replicas of a ${kind} must be ignored: the autoscaler sets it`,
    ),
  ].map((what) => ({ where: SERVICES, what }));
}

export const canaryCheck: Check = {
  name: 'a canary is switched on and off without losing a pod, and measures its own pods',
  needs: [KUSTOMIZE],
  async run(root) {
    const renders = await renderAll(root);
    const services = (await plainManifests(root))
      .filter(({ file }) => file === SERVICES)
      .flatMap(({ objects }) => objects)
      .filter(({ kind }) => kind === 'ApplicationSet');
    const findings = [
      ...renders.flatMap((render) => [...capacityFindings(render), ...rolloutFindings(render)]),
      ...services.flatMap(syncFindings),
    ];
    return { looked: `${renders.length} renders`, findings };
  },
};
