// The OpenAPI 3.1 document, made from the schemas that the routes use. Loaded on the first request for it.
import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject } from 'zod-openapi';
import { Problem, PROBLEM_TYPE, type ProblemStatus } from '../problem.ts';
import { ListQuery, RemoveQuery } from '../todos/list-query.ts';
import { AllTodosPatch, NewTodo, TodoPatch, TodoResource } from '../todos/todo.ts';
import { documentedAs } from './documented-as.ts';

const JSON_TYPE = 'application/json';

const WHY: Record<ProblemStatus, string> = {
  400: 'The body is not JSON, or a parameter or header is not valid.',
  403: 'Disabled by configuration.',
  404: 'There is no such todo.',
  405: 'The method is not allowed here; Allow lists those that are.',
  412: 'The todo is at none of the versions in If-Match.',
  413: 'The body is larger than 64 KiB.',
  415: 'The body is not application/json.',
  422: 'A field is not valid, or the Idempotency-Key was used for another todo.',
  429: 'Too many requests from this client; Retry-After says when to try again.',
  500: 'An error in the service.',
  503: 'The database cannot serve this now; Retry-After says when to try again.',
};

const problems = (...statuses: ProblemStatus[]): ZodOpenApiOperationObject['responses'] =>
  Object.fromEntries(
    [...statuses, 429 as const, 500 as const, 503 as const].map((status) => [
      String(status),
      { description: WHY[status], content: { [PROBLEM_TYPE]: { schema: Problem } } },
    ]),
  );

const Id = z
  .string()
  .meta(documentedAs({ type: 'integer', format: 'int64', minimum: 1, maximum: Number.MAX_SAFE_INTEGER }));
const byId = z.object({ id: Id });
const entityTags = (description: string) =>
  z
    .string()
    .meta(
      documentedAs({
        type: 'string',
        pattern: String.raw`^(\*|"[1-9][0-9]{0,8}"(, "[1-9][0-9]{0,8}")*)$`,
        description,
      }),
    )
    .optional();
const ifMatch = z.object({ 'If-Match': entityTags('Only if the todo is at one of these versions, from ETag.') });

const text = { type: 'string' } as const;
const etag = { ETag: { schema: text, description: 'The version of this todo.' } };
const one = (description: string) => ({
  description,
  headers: etag,
  content: { [JSON_TYPE]: { schema: TodoResource } },
});
const json = <Schema extends z.ZodType>(schema: Schema) => ({ required: true, content: { [JSON_TYPE]: { schema } } });
const empty = { 204: { description: 'Done.' } };

export function createApiDocument(serverUrl: string): ReturnType<typeof createDocument> {
  return createDocument({
    openapi: '3.1.1',
    info: {
      title: 'Todo',
      version: '1.0.0',
      description:
        'Todos by the Todo-Backend contract, with pages, search, conditional requests and idempotent creation. ' +
        'Errors are problem details (RFC 9457).',
    },
    servers: [{ url: serverUrl }],
    security: [], // the API is open to whoever reaches it
    tags: [{ name: 'todos', description: 'One list, shared by everyone who uses this service.' }],
    paths: {
      '/todos': {
        get: {
          operationId: 'listTodos',
          tags: ['todos'],
          summary: 'List todos in the order they were created',
          requestParams: { query: ListQuery },
          responses: {
            200: {
              description: 'One page of todos.',
              headers: { Link: { schema: text, description: 'The first and the next page (RFC 8288).' } },
              content: { [JSON_TYPE]: { schema: z.array(TodoResource) } },
            },
            ...problems(400),
          },
        },
        post: {
          operationId: 'createTodo',
          tags: ['todos'],
          summary: 'Create a todo',
          requestParams: {
            header: z.object({
              'Idempotency-Key': z
                .string()
                .meta(
                  documentedAs({
                    type: 'string',
                    pattern: '^[!-~]{1,255}$',
                    description: 'A new key for each todo: a repeated request creates nothing more. Kept for a day.',
                  }),
                )
                .optional(),
            }),
          },
          requestBody: json(NewTodo),
          responses: {
            201: {
              ...one('The todo as it was created.'),
              headers: {
                ...etag,
                Location: { schema: { ...text, format: 'uri' }, description: 'The address of the todo.' },
                'Idempotent-Replayed': {
                  schema: { ...text, const: 'true' },
                  description: 'Set if an earlier request created the todo.',
                },
              },
            },
            ...problems(400, 413, 415, 422),
          },
        },
        patch: {
          operationId: 'completeAllTodos',
          tags: ['todos'],
          summary: 'Complete or reopen every todo',
          requestBody: json(AllTodosPatch),
          responses: { ...empty, ...problems(400, 413, 415, 422) },
        },
        delete: {
          operationId: 'removeTodos',
          tags: ['todos'],
          summary: 'Delete the completed todos, or all',
          description: 'Without a parameter it deletes every todo, if the configuration allows that.',
          requestParams: { query: RemoveQuery },
          responses: { ...empty, ...problems(400, 403) },
        },
      },
      '/events': {
        get: {
          operationId: 'followTodos',
          tags: ['todos'],
          summary: 'Follow changes',
          description:
            'Server-sent events: `changed` after any change by any client. The event carries no data: read the list again.',
          responses: {
            200: { description: 'A stream of events.', content: { 'text/event-stream': { schema: z.string() } } },
            ...problems(),
          },
        },
      },
      '/todos/{id}': {
        get: {
          operationId: 'readTodo',
          tags: ['todos'],
          summary: 'Read a todo',
          requestParams: {
            path: byId,
            header: z.object({
              'If-None-Match': entityTags('Answered 304 if this is still the version.'),
            }),
          },
          responses: {
            200: one('The todo.'),
            304: { description: 'It is still this version.', headers: etag },
            ...problems(404),
          },
        },
        patch: {
          operationId: 'changeTodo',
          tags: ['todos'],
          summary: 'Change the fields in the body',
          requestParams: { path: byId, header: ifMatch },
          requestBody: json(TodoPatch),
          responses: { 200: one('The todo as it is now.'), ...problems(400, 404, 412, 413, 415, 422) },
        },
        delete: {
          operationId: 'removeTodo',
          tags: ['todos'],
          summary: 'Delete a todo',
          requestParams: { path: byId, header: ifMatch },
          responses: { ...empty, ...problems(400, 404, 412) },
        },
      },
    },
  });
}
