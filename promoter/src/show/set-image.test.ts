import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from './command-line.ts';

const IMAGE = 'ghcr.io/acme/todo';
const DIGEST = `sha256:${'ab'.repeat(32)}`;
const RELEASE = ['--image', IMAGE, '--tag', 'v2', '--digest', DIGEST];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'promoter-set-image-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, content: string | Buffer): Promise<string> {
  const at = path.join(folder, name);
  await writeFile(at, content);
  return at;
}

async function run(...args: string[]): Promise<{ code: number | undefined; out: string; error: string }> {
  let out = '';
  let error = '';
  const code = await runCommand(['set-image', ...args], {
    out: (text) => (out += text),
    error: (text) => (error += text),
    readInput: () => Promise.resolve(`images: [{ name: ${IMAGE} }]\n`),
  });
  return { code, out, error };
}

describe('promoter set-image', () => {
  it('prints the edited file and leaves the file alone', async () => {
    const text = `\uFEFFimages:\r\n- name: ${IMAGE} # ours\r\n  newTag: v1\r\n`;
    const at = await file('kustomization.yaml', text);

    expect(await run(at, ...RELEASE)).toEqual({
      code: 0,
      out: text.replace('newTag: v1', `newTag: v2\r\n  digest: ${DIGEST}`),
      error: '',
    });
    expect(await readFile(at, 'utf8')).toBe(text);
  });

  it('edits Helm values at one path or more', async () => {
    const at = await file(
      'values.yaml',
      `web: { image: '${IMAGE}:v1' }\njob:\n  image: { repository: ${IMAGE}, tag: v1 }\n`,
    );

    expect((await run(at, ...RELEASE, '--path', 'web.image', '--path', 'job.image')).out).toBe(
      `web: { image: '${IMAGE}:v2@${DIGEST}' }\njob:\n  image: { repository: ${IMAGE}, tag: v2@${DIGEST} }\n`,
    );
  });

  it('reads standard input', async () => {
    expect((await run('-', ...RELEASE)).out).toBe(`images: [{ name: ${IMAGE}, newTag: v2, digest: ${DIGEST} }]\n`);
  });

  it('says where a file cannot be edited and why, and exits with 1', async () => {
    const at = await file('alias.yaml', `x: &t v1\nimages:\n- name: ${IMAGE}\n  newTag: *t\n`);
    const { code, out, error } = await run(at, ...RELEASE);

    expect(error).toBe(
      `${at}:4: newTag of images: entry ${IMAGE} is the alias *t, and its anchor may stand for something else; write the value itself\n`,
    );
    expect({ code, out }).toEqual({ code: 1, out: '' });
  });

  it.each([
    ['that is not there', 'nowhere.yaml', undefined, /nowhere\.yaml: ENOENT/],
    ['that is no text', 'latin.yaml', Buffer.from([0x61, 0x3a, 0x20, 0xe4, 0x0a]), /latin\.yaml: is no UTF-8 text/],
  ])('refuses a file %s with 1', async (_what, name, content, message) => {
    const at = content ? await file(name, content) : path.join(folder, name);
    const { code, error } = await run(at, ...RELEASE);

    expect(error).toMatch(message);
    expect(code).toBe(1);
  });

  it.each([
    [[...RELEASE], /name one file/],
    [['a', 'b', ...RELEASE], /name one file/],
    [['a', '--tag', 'v2', '--digest', DIGEST], /--image is missing/],
    [['a', '--image', IMAGE, '--digest', DIGEST], /--tag is missing/],
    [['a', '--image', IMAGE, '--tag', 'a b', '--digest', DIGEST], /--tag a b is no tag/],
    [['a', '--image', IMAGE, '--tag', 'v2'], /--digest is missing/],
    [['a', '--image', IMAGE, '--tag', 'v2', '--digest', 'sha256:ab'], /64 hex digits/],
    [['a', ...RELEASE, '--path', 'a..b'], /--path a\.\.b is no path/],
    [['a', ...RELEASE, '--dry-run'], /dry-run/],
  ])('%s are too few or wrong arguments: 2', async (args, message) => {
    const { code, out, error } = await run(...args);

    expect(error).toMatch(message);
    expect(error).toContain('promoter set-image FILE');
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });

  it('is a command of the program', async () => {
    const at = await file('one.yaml', `image: ${IMAGE} # promoter: ${IMAGE}\n`);
    const program = path.join(import.meta.dirname, '../server.ts');
    const { stdout } = await promisify(execFile)(process.execPath, [program, 'set-image', at, ...RELEASE]);

    expect(stdout).toBe(`image: ${IMAGE}:v2@${DIGEST} # promoter: ${IMAGE}\n`);
  });
});
