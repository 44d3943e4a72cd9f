// The promoter's Roles: what its sources ask of the API server, and nothing more. https://kubernetes.io/docs/reference/access-authn-authz/rbac/
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { Check, Finding } from '../check.ts';
import { listFiles } from '../list-files.ts';
import { KUSTOMIZE, type Manifest, renderAll } from './render.ts';

/** `group/resource:verb`. */
type Right = string;
interface Call {
  rights: readonly Right[];
  /** Whose namespace. */
  in: 'argocd' | 'service';
}

const inArgocd = (...rights: Right[]): Call => ({ rights, in: 'argocd' });
const inService = (...rights: Right[]): Call => ({ rights, in: 'service' });

/** Methods of the client that the promoter's sources may call, and what each needs. */
const CALLS: Readonly<Record<string, readonly Call[]>> = {
  listNamespacedCustomObject: [inArgocd('argoproj.io/applications:list')],
  getNamespacedCustomObject: [
    inArgocd('argoproj.io/applications:get', 'argoproj.io/appprojects:get'),
    inService('argoproj.io/rollouts:get'),
  ],
  patchNamespacedCustomObject: [inArgocd('argoproj.io/applications:patch')],
  watch: [inArgocd('argoproj.io/applications:watch')],
  readNamespacedDeployment: [inService('apps/deployments:get')],
  readNamespacedStatefulSet: [inService('apps/statefulsets:get')],
  readNamespacedDaemonSet: [inService('apps/daemonsets:get')],
  listNamespacedPod: [inService('/pods:list')],
};

const Role = z.object({
  rules: z.array(
    z.object({ apiGroups: z.array(z.string()), resources: z.array(z.string()), verbs: z.array(z.string()) }),
  ),
});

function rightsOf(role: Manifest): Right[] {
  return Role.parse(role).rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => `${group}/${resource}:${verb}`))),
  );
}

/** @returns method -> the file that calls it. */
async function callsOf(root: string): Promise<Map<string, string>> {
  const calls = new Map<string, string>();
  for (const file of await listFiles(root, 'promoter/src/**/*.ts')) {
    if (file.endsWith('.test.ts')) continue;
    const text = await readFile(path.join(root, file), 'utf8');
    for (const [, method = ''] of text.matchAll(/\.((?:read|list|get|patch|create|replace|delete)Namespaced\w+)\(/g))
      calls.set(method, file);
    if (/\bnew Watch\(/.test(text)) calls.set('watch', file);
  }
  return calls;
}

export const rightsCheck: Check = {
  name: 'the promoter has the rights to everything that it reads, and no others',
  needs: [KUSTOMIZE],
  async run(root) {
    const calls = await callsOf(root);
    const findings: Finding[] = [];
    const needed = { argocd: new Set<Right>(), service: new Set<Right>() };
    for (const [method, file] of calls) {
      const known = CALLS[method];
      if (!known) findings.push({ where: file, what: `${method}: say in rights.ts which rights it needs` });
      for (const call of known ?? []) for (const right of call.rights) needed[call.in].add(right);
    }
    let count = 0;
    for (const { name, objects } of await renderAll(root)) {
      for (const role of objects.filter(({ kind }) => kind === 'Role')) {
        const place = { 'promoter-applications': 'argocd', 'promoter-looks': 'service' }[role.metadata.name];
        if (place !== 'argocd' && place !== 'service') continue;
        count += 1;
        const given = new Set(rightsOf(role));
        const where = `${name}: Role ${role.metadata.name}`;
        for (const right of needed[place]) if (!given.has(right)) findings.push({ where, what: `${right} is missing` });
        for (const right of given)
          if (!needed[place].has(right)) findings.push({ where, what: `${right}: nothing in promoter/src needs it` });
      }
    }
    if (count === 0) findings.push({ where: 'gitops-config', what: 'no render has a Role of the promoter' });
    return { looked: `${calls.size} methods, ${count} Roles`, findings };
  },
};
