// `mock_provider` has no ephemeral resources, so a test that mocks the provider of one fails before its first run.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Finding } from '../check.ts';
import { listFiles } from '../list-files.ts';
import type { TerraformFile } from './read-modules.ts';

export async function mockedProviders(root: string, files: readonly TerraformFile[]): Promise<Finding[]> {
  const ephemeral = files.flatMap(({ content }) => Object.keys(content.ephemeral));
  const findings: Finding[] = [];
  for (const test of await listFiles(root, 'terraform/**/*.tftest.hcl')) {
    const text = await readFile(path.join(root, test), 'utf8');
    for (const [, provider = ''] of text.matchAll(/^mock_provider "(\w+)"/gm))
      for (const type of ephemeral.filter((each) => each.startsWith(`${provider}_`)))
        findings.push({ where: test, what: `mock_provider "${provider}": a mock has no ephemeral ${type}` });
  }
  return findings;
}
