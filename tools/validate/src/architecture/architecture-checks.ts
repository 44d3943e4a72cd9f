// The architecture of the whole repository. What oxlint and tsc check already (any, ignored errors, default exports, lines per file) is
// not repeated here.
import type { Check, Finding } from '../check.ts';
import { circleFindings } from './circle-findings.ts';
import { nameFindings } from './name-findings.ts';
import { type Package, readPackages } from './read-packages.ts';
import { readSources, type Source } from './read-sources.ts';
import { dependencyFindings, roomFindings, vendorFindings } from './room-findings.ts';
import { assertionFindings, environmentFindings, purityFindings } from './syntax-findings.ts';

type Find = (sources: readonly Source[], packages: readonly Package[]) => Finding[];

function check(name: string, find: Find): Check {
  return {
    name: `architecture: ${name}`,
    async run(root) {
      const [sources, packages] = await Promise.all([readSources(root), readPackages(root)]);
      return { looked: `${sources.length} files`, findings: find(sources, packages) };
    },
  };
}

export const ARCHITECTURE_CHECKS: readonly Check[] = [
  check('every file has a room, and imports only what its room may', roomFindings),
  check('a package imports only what its package.json names', dependencyFindings),
  check('clients of vendors are imported only where their types are kept', vendorFindings),
  check('no imports go in a circle, not even of types', circleFindings),
  check('pure rooms use no clock, chance, environment, timer or network', purityFindings),
  check('only config.ts reads the environment', environmentFindings),
  check('no file or folder is a drawer', nameFindings),
  check('no type is asserted by way of another', assertionFindings),
];
