// The guides, followed: every command of theirs runs in order, from a fresh clone, with commands in the place of those that need an account.
// docs/bring-your-own-app.md is followed in sandbox/test/flow/second-service.test.ts.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listFiles } from '../src/list-files.ts';

const ROOT = path.join(import.meta.dirname, '../../..');
const ENDPOINT = 'https://ours.eks.amazonaws.com';
const STAND_INS = ['aws', 'gh', 'helm', 'kubectl', 'kustomize', 'terraform'];
/** What the commands answer; those that get a document by standard input read it. */
const ANSWERS = String.raw`#!/usr/bin/env bash
call="$(basename "$0") $*"
echo "$call" >> "$HERE/calls"
case "$call" in
  *file:///dev/stdin* | *' apply -f -' | 'gh variable set '*) [ -t 0 ] || cat >> "$HERE/input" ;;
esac
case "$call" in
  'aws sts '*) echo '{"Account":"123456789012","Arn":"arn:aws:sts::123456789012:assumed-role/platform-team/dana"}' ;;
  'aws secretsmanager describe-secret '*) echo '{}' ;;
  'aws secretsmanager get-secret-value '*) echo '{"username":"platform","password":"of-the-master","secret":"old"}' ;;
  'aws acm request-certificate '*) echo arn:aws:acm:eu-central-1:123456789012:certificate/1 ;;
  'gh api user '*) echo dana ;;
  'gh api users/'* | 'gh api repos/'*) echo 11 ;;
  'kubectl config view '*) echo ${ENDPOINT} ;;
  *' output -json backend') echo '{"bucket":"states","region":"eu-central-1","kms_key_id":"key"}' ;;
  *' output -json cluster') echo '{"name":"delivery","endpoint":"${ENDPOINT}"}' ;;
  *' output -json facts') echo '{"region":"eu-central-1","vpc-id":"vpc-1","loki-bucket":"logs","tempo-bucket":"traces"}' ;;
  *' output -json database') echo '{"address":"db.test","master_secret_arn":"arn"}' ;;
  *' output -json generated_secrets') echo '{"platform/grafana-admin":{"field":"password","with":{}}}' ;;
  *' output -raw '*) echo arn:aws:iam::123456789012:role/delivery ;;
esac
`;

let folder: string;
let clone: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'guides-'));
  clone = path.join(folder, 'platform');
  await promisify(execFile)('git', ['clone', '--quiet', ROOT, clone]);
  await mkdir(path.join(folder, 'bin'));
  for (const name of STAND_INS) await writeFile(path.join(folder, 'bin', name), ANSWERS, { mode: 0o755 });
  // "Generate a private key, and move it here".
  await writeFile(path.join(clone, 'your-app.private-key.pem'), 'key\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const blocksOf = (text: string): string[] => [...text.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block = '']) => block);

/** Runs every command of a guide in one shell, which ends with the first that fails or uses what was not set. */
async function follow(
  guide: string,
  input = '',
): Promise<{ code: number; output: string; calls: string[]; input: string }> {
  const script = blocksOf(await readFile(path.join(clone, guide), 'utf8')).join('\n');
  for (const file of ['calls', 'input']) await rm(path.join(folder, file), { force: true });
  const running = promisify(execFile)('bash', ['-euo', 'pipefail', '-c', `${script}\nwait`], {
    cwd: clone,
    env: {
      PATH: `${path.join(folder, 'bin')}${path.delimiter}${process.env['PATH'] ?? ''}`,
      HOME: folder,
      HERE: folder,
      GIT_AUTHOR_NAME: 'test',
      GIT_AUTHOR_EMAIL: 'test@example.com',
      GIT_COMMITTER_NAME: 'test',
      GIT_COMMITTER_EMAIL: 'test@example.com',
    },
  });
  running.child.stdin?.end(input);
  const { code, output } = await running.then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      output: error.stdout + error.stderr,
    }),
  );
  const read = (file: string): Promise<string> => readFile(path.join(folder, file), 'utf8').catch(() => '');
  return { code, output, calls: (await read('calls')).split('\n'), input: await read('input') };
}

describe('the guides', () => {
  it('getting started: from two repositories to the trace, with every variable set before it is used', async () => {
    const { code, output, calls, input } = await follow('docs/getting-started-aws.md');

    expect(code, output).toBe(0);
    expect(calls).toContain('gh repo create your-organization/platform --private --source . --remote platform --push');
    expect(
      calls.some((call) =>
        /^terraform .*platform apply .*config_repository=https:\/\/github\.com\/your-organization\/gitops-config\.git$/.test(
          call,
        ),
      ),
    ).toBe(true);
    expect(
      calls.some((call) => call.startsWith('aws eks update-kubeconfig') && call.includes('--region eu-central-1')),
    ).toBe(true);
    expect(input).toContain('state_bucket = "states"');
    expect(input).toContain('config_repository = "https://github.com/your-organization/gitops-config.git"');
    expect(input).toContain('promoter/github-app');
  });

  it('teardown: what was created is removed, after its name was typed', async () => {
    // "The checkout from which the platform was created".
    await writeFile(path.join(clone, 'terraform/backend.hcl'), 'bucket = "states"\n');
    const { code, output, calls } = await follow('docs/teardown.md', 'delivery\n');

    expect(code, output).toBe(0);
    expect(calls.some((call) => /infrastructure destroy/.test(call))).toBe(true);
  });

  it.each(['docs/bring-your-own-cluster.md', 'docs/operations.md', 'terraform/README.md'])('%s', async (guide) => {
    const { code, output } = await follow(guide);

    expect(code, output).toBe(0);
  });
});

const TOOLS = /(?:^|[|&;({]\s*|\$\()\s*(aws|gh|git|helm|jq|kubectl|openssl|perl|terraform|npm)\b/gm;

it.each([
  'docs/getting-started-aws.md',
  'docs/teardown.md',
  'docs/bring-your-own-cluster.md',
  'docs/bring-your-own-app.md',
  'docs/operations.md',
])('%s names the commands that it needs before the first of them', async (guide) => {
  const text = await readFile(path.join(ROOT, guide), 'utf8');
  const before = text.slice(0, text.indexOf('```sh'));
  const used = new Set(blocksOf(text).flatMap((block) => [...block.matchAll(TOOLS)].map(([, tool = '']) => tool)));

  for (const tool of used) expect(before, tool).toContain(`\`${tool}\``);
});

/** GNU's tools and bash 4 have these; macOS has neither. */
const NOT_ON_MACOS = [
  /\bsed (-[a-zA-Z]+ )*-i/,
  /\bdeclare -A/,
  /\$\{\w+(,,|\^\^)\}/,
  /\b(mapfile|readarray)\b/,
  /\breadlink -f/,
  /\bdate -d/,
  /\bgrep -[a-zA-Z]*P/,
  /\bxargs -r/,
  /\bsha256sum\b/,
  /=~ [^$ ]*\(/,
];

it('guides, and the scripts that people run, use nothing that macOS lacks', async () => {
  const scripts = await listFiles(ROOT, 'terraform/*.sh', 'tools/*.sh', 'observability/*.sh', 'gitops-config/*.sh');
  const guides = await listFiles(ROOT, 'docs/*.md', 'terraform/README.md');
  const findings: string[] = [];
  for (const file of [...scripts, ...guides]) {
    const text = await readFile(path.join(ROOT, file), 'utf8');
    const code = (file.endsWith('.md') ? blocksOf(text).join('\n') : text)
      .split('\n')
      .filter((line) => !line.startsWith('#'));
    for (const line of code)
      for (const pattern of NOT_ON_MACOS) if (pattern.test(line)) findings.push(`${file}: ${line.trim()}`);
  }

  expect(scripts.length).toBeGreaterThan(5);
  expect(findings).toEqual([]);
});
