// Prometheus' configuration and rules, checked by promtool.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Check, Finding } from '../check.ts';
import { listFiles } from '../list-files.ts';
import { linesOf, runTool } from '../run-tool.ts';

const RuleFile = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      rules: z.array(
        z.object({
          alert: z.string().optional(),
          record: z.string().optional(),
          expr: z.string(),
          labels: z.record(z.string(), z.string()).default({}),
          annotations: z.record(z.string(), z.string()).default({}),
        }),
      ),
    }),
  ),
});

export interface RuleExpression {
  where: string;
  alert: string | undefined;
  record: string | undefined;
  expr: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

export async function ruleExpressions(root: string): Promise<RuleExpression[]> {
  const found: RuleExpression[] = [];
  for (const file of await listFiles(root, 'observability/prometheus/rules/*.yaml')) {
    const { groups } = RuleFile.parse(parse(await readFile(path.join(root, file), 'utf8')));
    for (const { rules } of groups)
      for (const { alert, record, ...rest } of rules)
        found.push({ where: `${path.posix.basename(file)}: ${alert ?? record ?? ''}`, alert, record, ...rest });
  }
  return found;
}

export const promtoolCheck: Check = {
  name: "Prometheus' configuration and rules are valid, and the rules' own tests pass",
  needs: ['promtool'],
  async run(root) {
    const tests = await listFiles(root, 'observability/prometheus/tests/*.yaml');
    const runs = [
      ['check', 'config', 'observability/prometheus/prometheus.yml'],
      ['test', 'rules', ...tests],
    ];
    const findings: Finding[] = [];
    for (const args of runs) {
      const { code, stdout, stderr } = await runTool('promtool', args, { cwd: root });
      if (code !== 0)
        findings.push({ where: `promtool ${args.join(' ')}`, what: linesOf(stdout + stderr).join('\n           ') });
    }
    return { looked: `${(await ruleExpressions(root)).length} rules, ${tests.length} files of tests`, findings };
  },
};

export const amtoolCheck: Check = {
  name: "Alertmanager's configuration is valid",
  needs: ['amtool'],
  async run(root) {
    const file = 'observability/alertmanager/alertmanager.yaml';
    const { code, stdout, stderr } = await runTool('amtool', ['check-config', file], { cwd: root });
    const findings = code === 0 ? [] : [{ where: file, what: linesOf(stdout + stderr).join('\n           ') }];
    return { looked: '1 file', findings };
  },
};

/** The anchor that GitHub gives a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');

export const runbookCheck: Check = {
  name: 'every alert has a severity that Alertmanager routes, a summary, a runbook, and a test',
  async run(root) {
    const alerts = (await ruleExpressions(root)).filter(({ alert }) => alert !== undefined);
    const tests = (
      await Promise.all(
        (await listFiles(root, 'observability/prometheus/tests/*.yaml')).map((file) =>
          readFile(path.join(root, file), 'utf8'),
        ),
      )
    ).join('\n');
    const findings: Finding[] = [];
    for (const { where, alert = '', labels, annotations } of alerts) {
      if (!/^(page|ticket)$/.test(labels['severity'] ?? ''))
        findings.push({ where, what: 'severity must be page or ticket' });
      if (!annotations['summary']) findings.push({ where, what: 'summary is missing' });
      const [file = '', anchor = ''] = (annotations['runbook'] ?? '').split('#');
      const text = file === '' ? '' : await readFile(path.join(root, file), 'utf8').catch(() => '');
      const anchors = [...text.matchAll(/^#+ (.*)$/gm)].map((match) => anchorOf(match[1] ?? ''));
      if (!anchors.includes(anchor))
        findings.push({ where, what: `its runbook ${annotations['runbook'] ?? '(none)'} does not exist` });
      if (!new RegExp(`alertname: ${alert}\\b`).test(tests))
        findings.push({ where, what: 'no test shows when it fires' });
    }
    return { looked: `${alerts.length} alerts`, findings };
  },
};
