// From an empty cluster to healthy services without a hand: walks the tree of Applications, waves, hooks and references.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Check, Finding } from '../check.ts';
import { gateFindings, kindFindings, namespaceFindings, projectFindings, retryFindings } from './application-order.ts';
import { readTree, type Tree, waveOf } from './application-tree.ts';
import { readContracts } from './chart-contracts.ts';
import { referenceFindings, storeFindings } from './object-order.ts';
import { KUSTOMIZE } from './render.ts';

const ARGOCD_VALUES = 'terraform/platform/argocd-values.yaml';
const ROOT = 'terraform/platform/root-application/templates/root.yaml';
const Values = z.object({ configs: z.object({ cm: z.record(z.string(), z.unknown()) }) });

/** Waves wait for Applications only where Argo CD can say how healthy an Application is; autoscalers it judges by its version. */
async function healthFindings(root: string, { applications }: Tree): Promise<Finding[]> {
  const { cm } = Values.parse(parse(await readFile(path.join(root, ARGOCD_VALUES), 'utf8'))).configs;
  const scaled = applications.find(({ objects }) => objects.some(({ kind }) => kind === 'HorizontalPodAutoscaler'));
  const findings: Finding[] = ['argoproj.io_Application', ...(scaled ? ['autoscaling_HorizontalPodAutoscaler'] : [])]
    .filter((kind) => !(`resource.customizations.health.${kind}` in cm))
    .map((kind) => ({ where: ARGOCD_VALUES, what: `there is no health of our own for ${kind}` }));
  const isMeasured = applications.some(({ charts }) => charts.some(({ name }) => name === 'metrics-server'));
  if (scaled && !isMeasured)
    findings.push({ where: scaled.name, what: 'it has an autoscaler, and nothing installs metrics-server' });
  return findings;
}

/** The root has a template of Helm's: it is read as text, so that this check needs no helm. */
async function rootFindings(root: string): Promise<Finding[]> {
  const text = await readFile(path.join(root, ROOT), 'utf8');
  const isEndless = /^ +limit: -1$/m.test(text) && /^ +refresh: true$/m.test(text);
  return isEndless ? [] : [{ where: ROOT, what: 'its attempts must not end, and take the newest commit' }];
}

export const orderCheck: Check = {
  name: 'from an empty cluster, everything is made before it is needed and nothing waits for what comes later',
  needs: [KUSTOMIZE],
  async run(root) {
    const tree = await readTree(root);
    const contracts = await readContracts(root);
    const findings = [
      ...projectFindings(tree),
      ...kindFindings(tree, contracts, waveOf),
      ...namespaceFindings(tree),
      ...storeFindings(tree.applications),
      ...tree.applications.flatMap((application) => referenceFindings(application, waveOf)),
      ...gateFindings(tree),
      ...retryFindings(tree),
      ...(await healthFindings(root, tree)),
      ...(await rootFindings(root)),
    ];
    const objects = tree.applications.reduce((sum, application) => sum + application.objects.length, 0);
    return { looked: `${tree.applications.length} Applications, ${objects} objects`, findings };
  },
};
