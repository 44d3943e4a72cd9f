// The OpenAPI document as one page, without scripts.
import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/** The parts of a schema that the page shows. */
interface Schema {
  $ref?: string;
  type?: string | string[];
  const?: unknown;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  anyOf?: Schema[];
  description?: string;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
}
interface Content {
  description?: string;
  content?: Record<string, { schema?: Schema }>;
}
interface Operation {
  operationId: string;
  summary: string;
  description?: string;
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema?: Schema }[];
  requestBody?: Content;
  responses: Record<string, Content>;
}

const METHODS = ['get', 'post', 'patch', 'delete'] as const;

/** The parts of the OpenAPI document that the page shows. */
export interface Description {
  info: { title: string; description: string };
  paths: Record<string, Partial<Record<(typeof METHODS)[number], Operation>>>;
  components: { schemas: Record<string, Schema> };
}

export function docsPage(document: Description): Html {
  const { paths } = document;
  const { schemas } = document.components;
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => (item[method] ? [{ path, method, operation: item[method] }] : [])),
  );
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${document.info.title} API</title>
        <link rel="stylesheet" href="/page/colors.css" />
        <link rel="stylesheet" href="/page/docs.css" />
      </head>
      <body>
        <header>
          <h1>${document.info.title} API</h1>
          <p>${document.info.description}</p>
          <p><a href="/openapi.json">The OpenAPI document</a> · <a href="/">The page</a></p>
        </header>
        <nav aria-label="Operations">
          <ul>
            ${operations.map(
              ({ path, method, operation }) =>
                html`<li>
                  ${verb(method)} <a href="#${operation.operationId}"><code>${path}</code></a> ${operation.summary}
                </li>`,
            )}
          </ul>
        </nav>
        <main>
          ${operations.map(({ path, method, operation }) => operationSection(path, method, operation))}
          <section id="schemas">
            <h2>Schemas</h2>
            ${Object.entries(schemas).map(([name, schema]) => schemaSection(name, schema))}
          </section>
        </main>
      </body>
    </html>`;
}

function verb(method: string): Html {
  return html`<strong class="verb ${method}">${method.toUpperCase()}</strong>`;
}

function operationSection(path: string, method: string, operation: Operation): Html {
  const { operationId, summary, description, parameters, requestBody, responses } = operation;
  return html`<section id="${operationId}">
    <h2>${verb(method)} <code>${path}</code></h2>
    <p>${summary}. ${description}</p>
    ${parameters ? parameterTable(parameters) : ''}
    ${requestBody ? html`<p>Body: ${contentTypes(requestBody)}</p>` : ''}
    <table>
      <caption>
        Responses
      </caption>
      <tbody>
        ${Object.entries(responses).map(
          ([status, response]) =>
            html`<tr>
              <th scope="row">${status}</th>
              <td>${contentTypes(response)}</td>
              <td>${response.description}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}

function parameterTable(parameters: NonNullable<Operation['parameters']>): Html {
  return html`<table>
    <caption>
      Parameters
    </caption>
    <tbody>
      ${parameters.map(
        ({ name, in: place, schema, description }) =>
          html`<tr>
            <th scope="row"><code>${name}</code></th>
            <td>${place}</td>
            <td>${typeOf(schema)}</td>
            <td>${description ?? schema?.description}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function schemaSection(name: string, { properties = {}, required = [] }: Schema): Html {
  return html`<h3 id="schema-${name}">${name}</h3>
    <table>
      <tbody>
        ${Object.entries(properties).map(
          ([field, schema]) =>
            html`<tr>
              <th scope="row"><code>${field}</code>${required.includes(field) ? '' : ' (optional)'}</th>
              <td>${typeOf(schema)}</td>
              <td>${schema.description}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;
}

function contentTypes({ content = {} }: Content): Html[] {
  return Object.entries(content).map(([type, { schema }]) => html`<code>${type}</code> ${typeOf(schema)}`);
}

function typeOf(schema: Schema | undefined): Html {
  if (!schema) return html``;
  if (schema.$ref !== undefined) {
    const name = schema.$ref.replace('#/components/schemas/', '');
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  if (schema.items) return html`list of ${typeOf(schema.items)}`;
  if (schema.anyOf) return html`${schema.anyOf.map((part, index) => html`${index > 0 ? ' or ' : ''}${typeOf(part)}`)}`;
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`;
  const defaultValue = schema.default === undefined ? '' : `, ${JSON.stringify(schema.default)} by default`;
  return html`${[schema.type].flat().join(' or ')}${limitsOf(schema)}${defaultValue}`;
}

/** `, 1 to 500`; empty without limits. */
function limitsOf({ minimum, maximum, minLength, maxLength }: Schema): string {
  const [least, most] = [minimum ?? minLength, maximum ?? maxLength];
  if (least !== undefined && most !== undefined) return `, ${least} to ${most}`;
  if (least !== undefined) return `, at least ${least}`;
  return most === undefined ? '' : `, at most ${most}`;
}
