// The workspaces of the repository: what each is called, and which files others reach by that name.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

const Names = z.record(z.string(), z.unknown()).default({});
const Root = z.object({ workspaces: z.array(z.string()), devDependencies: Names });
const Manifest = z.object({
  name: z.string(),
  dependencies: Names,
  devDependencies: Names,
  exports: z.union([z.string(), z.record(z.string(), z.string())]).default({}),
});

export interface Package {
  name: string;
  /** From the root of the repository. */
  folder: string;
  /** Specifier -> file from the root: `@delivery/telemetry/logger` -> `observability/telemetry/src/logger.ts`. */
  exports: ReadonlyMap<string, string>;
  dependencies: ReadonlySet<string>;
  /** Its own and the root's. */
  devDependencies: ReadonlySet<string>;
}

export async function readPackages(root: string): Promise<Package[]> {
  const read = async (file: string): Promise<unknown> => JSON.parse(await readFile(path.join(root, file), 'utf8'));
  const { workspaces, devDependencies: ofAll } = Root.parse(await read('package.json'));
  return Promise.all(
    workspaces.map(async (folder) => {
      const { name, exports, dependencies, devDependencies } = Manifest.parse(await read(`${folder}/package.json`));
      const entries = typeof exports === 'string' ? [['.', exports] as const] : Object.entries(exports);
      return {
        name,
        folder,
        dependencies: new Set(Object.keys(dependencies)),
        devDependencies: new Set(Object.keys({ ...devDependencies, ...ofAll })),
        exports: new Map(
          entries.map(([key, file]) => [path.posix.join(name, key), path.posix.join(folder, file)] as const),
        ),
      };
    }),
  );
}

/** `@delivery/telemetry/logger` is of `@delivery/telemetry`, `node:fs/promises` of `node:fs`. */
export function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
