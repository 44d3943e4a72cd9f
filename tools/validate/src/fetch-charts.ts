// `npm run charts -w tools/validate`: downloads the archives of the pinned charts, so that `npm run validate` renders them.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { chartFolder } from './config.ts';
import { readTree } from './manifests/application-tree.ts';
import { findArchive } from './manifests/render-chart.ts';
import { runTool } from './run-tool.ts';

const root = path.join(import.meta.dirname, '../../..');
const folder = chartFolder(root);
await mkdir(folder, { recursive: true });
for (const { charts } of (await readTree(root)).applications) {
  for (const chart of charts) {
    if (await findArchive(root, chart)) continue;
    const { name, version, repository } = chart;
    const from = repository.startsWith('https://') ? [name, '--repo', repository] : [`oci://${repository}/${name}`];
    const { code, stderr } = await runTool('helm', ['pull', ...from, '--version', version, '--destination', folder]);
    process.stdout.write(code === 0 ? `ok     ${name} ${version}\n` : `lacks  ${name} ${version}: ${stderr.trim()}\n`);
  }
}
