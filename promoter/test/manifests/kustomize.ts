// What the real kustomize makes of kustomizations: many in one run, a folder each.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import type { Kustomization } from './kustomizations.ts';

const run = promisify(execFile);

export interface Program {
  command: string;
  args: readonly string[];
  /** Name and version, for people. */
  label: string;
}

/** Undefined where neither is installed. */
export async function findKustomize(): Promise<Program | undefined> {
  const version = async (command: string, args: string[]): Promise<string | undefined> => {
    try {
      return (await run(command, args)).stdout;
    } catch {
      return undefined;
    }
  };
  const own = await version('kustomize', ['version']);
  if (own !== undefined) return { command: 'kustomize', args: ['build'], label: `kustomize ${own.trim()}` };
  const kubectl = await version('kubectl', ['version', '--client']);
  const built = /Kustomize Version: (\S+)/.exec(kubectl ?? '')?.[1];
  return built === undefined
    ? undefined
    : { command: 'kubectl', args: ['kustomize'], label: `kubectl kustomize ${built}` };
}

const Deployment = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({ template: z.object({ spec: z.object({ containers: z.array(z.object({ image: z.string() })) }) }) }),
});

const deployment = (name: string, image: string): string =>
  JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      template: {
        spec: {
          containers: [image, 'postgres:16', 'nginx:1'].map((one, index) => ({ name: `c${index}`, image: one })),
        },
      },
    },
  });

/** @returns the images of each, in the order of its containers: the image itself, postgres and nginx. */
export async function renderAll(program: Program, files: readonly Kustomization[]): Promise<string[][]> {
  const root = await mkdtemp(path.join(tmpdir(), 'promoter-kustomize-'));
  try {
    await Promise.all(
      files.map(async ({ text, container }, index) => {
        const folder = path.join(root, `n${index}`);
        await mkdir(folder);
        await writeFile(path.join(folder, 'kustomization.yaml'), text);
        await writeFile(path.join(folder, 'deployment.yaml'), deployment(`n${index}`, `${container}:unset`));
      }),
    );
    const resources = files.map((_file, index) => `n${index}`);
    await writeFile(path.join(root, 'kustomization.yaml'), JSON.stringify({ resources }));
    const { stdout } = await run(program.command, [...program.args, root], { maxBuffer: 256 * 1024 * 1024 });
    const rendered = new Map(
      parseAllDocuments(stdout).map((document) => {
        const { metadata, spec } = Deployment.parse(document.toJS());
        return [metadata.name, spec.template.spec.containers.map(({ image }) => image)] as const;
      }),
    );
    return resources.map((name) => rendered.get(name) ?? []);
  } finally {
    await rm(root, { recursive: true });
  }
}
