// Validates against GitHub's published description. OpenAPI 3.0 is converted to JSON Schema: `nullable` is added to the type,
// and `oneOf` is read as `anyOf`, because GitHub's error bodies match several of their alternatives at once.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

type Schema = Record<string, unknown>;
interface Operation {
  responses: Record<string, { content?: Record<string, { schema?: Schema }>; $ref?: string }>;
}
interface Description {
  paths: Record<string, Record<string, Operation>>;
  'x-webhooks': Record<string, { post: { requestBody: { content: Record<string, { schema: Schema }> } } }>;
  components: {
    schemas: Record<string, Schema>;
    responses: Record<string, { content?: Record<string, { schema?: Schema }> }>;
  };
}

const file = path.join(import.meta.dirname, '../../contracts/github-openapi-subset.json');
const description = JSON.parse(readFileSync(file, 'utf8')) as Description;

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function convert(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(convert);
  if (!isSchema(value)) return value;
  const { nullable, example, discriminator, oneOf, ...rest } = value;
  void example;
  void discriminator;
  const schema: Schema = Object.fromEntries(Object.entries(rest).map(([key, child]) => [key, convert(child)]));
  if (oneOf) schema['anyOf'] = convert(oneOf);
  // A `type` beside alternatives adds nothing, and would exclude null.
  if (nullable && schema['anyOf']) return { anyOf: [...(schema['anyOf'] as unknown[]), { type: 'null' }] };
  if (!nullable) return schema;
  if (Array.isArray(schema['enum'])) schema['enum'] = [...(schema['enum'] as unknown[]), null];
  if (typeof schema['type'] === 'string') return { ...schema, type: [schema['type'], 'null'] };
  return { anyOf: [schema, { type: 'null' }] };
}

const ajv = new Ajv({ strict: false, allErrors: true });
addFormats.default(ajv);
// GitHub's bots have brackets in their addresses, which the format would reject.
ajv.addFormat('email', /^\S+@\S+$/);
ajv.addSchema({ $id: 'github', ...(convert({ components: description.components }) as Schema) });

const compiled = new Map<string, ValidateFunction>();
function validatorOf(key: string, schema: Schema): ValidateFunction {
  const known = compiled.get(key);
  if (known) return known;
  const text = JSON.stringify(convert(schema)).replaceAll('"#/components/', '"github#/components/');
  const validate = ajv.compile(JSON.parse(text) as Schema);
  compiled.set(key, validate);
  return validate;
}

function problems(validate: ValidateFunction, body: unknown): string[] {
  if (validate(body)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

interface Described {
  method: string;
  /** Template, as GitHub names it. */
  path: string;
}

/** Every operation of the description. */
export const operations: Described[] = Object.entries(description.paths).flatMap(([template, methods]) =>
  Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path: template })),
);

function templateOf(method: string, pathname: string): string | undefined {
  const candidates = Object.keys(description.paths).filter((template) => {
    if (!description.paths[template]?.[method.toLowerCase()]) return false;
    const pattern = template
      .replaceAll(/[.+()]/g, '\\$&')
      .replaceAll(/\{(path|ref|branch|basehead|name)\}/g, '.+')
      .replaceAll(/\{[^}]+\}/g, '[^/]+');
    return new RegExp(`^${pattern}$`).test(pathname);
  });
  // The template with the most fixed text is the best match.
  return candidates.sort(
    (one, other) => other.replaceAll(/\{[^}]+\}/g, '').length - one.replaceAll(/\{[^}]+\}/g, '').length,
  )[0];
}

/** Returns the operation of a response, and how the response deviates from GitHub's description. */
export function judgeResponse(
  method: string,
  pathname: string,
  status: number,
  body: unknown,
): { operation: string; problems: string[] } {
  const template = templateOf(method, pathname);
  if (!template) return { operation: `${method} ${pathname}`, problems: ['is not described by GitHub'] };
  const operation = `${method} ${template}`;
  const responses = description.paths[template]?.[method.toLowerCase()]?.responses ?? {};
  const declared = responses[String(status)];
  // GitHub answers 403 to forbidden calls everywhere, but describes that for some operations only.
  if (!declared && status === 403)
    return {
      operation,
      problems: problems(validatorOf('basic-error', { $ref: '#/components/schemas/basic-error' }), body),
    };
  if (!declared) return { operation, problems: [`answers ${status}, which GitHub does not describe here`] };
  const response = declared.$ref ? description.components.responses[declared.$ref.split('/').at(-1) ?? ''] : declared;
  const schema = response?.content?.['application/json']?.schema;
  if (!schema) return { operation, problems: [] };
  return { operation, problems: problems(validatorOf(`${operation} ${status}`, schema), body) };
}

export function judgeWebhook(event: string, action: string | null, payload: unknown): string[] {
  const key = [event, action].filter(Boolean).join('-').replaceAll('_', '-');
  const webhook = description['x-webhooks'][key];
  const schema = webhook?.post.requestBody.content['application/json']?.schema;
  if (!schema) return [`GitHub describes no webhook ${key}`];
  return problems(validatorOf(`webhook ${key}`, schema), payload);
}
