// Third-party charts: rendered with our values where their archives are found. Where one is not, its recorded contract stands in.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parseDocument } from 'yaml';
import type { Check, Finding } from '../check.ts';
import { findTool } from '../run-tool.ts';
import { type ApplicationNode, readTree } from './application-tree.ts';
import { type ChartContract, CONTRACTS, readContracts } from './chart-contracts.ts';
import { serviceReferences } from './chart-references.ts';
import { providedBy } from './pod-references.ts';
import { findArchive, missingFrom, renderChart } from './render-chart.ts';
import { KUSTOMIZE } from './render.ts';

/** The names in a contract rest on values of ours. */
async function valueFindings(root: string, name: string, { restsOn }: ChartContract): Promise<Finding[]> {
  if (Object.keys(restsOn).length === 0) return [];
  const file = `gitops-config/platform/${name}/values.yaml`;
  const values = parseDocument(await readFile(path.join(root, file), 'utf8'));
  return Object.entries(restsOn)
    .filter(([key, value]) => !isDeepStrictEqual(values.getIn(key.split('.')), value))
    .map(([key, value]) => ({
      where: file,
      what: `${key} must be ${JSON.stringify(value)}: names in ${CONTRACTS} rest on it`,
    }));
}

/** ConfigMaps and Secrets that the chart mounts come with the same Application. */
function readFindings({ name, file, objects }: ApplicationNode, { reads }: ChartContract): Finding[] {
  const provided = new Set(objects.flatMap(providedBy));
  return Object.keys(reads)
    .filter((reference) => !provided.has(reference as `${string}/${string}`))
    .map((reference) => ({
      where: `${file}: ${name}`,
      what: `its chart reads ${reference}, which its Application does not make`,
    }));
}

export const thirdPartyChartCheck: Check = {
  name: 'third-party charts have the names, ports, mounts and accounts that our files rely on',
  needs: [KUSTOMIZE],
  async run(root) {
    const { applications } = await readTree(root);
    const contracts = await readContracts(root);
    const findings: Finding[] = [];
    const lacked: string[] = [];
    let count = 0;
    const hasHelm = (await findTool('helm')) !== undefined;
    for (const application of applications) {
      for (const chart of application.charts) {
        count += 1;
        const where = `${application.file}: ${chart.name} ${chart.version}`;
        const contract = contracts.get(chart.name);
        if (contract?.version !== chart.version) {
          findings.push({
            where,
            what: `${CONTRACTS} has version ${contract?.version ?? '(none)'}: render it, and record what changed`,
          });
          continue;
        }
        findings.push(...(await valueFindings(root, chart.name, contract)), ...readFindings(application, contract));
        const archive = hasHelm ? await findArchive(root, chart) : undefined;
        if (archive === undefined) lacked.push(chart.name);
        else
          for (const missing of missingFrom(await renderChart(root, archive, chart, application.namespace), contract))
            findings.push({ where, what: `its render has not ${missing}, which ${CONTRACTS} records` });
      }
    }
    const ours = applications.flatMap(({ objects }) => objects.filter(({ kind }) => kind === 'Service'));
    const references = await serviceReferences(root);
    for (const { file, name, port } of references) {
      const ports = [...contracts.values()].flatMap(({ services }) => services[name] ?? []);
      const isOurs = ours.some(({ metadata }) => metadata.name === name);
      if (!isOurs && !ports.includes(port))
        findings.push({ where: file, what: `no chart has a Service ${name} with port ${port}` });
    }
    const from = lacked.length === 0 ? '' : `, by contract alone: ${lacked.join(' ')}`;
    return { looked: `${count} charts, ${references.length} references${from}`, findings };
  },
};
