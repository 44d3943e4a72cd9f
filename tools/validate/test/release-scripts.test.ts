// The scripts of the release workflow's actions, with commands in the place of cosign and docker that record their calls. They run in a
// repository that has nothing of this one, as in a call from there.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ACTIONS = path.join(import.meta.dirname, '../../../.github/actions');
const MAIN = 'acme/platform/.github/workflows/build-image.yaml@refs/heads/main';
const DIGEST = `sha256:${'ab'.repeat(32)}`;
/** A run of acme/shop, which calls the workflow of acme/platform. */
const CALLER = {
  IDENTITY: MAIN,
  GITHUB_REF: 'refs/heads/main',
  GITHUB_REPOSITORY: 'acme/shop',
  GITHUB_REPOSITORY_OWNER: 'acme',
  GITHUB_REPOSITORY_ID: '22',
  GITHUB_REPOSITORY_OWNER_ID: '11',
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_WORKFLOW_REF: 'acme/shop/.github/workflows/release.yaml@refs/heads/main',
  GITHUB_SHA: 'c0ffee'.padEnd(40, '0'),
  GITHUB_EVENT_NAME: 'push',
  GITHUB_RUN_ID: '7',
  GITHUB_RUN_ATTEMPT: '1',
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'release-'));
  for (const name of ['cosign', 'docker'])
    await writeFile(
      path.join(folder, name),
      [
        '#!/usr/bin/env bash',
        `echo "${name} $*" >> "$HERE/calls"`,
        `if [ -n "\${FAILS:-}" ] && [[ "$*" == *$FAILS* ]]; then exit 1; fi`,
        `case "$*" in *' inspect '*) echo '{"digest":"${DIGEST}"}' ;; *--predicate*) cp "\${@: -2:1}" "$HERE/predicate" ;; esac`,
        '',
      ].join('\n'),
      { mode: 0o755 },
    );
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const read = (file: string): Promise<string> => readFile(path.join(folder, file), 'utf8').catch(() => '');

async function run(
  script: string,
  env: Record<string, string>,
): Promise<{ code: number; said: string; calls: string[] }> {
  const [name = '', ...args] = script.split(' ');
  const files = { GITHUB_OUTPUT: path.join(folder, 'output'), GITHUB_STEP_SUMMARY: path.join(folder, 'summary') };
  const child = promisify(execFile)('bash', [path.join(ACTIONS, name), ...args], {
    cwd: folder,
    env: { PATH: `${folder}${path.delimiter}${process.env['PATH'] ?? ''}`, HERE: folder, ...files, ...env },
  });
  const { code, said } = await child.then(
    ({ stdout }) => ({ code: 0, said: stdout }),
    (error: { code: number; stderr: string }) => ({ code: error.code, said: error.stderr }),
  );
  return { code, said, calls: (await read('calls')).split('\n').filter(Boolean) };
}

describe('check-caller.sh', () => {
  it.each([
    ['a repository of its organization', {}, 0, /^$/],
    ['the platform itself', { GITHUB_REPOSITORY: 'acme/platform' }, 0, /^$/],
    ['an owner in another spelling', { GITHUB_REPOSITORY_OWNER: 'Acme' }, 0, /^$/],
    ['a branch of it', { GITHUB_REF: 'refs/heads/try' }, 1, /built from refs\/heads\/main, not from refs\/heads\/try/],
    ['a pull request', { GITHUB_REF: 'refs/pull/1/merge' }, 1, /not from refs\/pull\/1\/merge/],
    [
      'a call by commit',
      { IDENTITY: MAIN.replace('refs/heads/main', 'a'.repeat(40)) },
      1,
      /call the workflow with @main/,
    ],
    ['a call of a branch', { IDENTITY: MAIN.replace('main', 'try') }, 1, /call the workflow with @main/],
    [
      'somebody else',
      { GITHUB_REPOSITORY_OWNER: 'mallory', GITHUB_REPOSITORY: 'mallory/shop' },
      1,
      /mallory\/shop is not a repository of acme/,
    ],
    ['a runner that does not know the workflow', { IDENTITY: '' }, 1, /IDENTITY: is empty/],
  ])('%s', async (_who, env, code, says) => {
    expect(await run('name-image/check-caller.sh', { ...CALLER, ...env })).toMatchObject({
      code,
      said: expect.stringMatching(says) as string,
    });
  });
});

describe('say-what-is-lacking.sh', () => {
  it('says nothing where nothing is lacking, and otherwise what and which variable, without failing', async () => {
    const all = { HAS_CODE_SCANNING: 'true', HAS_ATTESTATIONS: 'true', PROMOTER_URL: 'https://promoter.test' };
    const none = { HAS_CODE_SCANNING: 'false', HAS_ATTESTATIONS: 'false', PROMOTER_URL: '' };

    expect(await run('name-image/say-what-is-lacking.sh', all)).toMatchObject({ code: 0, said: '' });
    expect((await run('name-image/say-what-is-lacking.sh', none)).code).toBe(0);
    for (const name of ['CODE_SCANNING=true', 'ATTESTATIONS=true', 'PROMOTER_URL'])
      expect(await read('summary')).toContain(name);
  });
});

describe('pin-bases.sh', () => {
  it('pins every base of a Dockerfile, and nothing else', async () => {
    const lines = [
      'ARG BUILD_BASE=docker.io/library/node:24',
      'ARG COMMIT',
      'ARG RUNTIME_BASE=gcr.io/node:1',
      'FROM ${BUILD_BASE}',
    ];
    await writeFile(path.join(folder, 'Dockerfile'), lines.join('\n'));

    expect((await run('name-image/pin-bases.sh', { DOCKERFILE: 'Dockerfile' })).code).toBe(0);
    expect(await read('output')).toBe(
      `bases<<END\nBUILD_BASE=docker.io/library/node:24@${DIGEST}\nRUNTIME_BASE=gcr.io/node:1@${DIGEST}\nEND\n`,
    );
  });

  it('passes a Dockerfile without such arguments, and stops where a base has no digest', async () => {
    await writeFile(path.join(folder, 'Dockerfile'), 'FROM scratch\n');
    expect((await run('name-image/pin-bases.sh', { DOCKERFILE: 'Dockerfile' })).code).toBe(0);
    expect(await read('output')).toBe('bases<<END\nEND\n');

    await writeFile(path.join(folder, 'Dockerfile'), 'ARG BASE=gone:1\n');
    expect((await run('name-image/pin-bases.sh', { DOCKERFILE: 'Dockerfile', FAILS: 'gone:1' })).code).not.toBe(0);
  });
});

describe('sign-and-verify.sh', () => {
  const REFERENCE = `ghcr.io/acme/shop@${DIGEST}`;

  it('signs as the workflow that runs, whoever called it, and verifies what the policy verifies', async () => {
    const { code, calls } = await run('publish-image/sign-and-verify.sh', { ...CALLER, REFERENCE });
    const signer = `--certificate-identity https://github.com/${MAIN} --certificate-oidc-issuer https://token.actions.githubusercontent.com`;

    expect(code).toBe(0);
    expect(calls).toEqual([
      `cosign sign --yes ${REFERENCE}`,
      expect.stringMatching(new RegExp(`^cosign attest --yes --type slsaprovenance1 --predicate \\S+ ${REFERENCE}$`)),
      `cosign verify ${signer} ${REFERENCE}`,
      `cosign verify-attestation --type slsaprovenance1 ${signer} ${REFERENCE}`,
    ]);
  });

  it('writes provenance of the caller’s commit and ref, built by the called workflow', async () => {
    await run('publish-image/sign-and-verify.sh', { ...CALLER, REFERENCE });

    expect(JSON.parse(await read('predicate'))).toMatchObject({
      buildDefinition: {
        buildType: 'https://actions.github.io/buildtypes/workflow/v1',
        externalParameters: {
          workflow: {
            ref: 'refs/heads/main',
            repository: 'https://github.com/acme/shop',
            path: '.github/workflows/release.yaml',
          },
        },
        resolvedDependencies: [
          { uri: 'git+https://github.com/acme/shop@refs/heads/main', digest: { gitCommit: CALLER.GITHUB_SHA } },
        ],
      },
      runDetails: {
        builder: { id: `https://github.com/${MAIN}` },
        metadata: { invocationId: 'https://github.com/acme/shop/actions/runs/7/attempts/1' },
      },
    });
  });

  it.each(['sign --yes', 'attest', 'verify --', 'verify-attestation'])('fails where cosign %s fails', async (FAILS) => {
    expect((await run('publish-image/sign-and-verify.sh', { ...CALLER, REFERENCE, FAILS })).code).not.toBe(0);
  });
});

describe('print-findings.sh', () => {
  it('lists the findings of a repository without code scanning, and passes a scan that did not end', async () => {
    const results = [{ ruleId: 'CVE-2026-1', message: { text: 'Package: x\nFixed: 2' } }];
    await writeFile(path.join(folder, 'trivy.sarif'), JSON.stringify({ runs: [{ results }] }));

    expect((await run('scan-image/print-findings.sh trivy.sarif', {})).said).toBe(
      '- CVE-2026-1: Package: x, Fixed: 2\n',
    );
    expect((await run('scan-image/print-findings.sh absent.sarif', {})).code).toBe(0);
  });
});
