// Writes recorded/: files that were edited, and what kustomize and helm deployed of them. Run by hand where both are installed:
// node test/manifests/record.ts
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { someKustomizations, someValues } from './edited-files.ts';
import { findHelm, renderValues } from './helm.ts';
import { findKustomize, renderAll } from './kustomize.ts';

const COUNT = 40;
const SEED = 20261125;

const folder = path.join(import.meta.dirname, 'recorded');
await mkdir(folder, { recursive: true });
const write = (name: string, recorded: object): Promise<void> =>
  writeFile(path.join(folder, `${name}.json`), `${JSON.stringify(recorded, null, 2)}\n`);

const kustomize = await findKustomize();
const helm = await findHelm();
if (!kustomize || !helm) throw new Error('kustomize (or kubectl) and helm must be on the PATH');

const files = someKustomizations(COUNT, SEED);
const rendered = await renderAll(
  kustomize,
  files.map((file) => ({ ...file, text: file.edited })),
);
const kustomizations = files.map((file, index) => ({ ...file, images: rendered[index] }));
await write('kustomize', { program: kustomize.label, files: kustomizations });

const values = someValues(COUNT, SEED);
const deployed = await renderValues(
  helm,
  values.map(({ edited }) => edited),
);
await write('helm', {
  program: helm.label,
  files: values.map((file, index) => ({ ...file, images: [deployed[index]] })),
});
