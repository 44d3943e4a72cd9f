// POST /graphql: validated against GitHub's schema before and, by graphql-js, after execution.
import { type DocumentNode, execute, GraphQLError, type GraphQLSchema, Kind, parse, validate } from 'graphql';
import { z } from 'zod';
import { ApiError } from '../errors.ts';
import type { Hub } from '../hub.ts';
import { body, type Ctx } from '../rest/request.ts';
import type { RateLimits } from '../rest/rate-limits.ts';
import type { GraphqlContext } from './graphql-context.ts';
import { mutations } from './mutations.ts';
import { queries, repositoryResolvers } from './query.ts';

const MAX_PREPARED = 50;
const Request = z.object({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
});

/** GitHub puts an error's type at the top level, not into `extensions`. */
function formatError(error: GraphQLError): object {
  const type = error.originalError instanceof ApiError ? error.originalError.graphqlType : undefined;
  return { ...(type ? { type } : {}), path: error.path, locations: error.locations, message: error.message };
}

export function graphqlRoute(hub: Hub, schema: GraphQLSchema, limits: RateLimits) {
  const prepared = new Map<string, DocumentNode>();
  /** Returns the parsed document or its errors. Clients repeat a few documents, so valid ones are cached. */
  const prepare = (query: string): DocumentNode | GraphQLError[] => {
    const known = prepared.get(query);
    if (known) return known;
    try {
      const document = parse(query);
      const invalid = validate(schema, document);
      if (invalid.length > 0) return [...invalid];
      prepared.set(query, document);
      const oldest = prepared.keys().next().value;
      if (prepared.size > MAX_PREPARED && oldest !== undefined) prepared.delete(oldest);
      return document;
    } catch (error) {
      if (error instanceof GraphQLError) return [error];
      throw error;
    }
  };

  return async (c: Ctx): Promise<Response> => {
    if (c.get('caller').kind === 'anonymous')
      throw new ApiError(401, 'This endpoint requires you to be authenticated.');
    const { query, variables, operationName } = await body(c, Request);
    const document = prepare(query);
    if (Array.isArray(document)) return c.json({ errors: document.map(formatError) });

    const caller = c.get('caller');
    const result = await execute({
      schema,
      document,
      variableValues: variables ?? {},
      operationName: operationName ?? null,
      contextValue: { caller } satisfies GraphqlContext,
      rootValue: {
        ...queries(hub, caller, limits.peek(c, 'graphql')),
        ...mutations(hub, caller, (repository) => repositoryResolvers(hub, repository)),
      },
    });
    return c.json({ data: result.data ?? null, ...(result.errors ? { errors: result.errors.map(formatError) } : {}) });
  };
}

/** Returns the names of a document's operations and of their root fields, by which faults select calls; none when it does not parse. */
export function operationNames(query: string | undefined): string[] {
  if (query === undefined) return [];
  try {
    return parse(query).definitions.flatMap((definition) =>
      definition.kind === Kind.OPERATION_DEFINITION
        ? [
            ...(definition.name ? [definition.name.value] : []),
            ...definition.selectionSet.selections.flatMap((selection) =>
              selection.kind === Kind.FIELD ? [selection.name.value] : [],
            ),
          ]
        : [],
    );
  } catch {
    return [];
  }
}
