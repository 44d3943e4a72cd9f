// Terraform's files as data: each folder is a module. https://developer.hashicorp.com/terraform/language/syntax/json
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { z } from 'zod';
import { listFiles } from '../list-files.ts';

// Its types would bring the globals of a browser into every file of this project.
const { parse } = createRequire(import.meta.url)('@cdktf/hcl2json') as {
  parse(file: string, text: string): Promise<unknown>;
};

const Block = z.record(z.string(), z.unknown());
export type Block = z.infer<typeof Block>;
const Blocks = z.array(Block);
/** `resource "aws_s3_bucket" "state"`. */
const ByTypeAndName = z.record(z.string(), z.record(z.string(), Blocks)).default({});
const ByName = z.record(z.string(), Blocks).default({});

const File = z.object({
  terraform: Blocks.default([]),
  variable: ByName,
  output: ByName,
  module: ByName,
  resource: ByTypeAndName,
  data: ByTypeAndName,
  ephemeral: ByTypeAndName,
  provider: ByName,
  locals: Blocks.default([]),
});

export interface TerraformFile {
  /** From the root of the repository. */
  file: string;
  folder: string;
  text: string;
  content: z.infer<typeof File>;
}

/** @throws Error with file, line and what the parser expected there. */
export async function readTerraform(root: string): Promise<TerraformFile[]> {
  const files = await listFiles(root, 'terraform/**/*.tf');
  return Promise.all(
    files.map(async (file) => {
      const text = await readFile(path.join(root, file), 'utf8');
      return { file, folder: path.posix.dirname(file), text, content: File.parse(await parse(file, text)) };
    }),
  );
}

/** Every resource of a type with its place: `terraform/bootstrap/main.tf: aws_s3_bucket.state`. */
export function resourcesOf(
  files: readonly TerraformFile[],
  type: string,
): { where: string; folder: string; block: Block }[] {
  return files.flatMap(({ file, folder, content }) =>
    Object.entries(content.resource[type] ?? {}).flatMap(([name, blocks]) =>
      blocks.map((block) => ({ where: `${file}: ${type}.${name}`, folder, block })),
    ),
  );
}
