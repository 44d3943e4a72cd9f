// Expands an ApplicationSet into Applications. It supports what gitops-config/argocd/services.yaml uses: one git generator over
// folders, and the template expressions below. Anything else is an error, never ignored.
// https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Generators-Git/
import path from 'node:path';
import { z } from 'zod';

const Directory = z.strictObject({ path: z.string(), exclude: z.boolean().default(false) });
const ApplicationSet = z.object({
  kind: z.literal('ApplicationSet'),
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    goTemplate: z.literal(true),
    generators: z.tuple([
      z.strictObject({
        git: z.object({ repoURL: z.string(), revision: z.string(), directories: z.array(Directory) }),
      }),
    ]),
    template: z.record(z.string(), z.unknown()),
  }),
});

/** @param folders every folder of the repository, `a/b/c`. @returns Application manifests, as objects. */
export function expandApplicationSet(manifest: unknown, folders: readonly string[]): object[] {
  const { metadata, spec } = ApplicationSet.parse(manifest);
  const [{ git }] = spec.generators;
  const matching = (folder: string, excluded: boolean): boolean =>
    git.directories.some(({ path: glob, exclude }) => exclude === excluded && path.posix.matchesGlob(folder, glob));
  return folders
    .filter((folder) => matching(folder, false) && !matching(folder, true))
    .sort()
    .map((folder) => ({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      ...(fill(spec.template, folder, metadata.name) as object),
    }));
}

function fill(value: unknown, folder: string, set: string): unknown {
  if (typeof value === 'string') {
    return value.replaceAll(/\{\{\s*(.*?)\s*\}\}/g, (_match, expression: string) => {
      if (expression === '.path.path') return folder;
      if (expression === '.path.basename') return path.posix.basename(folder);
      const segment = folder.split('/')[Number(/^index \.path\.segments (\d+)$/.exec(expression)?.[1] ?? NaN)];
      if (segment === undefined) throw new Error(`ApplicationSet ${set}: {{ ${expression} }} is not supported here`);
      return segment;
    });
  }
  if (Array.isArray(value)) return value.map((item) => fill(item, folder, set));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, fill(child, folder, set)]));
}
