// The service's OpenAPI document: generates requests from it, and checks responses against it.
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import * as fc from 'fast-check';

export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  minProperties?: number;
}
interface Answer {
  content?: Record<string, { schema: Schema }>;
}
export interface Operation {
  operationId: string;
  method: string;
  path: string;
  parameters: { name: string; in: 'query' | 'path' | 'header'; required?: boolean; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, Answer>;
}
export interface ApiDocument {
  operations: Operation[];
  /** Values that the schema allows. */
  arbitrary(schema: Schema): fc.Arbitrary<unknown>;
  /** @returns how a response differs from the document; undefined if it does not. */
  problemWith(operation: Operation, response: Response, text: string): string | undefined;
}

const pointer = (...parts: string[]): string =>
  parts.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1')).join('/');

export function readDocument(document: {
  paths: Record<string, Record<string, Omit<Operation, 'method' | 'path'>>>;
  components: { schemas: Record<string, Schema> };
}): ApiDocument {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  ajv.addSchema(document, 'api');
  const compiled = new Map<string, ValidateFunction>();
  const validatorOf = (location: string): ValidateFunction => {
    const known = compiled.get(location) ?? ajv.compile({ $ref: `api#/${encodeURI(location)}` });
    compiled.set(location, known);
    return known;
  };

  function arbitrary(schema: Schema): fc.Arbitrary<unknown> {
    if (schema.$ref !== undefined) {
      const name = schema.$ref.replace('#/components/schemas/', '');
      return arbitrary(document.components.schemas[name] ?? {});
    }
    if (schema.enum) return fc.constantFrom(...schema.enum);
    if (schema.anyOf) return fc.oneof(...schema.anyOf.map(arbitrary));
    const types = [schema.type ?? []].flat();
    if (types.length > 1) return fc.oneof(...types.map((type) => arbitrary({ ...schema, type })));
    switch (types[0]) {
      case 'boolean':
        return fc.boolean();
      case 'null':
        return fc.constant(null);
      case 'integer':
        return fc.integer({
          min: Math.max(schema.minimum ?? -(2 ** 31), -(2 ** 31)),
          max: Math.min(schema.maximum ?? 2 ** 31 - 1, 2 ** 31 - 1),
        });
      case 'string':
        return arbitraryText(schema);
      case 'object': {
        const properties = Object.entries(schema.properties ?? {}).map(([name, child]) => [name, arbitrary(child)]);
        return fc
          .record(Object.fromEntries(properties) as Record<string, fc.Arbitrary<unknown>>, {
            requiredKeys: schema.required ?? [],
          })
          .filter((value) => Object.keys(value).length >= (schema.minProperties ?? 0));
      }
      default:
        throw new Error(`cannot generate values for ${JSON.stringify(schema)}`);
    }
  }

  return {
    arbitrary,
    operations: Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({
        ...operation,
        method: method.toUpperCase(),
        path,
        parameters: operation.parameters ?? [],
      })),
    ),
    problemWith({ method, path, responses }, response, text) {
      const status = String(response.status);
      const documented = responses[status];
      if (!documented) return `${status} is not documented`;
      const type = response.headers.get('content-type')?.replace(/;.*/, '') ?? '';
      if (!documented.content) return text === '' ? undefined : `${status} has a body that is not documented`;
      if (!documented.content[type]) return `${status} is ${type}, which is not documented`;
      if (!type.endsWith('json')) return undefined;
      const validate = validatorOf(
        pointer('paths', path, method.toLowerCase(), 'responses', status, 'content', type, 'schema'),
      );
      return validate(JSON.parse(text))
        ? undefined
        : `${status}: ${ajv.errorsText(validate.errors)}: ${text.slice(0, 200)}`;
    },
  };
}

function arbitraryText({ pattern, minLength = 0, maxLength = 100 }: Schema): fc.Arbitrary<string> {
  const expression = new RegExp(pattern ?? '', 'u');
  const fits = (text: string): boolean => {
    const { length } = [...text];
    return length >= minLength && length <= maxLength && expression.test(text);
  };
  const any = fc.oneof(
    fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, 600) }),
    fc.string({ unit: 'binary', minLength, maxLength: 20 }),
    fc.string({ minLength: maxLength, maxLength }),
  );
  if (pattern === undefined) return any.filter(fits);
  // A simple pattern generates its own values; of a pattern that allows nearly everything, random text is filtered.
  return pattern.length < 60 ? fc.stringMatching(expression).filter(fits) : any.filter(fits);
}
