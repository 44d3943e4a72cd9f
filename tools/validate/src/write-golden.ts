// `npm run golden -w tools/validate`: writes the golden files from what renders now. Read the diff before you commit it.
import path from 'node:path';
import { writeGolden } from './manifests/golden.ts';

for (const name of await writeGolden(path.join(import.meta.dirname, '../../..'))) process.stdout.write(`${name}\n`);
