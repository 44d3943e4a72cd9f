import path from 'node:path';
import type { Check, Finding } from '../check.ts';
import { listFiles } from '../list-files.ts';
import { linesOf, runTool } from '../run-tool.ts';

const DOCUMENTS = [
  '*.md',
  '.github/**/*.md',
  '{docs,gitops-config,observability,promoter,sandbox,terraform,todo,tools}/**/*.md',
];
const bin = (name: string): string => path.join(import.meta.dirname, '../../../../node_modules', name);

export const markdownCheck: Check = {
  name: 'markdownlint finds nothing in the documents',
  async run(root) {
    const files = await listFiles(root, ...DOCUMENTS);
    const program = bin('markdownlint-cli2/markdownlint-cli2-bin.mjs');
    const { code, stderr } = await runTool(
      process.execPath,
      [program, '--no-globs', ...files.map((file) => `:${file}`)],
      { cwd: root },
    );
    const findings = linesOf(stderr).flatMap((line): Finding[] => {
      const match = /^(\S+:\d+)(?::\d+)? (?:error )?(MD\d+.*)$/.exec(line);
      return match ? [{ where: match[1] ?? '', what: match[2] ?? '' }] : [];
    });
    const broken = code !== 0 && findings.length === 0 ? [{ where: 'markdownlint-cli2', what: stderr.trim() }] : [];
    return { looked: `${files.length} documents`, findings: [...findings, ...broken] };
  },
};

export const linkCheck: Check = {
  name: 'every link between documents leads to a file and a heading that are there',
  async run(root) {
    const files = await listFiles(root, ...DOCUMENTS);
    const args = [
      bin('remark-cli/cli.js'),
      '--no-color',
      '--quiet',
      '--frail',
      '--no-stdout',
      '--use',
      'remark-validate-links=repository:false',
      ...files,
    ];
    const { code, stderr } = await runTool(process.execPath, args, { cwd: root });
    let file = '';
    const findings: Finding[] = [];
    for (const line of linesOf(stderr)) {
      if (/^\S.*\.md$/.test(line)) file = line;
      const match = /^\s*(\d+):\d+(?:-\d+:\d+)?\s+warning\s+(.*?)\s+missing-(?:file|heading)/.exec(line);
      if (match) findings.push({ where: `${file}:${match[1] ?? ''}`, what: match[2] ?? '' });
    }
    const broken = code !== 0 && findings.length === 0 ? [{ where: 'remark', what: stderr.trim() }] : [];
    return { looked: `${files.length} documents`, findings: [...findings, ...broken] };
  },
};
