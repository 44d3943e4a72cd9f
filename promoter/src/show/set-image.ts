// `promoter set-image FILE`: the edit that a promotion would commit, on standard output.
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { setImage } from '../decide/edit-manifest.ts';
import { ManifestError } from '../decide/manifest-text.ts';
import { parseValuePath, type ValuePath } from '../decide/value-path.ts';
import { whereIs } from '../decide/config-problem.ts';
import type { Console } from './console.ts';

export const SET_IMAGE_USAGE = `promoter set-image FILE --image NAME --tag TAG --digest DIGEST [--path a.b]
                              prints FILE (- for standard input) as a promotion would commit it; --path, once or more, is
                              where the image stands in a Helm values file; exits with 1 where nothing can be written
`;

const OPTIONS = {
  image: { type: 'string' },
  tag: { type: 'string' },
  digest: { type: 'string' },
  path: { type: 'string', multiple: true },
} as const;
/** https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests */
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

interface Request {
  file: string;
  image: string;
  fields: { tag: string; digest: string };
  paths: ValuePath[];
}

/** @returns the exit code: 1 where the file cannot be edited, 2 where the arguments say too little. */
export async function setImageCommand(args: readonly string[], console: Console): Promise<number> {
  const request = parseRequest(args);
  if (typeof request === 'string') {
    console.error(`promoter set-image: ${request}\n\n${SET_IMAGE_USAGE}`);
    return 2;
  }
  const { file, image, fields, paths } = request;
  try {
    console.out(setImage(await readText(file, console), image, fields, paths));
    return 0;
  } catch (error) {
    const isFileError = error instanceof Error && 'code' in error;
    if (!(error instanceof ManifestError) && !isFileError) throw error;
    const line = error instanceof ManifestError ? error.line : undefined;
    console.error(`${whereIs({ file, line })}: ${error.message}\n`);
    return 1;
  }
}

/** @returns what is wrong with the arguments, or what they ask for. */
function parseRequest(args: readonly string[]): Request | string {
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const { positionals, values } = parsed;
  const [file, ...rest] = positionals;
  const { image, tag, digest, path = [] } = values;
  if (file === undefined || rest.length > 0) return 'name one file';
  if (!image) return '--image is missing';
  if (!tag || !TAG.test(tag)) return `--tag ${tag === undefined ? 'is missing' : `${tag} is no tag`}`;
  if (!digest || !DIGEST.test(digest))
    return digest === undefined ? '--digest is missing' : `--digest ${digest} is not sha256: and 64 hex digits`;
  const paths: ValuePath[] = [];
  for (const text of path) {
    const one = parseValuePath(text);
    if (!one) return `--path ${text} is no path such as web.image`;
    paths.push(one);
  }
  return { file, image, fields: { tag, digest }, paths };
}

async function readText(file: string, console: Console): Promise<string> {
  if (file === '-') return console.readInput();
  const bytes = await readFile(file);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw Object.assign(new ManifestError('is no UTF-8 text; save it as UTF-8'), { cause });
  }
}
