import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parseAllDocuments } from 'yaml';
import type { Check, Finding } from '../check.ts';
import { KUSTOMIZE, type Render, renderAll } from './render.ts';

const FOLDER = 'tools/validate/golden';

/** The ConfigMaps of observability/ consist of files in the repository: golden files of them would be copies. */
async function rendersOfApps(root: string): Promise<Render[]> {
  return (await renderAll(root)).filter(({ folder }) => folder.startsWith('gitops-config/'));
}

export const goldenCheck: Check = {
  name: 'every overlay and component renders as its golden file says',
  needs: [KUSTOMIZE],
  async run(root) {
    const renders = await rendersOfApps(root);
    const findings: Finding[] = [];
    const files = new Set(await readdir(path.join(root, FOLDER)));
    for (const { name, folder, objects } of renders) {
      const file = `${name}.yaml`;
      files.delete(file);
      const golden = await readFile(path.join(root, FOLDER, file), 'utf8').catch(() => '');
      const expected: unknown[] = parseAllDocuments(golden).map((each) => each.toJS() as unknown);
      if (!isDeepStrictEqual(objects, expected)) {
        const what = `renders differently from ${FOLDER}/${file}: npm run golden -w tools/validate, and read the diff`;
        findings.push({ where: folder, what });
      }
    }
    for (const file of files)
      findings.push({ where: `${FOLDER}/${file}`, what: 'nothing renders to this file any more: remove it' });
    return { looked: `${renders.length} renders`, findings };
  },
};

export async function writeGolden(root: string): Promise<string[]> {
  const folder = path.join(root, FOLDER);
  await mkdir(folder, { recursive: true });
  const renders = await rendersOfApps(root);
  for (const { name, text } of renders) await writeFile(path.join(folder, `${name}.yaml`), text);
  return renders.map(({ name }) => name);
}
