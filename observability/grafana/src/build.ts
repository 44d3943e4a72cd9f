// `npm run build -w observability/grafana`: writes the JSON that Grafana is given. It is committed, and checked to be what this makes.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buildDashboards } from './dashboards.ts';

const folder = path.join(import.meta.dirname, '../dashboards');
for (const { name, text } of buildDashboards()) await writeFile(path.join(folder, name), text);
