// `npm run golden -w tools/validate`: what renders now becomes what is expected. Read the difference before you commit it.
import path from 'node:path';
import { writeGolden } from './manifests/golden.ts';

for (const name of await writeGolden(path.join(import.meta.dirname, '../../..'))) process.stdout.write(`${name}\n`);
