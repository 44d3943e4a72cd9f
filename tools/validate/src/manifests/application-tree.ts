// The tree that the root Application makes: projects, Applications and ApplicationSets with their waves, and below each Application what it
// applies.
import path from 'node:path';
import { z } from 'zod';
import { type Manifest, plainManifests, type Render, renderAll } from './render.ts';

const Source = z.object({
  repoURL: z.string(),
  path: z.string().optional(),
  chart: z.string().optional(),
  targetRevision: z.string(),
  helm: z
    .object({
      releaseName: z.string().optional(),
      fileParameters: z.array(z.object({ name: z.string(), path: z.string() })).default([]),
    })
    .optional(),
});
const Retry = z.object({ limit: z.number(), refresh: z.boolean().default(false) });
const ApplicationSpec = z.object({
  project: z.string(),
  source: Source.optional(),
  sources: z.array(Source).default([]),
  destination: z.object({ namespace: z.string() }),
  syncPolicy: z.object({ retry: Retry.optional(), syncOptions: z.array(z.string()).default([]) }),
});
const ApplicationSetSpec = z.object({ template: z.object({ spec: ApplicationSpec }) });

export interface Chart {
  name: string;
  version: string;
  /** `https://...`, or a registry. */
  repository: string;
  release: string;
  /** Values that are files of this repository. */
  files: { name: string; path: string }[];
}

export interface ApplicationNode {
  name: string;
  file: string;
  wave: number;
  project: string;
  /** Where it applies what has no namespace of its own. */
  namespace: string;
  makesNamespace: boolean;
  retry: z.infer<typeof Retry> | undefined;
  charts: Chart[];
  objects: Manifest[];
}

export interface ProjectNode {
  name: string;
  wave: number;
}

export interface Tree {
  projects: ProjectNode[];
  applications: ApplicationNode[];
}

/** https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/ */
export const waveOf = ({ metadata }: Manifest): number =>
  Number(metadata.annotations?.['argocd.argoproj.io/sync-wave'] ?? 0);

/** The folder in this repository: production has gitops-config in a repository of its own. */
const folderOf = ({ repoURL, path: folder = '' }: z.infer<typeof Source>): string =>
  repoURL.endsWith('/gitops-config.git') ? `gitops-config/${folder}` : folder;

function chartsOf({ chart, targetRevision, repoURL, helm }: z.infer<typeof Source>): Chart[] {
  if (chart === undefined) return [];
  const files =
    helm?.fileParameters.map(({ name, path: file }) => ({ name, path: file.replace('$platform/', '') })) ?? [];
  return [{ name: chart, version: targetRevision, repository: repoURL, release: helm?.releaseName ?? chart, files }];
}

export async function readTree(root: string): Promise<Tree> {
  const renders = await renderAll(root);
  const tree: Tree = { projects: [], applications: [] };
  for (const { file, objects } of await plainManifests(root)) {
    for (const manifest of objects) {
      const wave = waveOf(manifest);
      const { name } = manifest.metadata;
      if (manifest.kind === 'AppProject') tree.projects.push({ name, wave });
      if (manifest.kind === 'Application')
        tree.applications.push(node(name, file, wave, ApplicationSpec.parse(manifest['spec']), renders));
      if (manifest.kind === 'ApplicationSet') {
        const { spec } = ApplicationSetSpec.parse(manifest['spec']).template;
        tree.applications.push(...nodesOfSet(name, file, wave, spec, renders));
      }
    }
  }
  return tree;
}

function node(
  name: string,
  file: string,
  wave: number,
  spec: z.infer<typeof ApplicationSpec>,
  renders: readonly Render[],
): ApplicationNode {
  const sources = [...(spec.source ? [spec.source] : []), ...spec.sources];
  const folders = sources.filter((source) => source.path !== undefined).map(folderOf);
  return {
    name,
    file,
    wave,
    project: spec.project,
    namespace: spec.destination.namespace,
    makesNamespace: spec.syncPolicy.syncOptions.includes('CreateNamespace=true'),
    retry: spec.syncPolicy.retry,
    charts: sources.flatMap(chartsOf),
    // With every optional component that has a render: what is opted into must be in order, too.
    objects: renders.filter(({ folder }) => folders.includes(folder)).flatMap(({ objects }) => objects),
  };
}

/** Of services, one Application for each overlay, and one for each render with another component. */
function nodesOfSet(
  name: string,
  file: string,
  wave: number,
  spec: z.infer<typeof ApplicationSpec>,
  renders: readonly Render[],
): ApplicationNode[] {
  if (!spec.source?.path?.includes('{{')) return [node(name, file, wave, spec, renders)];
  return renders
    .filter(({ folder }) => /^gitops-config\/apps\/(?!promoter\/)[^/]+\/overlays\//.test(folder))
    .map((render) => {
      const [, , app = ''] = render.folder.split('/');
      const namespace = `${app}-${path.posix.basename(render.folder)}`;
      return {
        ...node(render.name, file, wave, { ...spec, destination: { namespace } }, []),
        objects: render.objects,
      };
    });
}
