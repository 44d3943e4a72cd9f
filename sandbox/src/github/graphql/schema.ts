// GitHub's published schema, as it is on npm.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildSchema, type GraphQLSchema } from 'graphql';

export function loadGitHubSchema(): GraphQLSchema {
  // The package exports only its index to import, beside which the schema lies.
  const file = fileURLToPath(new URL('schema.graphql', import.meta.resolve('@octokit/graphql-schema')));
  return buildSchema(readFileSync(file, 'utf8'), { assumeValid: true, assumeValidSDL: true });
}
