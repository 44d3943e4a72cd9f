// The scripts that workflows and people call, run as they run them.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { findOneOf, runTool } from '../src/run-tool.ts';

const ROOT = path.join(import.meta.dirname, '../../..');
const GITHUB = path.join(ROOT, '.github');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'scripts-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const git = async (...args: string[]): Promise<string> => {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
  const { stdout } = await promisify(execFile)('git', [...identity, ...args], { cwd: folder });
  return stdout.trim();
};

async function commit(...files: string[]): Promise<string> {
  for (const file of files) {
    await mkdir(path.join(folder, path.dirname(file)), { recursive: true });
    await writeFile(path.join(folder, file), `${Math.random()}`);
  }
  await git('add', '-A');
  await git('commit', '--quiet', '--message', 'change');
  return git('rev-parse', 'HEAD');
}

/** @returns what the script wrote into GITHUB_OUTPUT. */
async function outputsOf(
  script: string,
  env: Record<string, string>,
): Promise<{ code: number; outputs: string; said: string }> {
  const file = path.join(folder, '.git/output');
  await writeFile(file, '');
  const child = promisify(execFile)('bash', [path.join(GITHUB, script)], {
    cwd: folder,
    env: { PATH: process.env['PATH'], GITHUB_OUTPUT: file, ...env },
  });
  const { code, said } = await child.then(
    ({ stdout }) => ({ code: 0, said: stdout }),
    (error: { code: number; stderr: string }) => ({ code: error.code, said: error.stderr }),
  );
  return { code, outputs: await readFile(file, 'utf8'), said };
}

describe('changed-images.sh', () => {
  beforeEach(() => git('init', '--quiet', '--initial-branch=main'));

  it.each([
    ['a service', ['todo/src/main.ts'], '["todo"]'],
    ['both', ['todo/src/main.ts', 'promoter/src/main.ts'], '["todo","promoter"]'],
    ['what both are built from', ['observability/telemetry/src/logger.ts'], '["todo","promoter"]'],
    ['a guide', ['docs/operations.md'], '[]'],
    ['a folder whose name begins alike', ['todo-notes/plan.md'], '[]'],
  ])('names the images of a push that changes %s', async (_what, files, images) => {
    const before = await commit('README.md');
    await commit(...files);

    expect((await outputsOf('scripts/changed-images.sh', { BEFORE: before })).outputs).toBe(`images=${images}\n`);
  });

  it('looks at every commit of a push, and takes all after a force push', async () => {
    const before = await commit('README.md');
    await commit('todo/src/main.ts');
    await commit('README.md');

    expect((await outputsOf('scripts/changed-images.sh', { BEFORE: before })).outputs).toBe('images=["todo"]\n');
    expect((await outputsOf('scripts/changed-images.sh', { BEFORE: '0'.repeat(40) })).outputs).toBe(
      'images=["todo","promoter"]\n',
    );
  });

  it('finds an image for every path that starts a release', async () => {
    const Release = z.object({ on: z.object({ push: z.object({ paths: z.array(z.string()).min(1) }) }) });
    const workflow = parse(await readFile(path.join(ROOT, '.github/workflows/release.yaml'), 'utf8')) as unknown;
    for (const changed of Release.parse(workflow).on.push.paths) {
      const before = await commit('README.md');
      await commit(changed.replace('**', 'package.json').replace('*', 'name'));

      expect((await outputsOf('scripts/changed-images.sh', { BEFORE: before })).outputs, changed).not.toContain(
        'images=[]',
      );
    }
  });
});

describe('name-image.sh', () => {
  const env = (sha: string): Record<string, string> => ({
    SERVICE: 'todo',
    DOCKERFILE: 'todo/Dockerfile',
    GITHUB_REPOSITORY: 'Acme/platform',
    GITHUB_REPOSITORY_OWNER: 'Acme',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_RUN_NUMBER: '42',
    GITHUB_SHA: sha,
  });

  it('gives a tag that promotion.yaml takes for a release, of the commit', async () => {
    await git('init', '--quiet');
    const sha = await commit('todo/Dockerfile');
    const { outputs } = await outputsOf('actions/name-image/name-image.sh', env(sha));
    const tag = /^tag=(.*)$/m.exec(outputs)?.[1] ?? '';
    const promotion = z
      .object({ pipelines: z.array(z.object({ tags: z.string() })).min(1) })
      .parse(parse(await readFile(path.join(ROOT, 'gitops-config/promotion.yaml'), 'utf8')));

    expect(new RegExp(promotion.pipelines[0]?.tags ?? '').exec(tag)?.groups).toMatchObject({
      number: '42',
      commit: sha.slice(0, 7),
    });
    expect(outputs).toContain('image=ghcr.io/acme/todo\n');
    expect(outputs).toContain(`index:org.opencontainers.image.revision=${sha}`);
    expect(outputs).toMatch(/^committed=\d{10}$/m);
  });

  it('refuses what is not a service', async () => {
    await git('init', '--quiet');
    const sha = await commit('README.md');

    expect(await outputsOf('actions/name-image/name-image.sh', { ...env(sha), SERVICE: '../todo' })).toMatchObject({
      code: 1,
      said: expect.stringContaining('is not the name of a service') as string,
    });
    expect(await outputsOf('actions/name-image/name-image.sh', env(sha))).toMatchObject({
      code: 1,
      said: expect.stringContaining('todo/Dockerfile does not exist') as string,
    });
  });
});

describe('check-digest.sh', () => {
  it.each([
    [`sha256:${'ab'.repeat(32)}`, 0],
    ['', 1],
    [`sha256:${'ab'.repeat(31)}`, 1],
    [`sha256:${'ab'.repeat(32)}\n; true`, 1],
  ])('%j ends with %i', async (digest, code) => {
    await git('init', '--quiet');

    expect((await outputsOf('actions/scan-image/check-digest.sh', { DIGEST: digest })).code).toBe(code);
  });
});

const suite = (status: string, ...tests: string[]): object => ({
  status,
  assertionResults: tests.map((each) => ({ status: each })),
});

describe('.ci', () => {
  const results = (passed: number, total: number, ...testResults: object[]): string =>
    JSON.stringify({ numPassedTests: passed, numTotalTests: total, testResults });

  /** A checkout with these workspaces: their results, or undefined where a package with tests has none. */
  async function checkout(
    workspaces: Record<string, string | undefined>,
    scripts: object = { test: 'x' },
  ): Promise<void> {
    await cp(path.join(ROOT, '.ci'), path.join(folder, '.ci'), { recursive: true });
    const names = Object.keys(workspaces);
    await writeFile(path.join(folder, 'package.json'), JSON.stringify({ workspaces: [...names, 'no-tests'] }));
    for (const [name, text] of Object.entries({ ...workspaces, 'no-tests': undefined })) {
      await mkdir(path.join(folder, name));
      const manifest = name === 'no-tests' ? {} : { scripts };
      await writeFile(path.join(folder, name, 'package.json'), JSON.stringify(manifest));
      if (text !== undefined) await writeFile(path.join(folder, name, 'test-results.json'), text);
    }
  }

  it.each([
    ['adds up all packages', { a: results(3, 3), b: results(4, 4) }, 0, /^7 passed, 0 failed\n$/],
    ['counts what failed or was skipped', { a: results(3, 5) }, 1, /^3 passed, 2 failed\n$/],
    [
      'counts a file that could not be loaded',
      { a: results(1, 1, suite('passed', 'passed'), suite('failed')) },
      1,
      /^1 passed, 1 failed\n$/,
    ],
    [
      'counts a package with tests that has no results',
      { a: results(3, 3), b: undefined },
      1,
      /^b\/test-results\.json: ENOENT.*\n3 passed, 1 failed\n$/,
    ],
    ['counts results that are cut off', { a: '{"numPassed' }, 1, /^a\/test-results\.json: .*\n0 passed, 1 failed\n$/],
    ['refuses to count nothing as a success', {}, 1, /^0 passed, 0 failed\n$/],
  ])('count-results.mjs %s', async (_what, workspaces, code, output) => {
    await checkout(workspaces);

    expect(await runTool(process.execPath, ['.ci/count-results.mjs'], { cwd: folder })).toMatchObject({
      code,
      stdout: expect.stringMatching(output) as string,
    });
  });

  /** Puts a command in the place of npm that does what the text says, and leaves the checkers out. */
  async function withNpm(text: string): Promise<NodeJS.ProcessEnv> {
    const script = (name: string, body: string): Promise<void> =>
      writeFile(path.join(folder, name), `#!/usr/bin/env bash\n${body}\n`, { mode: 0o755 });
    await script('npm', `echo "npm $* CI=$CI TURBO_FORCE=$TURBO_FORCE" >> ${folder}/calls\n${text}`);
    await script('.ci/install-checkers', 'mkdir -p "$1/bin"');
    return { ...process.env, PATH: `${folder}${path.delimiter}${process.env['PATH'] ?? ''}` };
  }

  async function ci(script: string, env: NodeJS.ProcessEnv): Promise<{ code: number; stdout: string; calls: string }> {
    const [name = '', ...args] = script.split(' ');
    const child = promisify(execFile)(path.join(folder, '.ci', name), args, { cwd: tmpdir(), env });
    const { code, stdout } = await child.then(
      ({ stdout: printed }) => ({ code: 0, stdout: printed }),
      (error: { code: number; stdout: string }) => error,
    );
    const calls = await readFile(path.join(folder, 'calls'), 'utf8').catch(() => '');
    return { code, stdout, calls };
  }

  const write = (text: string): string => `if [ "$1" = test ]; then echo '${text}' > a/test-results.json; fi`;

  it('run installs, checks, validates, tests, and ends with the count', async () => {
    await checkout({ a: undefined });
    const { code, stdout, calls } = await ci('run', { ...(await withNpm(write(results(2, 2)))), CI: '' });

    expect(calls).toBe(
      [
        'npm ci CI= TURBO_FORCE=true',
        'npm run check CI= TURBO_FORCE=true',
        'npm run charts --workspace=tools/validate CI=true TURBO_FORCE=true',
        'npm run validate CI=true TURBO_FORCE=true',
        'npm test CI=true TURBO_FORCE=true',
        '',
      ].join('\n'),
    );
    expect(stdout).toMatch(/(^|\n)2 passed, 0 failed\n$/);
    expect(code).toBe(0);
  });

  it('run ends with the first step that fails', async () => {
    await checkout({ a: results(2, 2) });
    const { code, calls } = await ci('run', await withNpm('[ "$2" != check ]'));

    expect(code).not.toBe(0);
    expect(calls).not.toContain('validate');
  });

  it.each([
    ['fails', write(results(1, 2)), /1 passed, 1 failed\n$/],
    ['has no results of its own, only those of an earlier run', 'true', /0 passed, 1 failed\n$/],
    ['fails although all tests passed', `${write(results(2, 2))}\nexit 1`, /2 passed, 0 failed\n$/],
  ])('test fails where npm test %s', async (_what, npm, output) => {
    await checkout({ a: results(2, 2) });
    const { code, stdout } = await ci('test', await withNpm(npm));

    expect(code).toBe(1);
    expect(stdout).toMatch(output);
  });

  it('test --affected leaves the count to the runner, and other arguments are refused', async () => {
    await checkout({ a: undefined });
    const env = await withNpm('true');

    expect(await ci('test --affected', env)).toMatchObject({ code: 0, stdout: '' });
    expect(await ci('test --all', env)).toMatchObject({
      code: 2,
      calls: expect.stringMatching(/^npm run test:affected .*\n$/) as string,
    });
  });
});

const hasKustomize = (await findOneOf('kustomize|kubectl')) !== undefined;
/** In CI it is installed, or this fails; elsewhere the title gives the reason. */
const lacks = !hasKustomize && process.env['CI'] === undefined;

describe(`scripts that render${lacks ? ' [neither kustomize nor kubectl is installed]' : ''}`, () => {
  const run = lacks ? it.skip : it;

  run(
    "the config repository's check passes as it is, and refuses a tag without a digest and what does not render",
    async () => {
      const config = path.join(folder, 'gitops-config');
      await cp(path.join(ROOT, 'gitops-config'), config, { recursive: true });
      const overlay = path.join(config, 'apps/todo/overlays/prod/kustomization.yaml');
      const text = await readFile(overlay, 'utf8');
      const check = () => runTool('bash', [path.join(config, 'validate.sh')]);

      expect((await check()).code).toBe(0);
      await writeFile(overlay, text.replace('newTag: unreleased', 'newTag: main-7-abcdef0'));
      expect(await check()).toMatchObject({
        code: 1,
        stdout: expect.stringMatching(/FAILS {2}apps\/todo\/overlays\/prod\/: deploy by tag and digest/) as string,
      });
      await writeFile(overlay, text.replace('../../base', '../../bass'));
      expect(await check()).toMatchObject({
        code: 1,
        stdout: expect.stringMatching(/FAILS {2}apps\/todo\/overlays\/prod\/\n.*bass/) as string,
      });
    },
  );

  run('a config repository gets other names, renders with them, and is one commit', async () => {
    const script = path.join(ROOT, 'tools/new-config-repository.sh');
    const target = path.join(folder, 'config');
    const identity = { GIT_AUTHOR_NAME: 'test', GIT_AUTHOR_EMAIL: 'test@example.com' };
    Object.assign(process.env, identity, { GIT_COMMITTER_NAME: 'test', GIT_COMMITTER_EMAIL: 'test@example.com' });
    const made = await runTool('bash', [script, 'Acme-Corp', 'example.org', target]);
    const promotion = await readFile(path.join(target, 'promotion.yaml'), 'utf8');
    const services = await readFile(path.join(target, 'argocd/services.yaml'), 'utf8');
    const { stdout: names } = await runTool('grep', [
      '-rhoE',
      '(github\\.com|ghcr\\.io)/acme[/a-z-]*',
      target,
      '--exclude-dir=.git',
    ]);

    expect(made.stderr).toBe('');
    expect(promotion).toContain('image: ghcr.io/acme-corp/todo\n    source: Acme-Corp/platform\n');
    expect(services).toContain('repoURL: https://github.com/Acme-Corp/gitops-config.git');
    expect(new Set(names.trim().split('\n'))).toEqual(
      new Set(['ghcr.io/acme-corp/todo', 'ghcr.io/acme-corp/promoter', 'ghcr.io/acme-corp/']),
    );
    expect(await runTool('bash', [script, 'Acme-Corp', 'example.org', target])).toMatchObject({
      code: 1,
      stderr: `${target} already exists\n`,
    });
    expect(await runTool('bash', [script, 'a/b', 'example.org', `${target}2`])).toMatchObject({ code: 1 });
  });

  run('deploy.sh prints what it would apply, and refuses unknown arguments', async () => {
    const deploy = path.join(ROOT, 'observability/deploy.sh');
    const dry = await runTool('bash', [deploy, '--dry-run', '--namespace', 'watch']);

    expect(dry.code).toBe(0);
    expect(dry.stdout).toContain('would apply configmap watch/grafana-dashboard-delivery');
    expect(await runTool('bash', [deploy, '--dryrun'])).toMatchObject({
      code: 2,
      stderr: 'unknown argument: --dryrun (see --help)\n',
    });
  });
});
