// terraform/up.sh, down.sh and what they call, with commands in the place of aws, gh, kubectl and terraform that record their calls.
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { execFile } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ROOT = path.join(import.meta.dirname, '../../..');
const ENDPOINT = 'https://ours.eks.amazonaws.com';

/** What the commands answer; anything else they only record. */
const ANSWERS = String.raw`
name=$(basename "$0")
call="$name $*"
echo "$call" | sed -e "s|$HERE/||g" -e "s|/[^ ]*/config|KUBECONFIG|" >> "$HERE/calls"
if [ -n "${'${FAILS:-}'}" ] && [[ "$call" == *$FAILS* ]]; then echo "no answer" >&2; exit 1; fi
case "$call" in
  'aws sts get-caller-identity '*) echo '{"Account":"'"$(cut -d: -f5 <<< "$CALLER")"'","Arn":"'"$CALLER"'"}' ;;
  'aws secretsmanager describe-secret '*) cat "$HERE/secret" ;;
  'aws secretsmanager get-secret-value '*) echo '{"username":"platform","password":"of-the-master"}' ;;
  'aws secretsmanager put-secret-value '*) cat >> "$HERE/written" ;;
  'aws elbv2 '*) echo ;;
  'gh api users/'*) echo 11 ;;
  'gh api repos/'*) echo 22 ;;
  'kubectl config view '*) echo "$SERVER" ;;
  kubectl*' apply -f -') cat >> "$HERE/applied" ;;
  'kubectl create namespace '*) echo namespace ;;
  'kubectl '*'get applications'*) printf 'application/a\napplication/b\n' ;;
  *' output -json backend') echo '{"bucket":"states","region":"eu-central-1","kms_key_id":"key"}' ;;
  *' output -json cluster') echo '{"name":"delivery","endpoint":"${ENDPOINT}"}' ;;
  *' output -json facts') echo '{"region":"eu-central-1","vpc-id":"vpc-1","loki-bucket":"logs","tempo-bucket":"traces"}' ;;
  *' output -json database') echo '{"address":"db.test","master_secret_arn":"arn"}' ;;
  *' output -json generated_secrets') echo '{"platform/grafana-admin":{"field":"password","with":{"user":"admin"}}}' ;;
esac
`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'up-'));
  await cp(path.join(ROOT, 'terraform'), path.join(folder, 'terraform'), {
    recursive: true,
    filter: (source) =>
      !/(^|\/)(\.terraform|backend\.hcl|backend\.tf|terraform\.tfvars|\.up|\.down|\.down\.json)(\/|$)/.test(source),
  });
  await cp(
    path.join(folder, 'terraform/infrastructure/example.tfvars'),
    path.join(folder, 'terraform/infrastructure/terraform.tfvars'),
  );
  await mkdir(path.join(folder, 'bin'));
  for (const name of ['aws', 'gh', 'kubectl', 'terraform'])
    await writeFile(path.join(folder, 'bin', name), `#!/usr/bin/env bash\n${ANSWERS}`, { mode: 0o755 });
  await writeFile(path.join(folder, 'secret'), '{}');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Ran {
  code: number;
  output: string;
  /** In order, without what only reads Terraform's outputs. */
  calls: string[];
}

async function run(script: string, env: Record<string, string> = {}): Promise<Ran> {
  const [name = '', ...args] = script.split(' ');
  await rm(path.join(folder, 'calls'), { force: true });
  const child = promisify(execFile)('bash', [path.join(folder, 'terraform', name), ...args], {
    cwd: tmpdir(),
    env: {
      PATH: `${path.join(folder, 'bin')}${path.delimiter}${process.env['PATH'] ?? ''}`,
      HERE: folder,
      SERVER: ENDPOINT,
      CALLER: 'arn:aws:sts::123456789012:assumed-role/platform-team/dana',
      ...env,
    },
  });
  child.child.stdin?.end();
  const { code, output } = await child.then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      output: error.stdout + error.stderr,
    }),
  );
  const calls = await readFile(path.join(folder, 'calls'), 'utf8').catch(() => '');
  return { code, output, calls: calls.split('\n').filter((call) => call !== '' && !call.includes(' output -json ')) };
}

const read = (file: string): Promise<string> => readFile(path.join(folder, file), 'utf8').catch(() => '');
const UP = 'up.sh --yes --repository acme/platform --config-repository acme/gitops-config';
/** The steps that a run printed. */
const stepsOf = ({ output }: Ran): string[] => [...output.matchAll(/^== (\w+):/gm)].map(([, step = '']) => step);

describe('up.sh', () => {
  const STEPS = ['bootstrap', 'state', 'infrastructure', 'secrets', 'databases', 'platform'];

  it('--dry-run prints every step and calls nothing', async () => {
    const ran = await run(`${UP} --dry-run`);

    expect(ran).toMatchObject({ code: 0, calls: [] });
    expect(stepsOf(ran)).toEqual(STEPS);
    expect(ran.output).toContain('-var config_repository=https://github.com/acme/gitops-config.git');
    expect(ran.output).toMatch(/nothing was changed \(--dry-run\)\n$/);
  });

  it('takes the steps in the order that works: the cluster is known before the database is touched', async () => {
    const ran = await run(UP);
    const [connect, master, apply] = [
      'aws eks update-kubeconfig',
      'aws secretsmanager get-secret-value',
      'apply -f -',
    ].map((text) => ran.calls.findIndex((call) => call.includes(text))) as [number, number, number];

    expect(ran.code, ran.output).toBe(0);
    expect(stepsOf(ran)).toEqual(STEPS);
    expect(ran.calls.filter((call) => / (apply -auto|init)/.test(call))).toEqual([
      'terraform -chdir=terraform/bootstrap init',
      'terraform -chdir=terraform/bootstrap apply -auto-approve -var name=delivery -var region=eu-central-1 -var github_repository=acme/platform -var github_owner_id=11 -var github_repository_id=22',
      'terraform -chdir=terraform/bootstrap init -migrate-state -force-copy -backend-config=terraform/backend.hcl',
      'terraform -chdir=terraform/infrastructure init -backend-config=terraform/backend.hcl',
      'terraform -chdir=terraform/infrastructure apply -auto-approve',
      'terraform -chdir=terraform/platform init -backend-config=terraform/backend.hcl',
      'terraform -chdir=terraform/platform apply -auto-approve -var region=eu-central-1 -var state_bucket=states -var config_repository=https://github.com/acme/gitops-config.git',
    ]);
    expect(connect).toBeGreaterThan(-1);
    expect(master).toBeGreaterThan(connect);
    expect(apply).toBeGreaterThan(master);
    expect(await read('terraform/backend.hcl')).toBe(
      'bucket = "states"\nregion = "eu-central-1"\nkms_key_id = "key"\n',
    );
  });

  it('continues with the step that failed, and begins again with --restart', async () => {
    const failed = await run(UP, { FAILS: 'terraform/infrastructure apply' });
    const resumed = await run(UP);
    const again = await run(`${UP} --restart`);

    expect(failed.code).not.toBe(0);
    expect(stepsOf(failed)).toEqual(['bootstrap', 'state', 'infrastructure']);
    expect(resumed.code, resumed.output).toBe(0);
    expect(stepsOf(resumed)).toEqual(['infrastructure', 'secrets', 'databases', 'platform']);
    expect(resumed.output).toContain('-- bootstrap: done by an earlier call');
    // Its state is in the bucket by now.
    expect(again.calls).toContain('terraform -chdir=terraform/bootstrap init -backend-config=terraform/backend.hcl');
  });

  it.each([
    [
      'another account',
      'arn:aws:sts::999999999999:assumed-role/platform-team/dana',
      /in account 999999999999, and .* another one/,
    ],
    [
      'a role without rights in the cluster',
      'arn:aws:sts::123456789012:assumed-role/guest/dana',
      /role guest is not in .*admins/s,
    ],
    ['a user', 'arn:aws:iam::123456789012:user/dana', /assume a role/],
  ])('changes nothing as %s', async (_what, CALLER, says) => {
    const ran = await run(UP, { CALLER });

    expect(ran).toMatchObject({ code: 1, output: expect.stringMatching(says) as string });
    expect(ran.calls.filter((call) => !call.startsWith('aws sts'))).toEqual([]);
  });

  it('refuses another cluster of the same name before it sends anything there', async () => {
    const ran = await run(UP, { SERVER: 'https://theirs.eks.amazonaws.com' });

    expect(ran.code).toBe(1);
    expect(ran.output).toContain('kubectl would reach https://theirs.eks.amazonaws.com, but the cluster of Terraform');
    expect(ran.calls.some((call) => /get-secret-value|kubectl .*apply|platform apply/.test(call))).toBe(false);
  });

  it.each([
    ['up.sh --repository acme --config-repository acme/gitops-config', /must be OWNER\/NAME, not "acme"/],
    ['up.sh --repository acme/platform', /are needed/],
    ['up.sh --dryrun', /unknown argument/],
    ['down.sh --dryrun', /unknown argument/],
    ['create-secrets.sh --rotate', /needs the names/],
  ])('%s ends with a usage error', async (script, says) => {
    expect(await run(script)).toMatchObject({ code: 2, output: expect.stringMatching(says) as string, calls: [] });
  });
});

describe('the secrets', () => {
  it('are written by standard input: no value is among the arguments of a process', async () => {
    expect((await run(UP)).code).toBe(0);
    const written = (await read('written'))
      .trim()
      .split(/\n(?=\{)/)
      .map((text) => JSON.parse(text) as Record<string, string>);
    const calls = await read('calls');

    expect(written.map(({ SecretId }) => SecretId)).toEqual([
      'platform/grafana-admin',
      'todo-dev/database',
      'todo-staging/database',
      'todo-prod/database',
    ]);
    for (const { SecretString = '' } of written) {
      const value = JSON.parse(SecretString) as { user?: string; password?: string; url?: string };
      const secret = value.password ?? /:([0-9a-f]{48})@/.exec(value.url ?? '')?.[1] ?? '';
      expect(secret).toMatch(/^[0-9a-f]{48}$/);
      expect(calls).not.toContain(secret);
    }
    expect(calls).not.toContain('of-the-master');
    expect(await read('applied')).toContain('"PGPASSWORD": "of-the-master"');
  });

  it('that have a value are kept, and an error does not pass for an empty one', async () => {
    await writeFile(path.join(folder, 'secret'), '{"VersionIdsToStages":{"a":["AWSCURRENT"]}}');
    const kept = await run('create-secrets.sh');
    const rotated = await run('create-secrets.sh --rotate platform/grafana-admin');
    const failed = await run('create-databases.sh', { FAILS: 'describe-secret' });

    expect(kept).toMatchObject({ code: 0, output: 'platform/grafana-admin has a value: kept\n' });
    expect(rotated).toMatchObject({ code: 0, output: 'platform/grafana-admin was written\n' });
    expect(failed.code).not.toBe(0);
    expect(failed.calls.some((call) => /put-secret-value|kubectl .*apply/.test(call))).toBe(false);
  });
});

describe('down.sh', () => {
  const STEPS = ['quiet', 'outside', 'finalizers', 'platform', 'protection', 'buckets', 'infrastructure'];
  beforeEach(() => writeFile(path.join(folder, 'terraform/backend.hcl'), 'bucket = "states"\n'));

  it('--dry-run prints every step and calls nothing', async () => {
    const ran = await run('down.sh --dry-run');

    expect(ran).toMatchObject({ code: 0, calls: [] });
    expect(stepsOf(ran)).toEqual(STEPS);
  });

  it('removes load balancers before the controller, and the cluster last', async () => {
    const ran = await run('down.sh --yes');
    const order = [
      'delete ingress',
      'aws elbv2',
      'patch application/b',
      'platform destroy',
      's3://logs',
      'infrastructure destroy',
    ];

    expect(ran.code, ran.output).toBe(0);
    expect(stepsOf(ran)).toEqual(STEPS);
    const at = order.map((text) => ran.calls.findIndex((call) => call.includes(text)));
    expect(at).not.toContain(-1);
    expect(at).toEqual([...at].sort((a, b) => a - b));
  });

  it('continues with the step that failed', async () => {
    const failed = await run('down.sh --yes', { FAILS: 'platform destroy' });
    const resumed = await run('down.sh --yes');

    expect(failed.code).not.toBe(0);
    expect(resumed.code, resumed.output).toBe(0);
    expect(stepsOf(resumed)).toEqual(['platform', 'protection', 'buckets', 'infrastructure']);
  });

  it('continues after a destroy that failed, which leaves no outputs', async () => {
    const failed = await run('down.sh --yes', { FAILS: 'terraform/infrastructure destroy' });
    const resumed = await run('down.sh --yes', { FAILS: 'terraform/infrastructure output' });

    expect(failed.code).not.toBe(0);
    expect(resumed.code, resumed.output).toBe(0);
    expect(stepsOf(resumed)).toEqual(['infrastructure']);
    expect(await read('terraform/.down.json')).toBe('');
  });

  it('and up.sh begin with their first step after the other: what was done is undone', async () => {
    await run(UP, { FAILS: 'describe-secret' });
    expect(await read('terraform/.up')).toContain('infrastructure');
    await run('down.sh --yes', { FAILS: 'platform destroy' });
    expect(await read('terraform/.up')).toBe('');
    expect(await read('terraform/.down')).toContain('outside');
    const up = await run(UP);
    expect(up.code, up.output).toBe(0);
    expect(stepsOf(up)[0]).toBe('bootstrap');
    expect(stepsOf(await run('down.sh --yes'))).toEqual(STEPS);
  });

  it('refuses another cluster, and asks for the name', async () => {
    const other = await run('down.sh --yes', { SERVER: 'https://theirs.eks.amazonaws.com' });
    const unsure = await run('down.sh');

    for (const ran of [other, unsure]) {
      expect(ran.code).not.toBe(0);
      expect(ran.calls.some((call) => /delete|destroy|scale/.test(call))).toBe(false);
    }
  });

  it('ends while load balancers are left, which would block the network', async () => {
    const file = path.join(folder, 'bin/aws');
    await writeFile(
      file,
      (await readFile(file, 'utf8')).replace("'aws elbv2 '*) echo ;;", "'aws elbv2 '*) echo k8s-todo ;;"),
    );
    const ran = await run('down.sh --yes', { LOAD_BALANCER_CHECKS: '1' });

    expect(ran.code).toBe(1);
    expect(ran.output).toContain('load balancers are left in vpc-1: k8s-todo');
    expect(ran.calls.some((call) => call.includes('destroy'))).toBe(false);
  });
});
