// Third-party checkers on our files: each prints what it found and exits with a code other than 0.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Check, Finding } from '../check.ts';
import { listFiles } from '../list-files.ts';
import { linesOf, runTool, type ToolResult } from '../run-tool.ts';
import { ACTIONS, WORKFLOWS } from './workflow-rules.ts';

function findingsOf(tool: string, { code, stdout, stderr }: ToolResult): Finding[] {
  if (code === 0) return [];
  const lines = linesOf(stdout.trim() === '' ? stderr : stdout);
  return lines.length > 0
    ? lines.map((line) => ({ where: tool, what: line }))
    : [{ where: tool, what: `exited with ${code}` }];
}

export const actionlintCheck: Check = {
  name: 'actionlint finds nothing in the workflows',
  needs: ['actionlint'],
  async run(root) {
    const files = await listFiles(root, ...WORKFLOWS);
    const result = await runTool('actionlint', ['-no-color', '-oneline', ...files], { cwd: root });
    return { looked: `${files.length} workflows`, findings: findingsOf('actionlint', result) };
  },
};

export const zizmorCheck: Check = {
  name: 'zizmor finds no weakness in the workflows and actions',
  needs: ['zizmor'],
  async run(root) {
    const files = await listFiles(root, ...WORKFLOWS, ...ACTIONS);
    const args = [
      '--offline',
      '--quiet',
      '--no-progress',
      '--color=never',
      '--format=plain',
      '--config',
      '.github/zizmor.yml',
      ...files,
    ];
    const result = await runTool('zizmor', args, { cwd: root });
    return { looked: `${files.length} files`, findings: findingsOf('zizmor', result) };
  },
};

export const hadolintCheck: Check = {
  name: 'hadolint finds nothing in the Dockerfiles',
  needs: ['hadolint'],
  async run(root) {
    const files = await listFiles(root, '*/Dockerfile');
    const result = await runTool('hadolint', ['--no-color', '--failure-threshold', 'info', ...files], { cwd: root });
    return { looked: `${files.length} Dockerfiles`, findings: findingsOf('hadolint', result) };
  },
};

export const shellcheckCheck: Check = {
  name: 'shellcheck finds nothing in the scripts',
  needs: ['shellcheck'],
  async run(root) {
    const candidates = await listFiles(root, '**/*.sh', '.ci/*', '.github/**/*.sh', 'gitops-config/*.sh');
    const files: string[] = [];
    for (const file of new Set(candidates))
      if (/^#!.*\bbash$/m.test((await readFile(path.join(root, file), 'utf8')).split('\n')[0] ?? '')) files.push(file);
    const result = await runTool('shellcheck', ['--format=gcc', '--severity=style', ...files], { cwd: root });
    return { looked: `${files.length} scripts`, findings: findingsOf('shellcheck', result) };
  },
};

export const checkovCheck: Check = {
  name: 'checkov finds nothing in Terraform, manifests and Dockerfiles except what is skipped with a reason',
  needs: ['checkov'],
  async run(root) {
    const scans = [
      ['--directory', 'terraform', '--framework', 'terraform'],
      ['--directory', 'tools/validate/golden', '--framework', 'kubernetes'],
      ['--file', 'todo/Dockerfile', 'promoter/Dockerfile', '--framework', 'dockerfile'],
    ];
    const findings: Finding[] = [];
    let passed = 0;
    for (const scan of scans) {
      const args = [
        ...scan,
        '--config-file',
        '.checkov.yaml',
        '--output',
        'json',
        '--quiet',
        '--compact',
        '--skip-download',
      ];
      const { stdout, stderr } = await runTool('checkov', args, { cwd: root });
      const reports = [JSON.parse(stdout || '{}') as unknown].flat() as Report[];
      for (const { summary, results } of reports) {
        passed += summary?.passed ?? 0;
        for (const error of results?.parsing_errors ?? [])
          findings.push({ where: error, what: 'checkov could not read it' });
        for (const { check_id, check_name, resource, file_path, file_line_range } of results?.failed_checks ?? [])
          findings.push({ where: `${file_path}:${file_line_range[0]} ${resource}`, what: `${check_id} ${check_name}` });
      }
      if (stdout === '')
        findings.push({ where: 'checkov', what: stderr.trim().split('\n').at(-1) ?? 'it printed nothing' });
    }
    return { looked: `${passed} passed`, findings };
  },
};

interface Report {
  summary?: { passed: number };
  results?: {
    parsing_errors?: string[];
    failed_checks: {
      check_id: string;
      check_name: string;
      resource: string;
      file_path: string;
      file_line_range: [number, number];
    }[];
  };
}
