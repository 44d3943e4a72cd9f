// `npm run build -w observability/grafana`: writes the dashboards' JSON. It is committed, and a check compares it with this output.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buildDashboards } from './dashboards.ts';

const folder = path.join(import.meta.dirname, '../dashboards');
for (const { name, text } of buildDashboards()) await writeFile(path.join(folder, name), text);
