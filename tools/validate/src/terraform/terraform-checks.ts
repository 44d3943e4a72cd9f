import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import type { Check, Finding } from '../check.ts';
import { listFiles } from '../list-files.ts';
import { findTool, linesOf, runTool } from '../run-tool.ts';
import { mockedProviders } from './mocked-providers.ts';
import { readTerraform } from './read-modules.ts';
import { RULES } from './rules.ts';

export const structureCheck: Check = {
  name: 'Terraform is documented, pinned, closed to the world, locked, trusts exact subjects, and plans without secrets',
  async run(root) {
    const files = await readTerraform(root);
    const findings = [...RULES.flatMap((rule) => rule(files)), ...(await mockedProviders(root, files))];
    return { looked: `${files.length} files, ${RULES.length + 1} rules`, findings };
  },
};

export const formatCheck: Check = {
  name: 'Terraform is formatted',
  needs: ['terraform|tofu|hclfmt'],
  async run(root) {
    const files = await listFiles(root, 'terraform/**/*.{tf,tfvars,hcl}');
    const tool = (await findTool('terraform')) ? 'terraform' : (await findTool('tofu')) ? 'tofu' : undefined;
    if (tool) {
      const { code, stdout, stderr } = await runTool(tool, ['fmt', '-check', '-recursive', 'terraform'], { cwd: root });
      const named = linesOf(stdout).map((file) => ({ where: file, what: 'terraform fmt -recursive terraform' }));
      return {
        looked: `${files.length} files`,
        findings: code === 0 ? [] : named.length > 0 ? named : [{ where: tool, what: stderr.trim() }],
      };
    }
    const findings: Finding[] = [];
    for (const file of files) {
      const text = await readFile(path.join(root, file), 'utf8');
      const { code, stdout, stderr } = await runTool('hclfmt', [], { input: text });
      if (code !== 0) findings.push({ where: file, what: stderr.trim() });
      else if (stdout !== text) findings.push({ where: file, what: 'terraform fmt -recursive terraform' });
    }
    return { looked: `${files.length} files`, findings };
  },
};

/** What `terraform init` says where it cannot reach the registry; a mistake in a file is another message. */
const NOT_INSTALLED = /registry\.terraform\.io|Failed to query available provider packages|Failed to download module/;

/** In the workflow every provider can be installed; a machine that cannot reach the registry runs the modules that need none. */
export const moduleTestCheck: Check = {
  name: "Terraform's own tests pass wherever their providers can be installed",
  needs: ['terraform|tofu'],
  async run(root) {
    const tool = (await findTool('terraform')) ? 'terraform' : 'tofu';
    const findings: Finding[] = [];
    const tests = await listFiles(root, 'terraform/**/tests/*.tftest.hcl');
    const lacking: string[] = [];
    let passed = 0;
    const copy = await mkdtemp(path.join(tmpdir(), 'terraform-'));
    try {
      // Roots refer to ../modules.
      const filter = (source: string): boolean => !/(^|\/)(\.terraform|terraform\.tfvars|backend\.tf)$/.test(source);
      await cp(path.join(root, 'terraform'), copy, { recursive: true, filter });
      for (const folder of new Set(tests.map((test) => path.posix.join(path.posix.dirname(test), '..')))) {
        const cwd = path.join(copy, path.posix.relative('terraform', folder));
        const init = await runTool(tool, ['init', '-backend=false', '-input=false', '-no-color'], { cwd });
        if (init.code !== 0) {
          if (NOT_INSTALLED.test(init.stdout + init.stderr)) lacking.push(path.posix.basename(folder));
          else findings.push({ where: folder, what: linesOf(init.stdout + init.stderr).join('\n           ') });
          continue;
        }
        const { code, stdout, stderr } = await runTool(tool, ['test', '-no-color'], { cwd });
        passed += [...stdout.matchAll(/^ {2}run .*\.\.\. pass$/gm)].length;
        if (code !== 0) findings.push({ where: folder, what: linesOf(stdout + stderr).join('\n           ') });
      }
    } finally {
      await rm(copy, { recursive: true, force: true });
    }
    const left = lacking.length > 0 ? `; the registry cannot be reached for ${lacking.join(', ')}` : '';
    return { looked: `${passed} runs passed${left}`, findings };
  },
};

const NOTICE_DAYS = 60;
const DAY_MS = 86_400_000;

/** The same guard that a plan has, before anybody plans. */
export const versionCheck: Check = {
  name: `the version of EKS is at least ${NOTICE_DAYS} days from the end of its standard support`,
  async run(root) {
    const dates = z
      .record(z.string(), z.iso.date())
      .parse(
        JSON.parse(await readFile(path.join(root, 'terraform/modules/eks-version/standard-support.json'), 'utf8')),
      );
    const files = await readTerraform(root);
    const version = files
      .filter(({ folder }) => folder === 'terraform/infrastructure')
      .map(({ content }) => content.variable['kubernetes_version']?.[0]?.['default'])
      .find((value): value is string => typeof value === 'string');
    const where = 'terraform/infrastructure: kubernetes_version';
    const ends = version === undefined ? undefined : dates[version];
    if (version === undefined || ends === undefined)
      return {
        looked: 'no date',
        findings: [{ where, what: `${version ?? '(none)'} has no date in standard-support.json` }],
      };
    const days = Math.floor((Date.parse(ends) - Date.now()) / DAY_MS);
    const what = `${version} leaves standard support on ${ends}, in ${days} days: six times the price from then on. Upgrade (docs/operations.md)`;
    return { looked: `${version} until ${ends}, ${days} days`, findings: days < NOTICE_DAYS ? [{ where, what }] : [] };
  },
};
