// The file of each environment: the declared path, or where symbolic links lead from there. Links change nothing about the rule that two
// environments of one image never share a manifest.
import type { EnvironmentSnapshot } from '../decide/promotion.ts';
import type { KnownPipeline } from '../ports.ts';
import { EXECUTABLE_FILE, isFile } from './file-mode.ts';
import type { Followed, ManifestLinks } from './manifest-links.ts';
import type { ManifestNode, SnapshotAnswer } from './snapshot-answer.ts';
import type { EnvironmentRequest } from './snapshot-query.ts';

/** An environment, and its manifest. */
export interface LocatedEnvironment extends EnvironmentRequest {
  file: EnvironmentSnapshot['file'];
  node: ManifestNode;
  /** Why the links lead nowhere. */
  problem: string | undefined;
}

/** Costs requests only where a manifest is no file. @returns in the order of `environments`. */
export async function locateManifests(
  { head, environments: answers }: SnapshotAnswer,
  environments: readonly EnvironmentRequest[],
  links: ManifestLinks,
): Promise<LocatedEnvironment[]> {
  const nodes = environments.map((_request, index) => answers[index]?.manifest ?? null);
  const elsewhere = environments.filter((_request, index) => !isFile(nodes[index]?.mode));
  const followed =
    elsewhere.length > 0
      ? await links.follow(
          head,
          elsewhere.map(({ environment }) => environment.manifest),
        )
      : new Map<string, Followed>();
  return environments.map((request, index): LocatedEnvironment => {
    const { manifest } = request.environment;
    const led = followed.get(manifest) ?? { path: manifest, node: nodes[index] ?? null };
    if ('problem' in led)
      return { ...request, file: { path: manifest, isExecutable: false }, node: null, problem: led.problem };
    const { path, node } = led;
    return { ...request, file: { path, isExecutable: node?.mode === EXECUTABLE_FILE }, node, problem: undefined };
  });
}

interface Use {
  image: string;
  /** `pipeline/environment`. */
  name: string;
  manifest: string;
  path: string;
}

/**
 * @param known what was read before, of pipelines that are not read now.
 * @returns by the order of `located`: which other environments' file that of an environment is; undefined where it is its own.
 */
export function findSharedFiles(
  located: readonly LocatedEnvironment[],
  known: readonly KnownPipeline[],
): (string | undefined)[] {
  const uses = located.map(({ pipeline, environment: { name, manifest }, file: { path } }): Use => {
    return { image: pipeline.image, name: `${pipeline.name}/${name}`, manifest, path };
  });
  const others = [...uses, ...usesOf(known).filter(({ name }) => uses.every((use) => use.name !== name))];
  return uses.map((use) => {
    const same = others.filter(
      ({ name, image, path }) => name !== use.name && image === use.image && path === use.path,
    );
    if (same.length === 0) return undefined;
    const names = same.map(({ name, manifest }) => `${name} (${manifest})`).join(' and ');
    const led = use.path === use.manifest ? 'is' : `leads to ${use.path}, which is`;
    return `${led} also the manifest of ${names}; give each environment its own`;
  });
}

/** Files that manifests are by links: what changes them changes an environment. */
export const linkedFiles = (known: readonly KnownPipeline[]): { pipeline: string; path: string }[] =>
  known.flatMap(({ pipeline: { declared, environments } }) =>
    environments.flatMap(({ declared: { manifest }, file: { path } }) =>
      path === manifest ? [] : [{ pipeline: declared.name, path }],
    ),
  );

const usesOf = (known: readonly KnownPipeline[]): Use[] =>
  known.flatMap(({ pipeline: { declared, environments } }) =>
    environments.map(({ declared: { name, manifest }, file: { path } }) => ({
      image: declared.image,
      name: `${declared.name}/${name}`,
      manifest,
      path,
    })),
  );
