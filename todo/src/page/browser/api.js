// The page's client of the API. Every call has a deadline; a refusal becomes an error with the service's own message.

/**
 * @typedef {object} Todo
 * @property {number} id
 * @property {string} title
 * @property {boolean} completed
 * @property {string} url
 */

const TIMEOUT_MS = 15_000;
const PAGE_SIZE = 1000;
/** More than anyone reads, and about as many as a browser can render. */
const MAX_PAGES = 5;

/**
 * @param {string} method
 * @param {string} url
 * @param {{ body?: object, headers?: Record<string, string> }} [options]
 * @returns {Promise<Response>}
 */
async function call(method, url, { body, headers = {} } = {}) {
  /** @type {Response} */
  let response;
  try {
    response = await fetch(url, {
      method,
      headers: body ? { ...headers, 'content-type': 'application/json' } : headers,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
  } catch (error) {
    throw new Error('The service cannot be reached.', { cause: error });
  }
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  const fields = (problem.errors ?? []).map(
    (/** @type {{ field: string, message: string }} */ error) => `${error.field} ${error.message}`,
  );
  throw new Error([problem.detail ?? `The service answered ${response.status}.`, ...fields].join(' '));
}

/** @returns {Promise<{ todos: Todo[], isComplete: boolean }>} */
export async function listTodos() {
  /** @type {Todo[]} */
  const todos = [];
  let next = `/todos?limit=${PAGE_SIZE}`;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const response = await call('GET', next);
    todos.push(...(await response.json()));
    const link = nextPage(response.headers.get('link'));
    if (!link) return { todos, isComplete: true };
    const { pathname, search } = new URL(link, location.href);
    next = pathname + search;
  }
  return { todos, isComplete: false };
}

/** @param {string | null} link @returns {string | undefined} */
function nextPage(link) {
  return link === null ? undefined : /<([^>]+)>; rel="next"/.exec(link)?.[1];
}

/** @param {string} title @returns {Promise<Todo>} */
export async function createTodo(title) {
  const headers = { 'idempotency-key': idempotencyKey() };
  return (await call('POST', '/todos', { body: { title }, headers })).json();
}

/** crypto.randomUUID exists only on secure origins, and a port-forward to a cluster may not be one. */
function idempotencyKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @param {number} id @param {{ title?: string, completed?: boolean }} patch @returns {Promise<Todo>} */
export async function changeTodo(id, patch) {
  return (await call('PATCH', `/todos/${id}`, { body: patch })).json();
}

/** @param {number} id */
export async function removeTodo(id) {
  await call('DELETE', `/todos/${id}`);
}

/** @param {boolean} completed */
export async function completeAll(completed) {
  await call('PATCH', '/todos', { body: { completed } });
}

export async function removeCompleted() {
  await call('DELETE', '/todos?completed=true');
}

/** @returns {Promise<string>} the running release, in the format of the page's data-version. */
export async function runningVersion() {
  const { image, digest, commit } = await (await call('GET', '/version')).json();
  return JSON.stringify([image, digest, commit]);
}
