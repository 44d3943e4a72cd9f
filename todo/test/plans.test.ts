// PostgreSQL's plans for the statements that the store really sends, with a million todos in the table.
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGate } from '../src/database/gate.ts';
import * as schema from '../src/database/schema.ts';
import { createTodoStore, type TodoStore } from '../src/todos/todo-store.ts';
import { type RunningDatabase, startPostgresql } from './databases.ts';

const ROWS = 1_000_000;
const ROWS_PER_STEP = 50_000;
/** The table may take as long as it needs, while every step of it takes less than this: a second on a usual machine. */
const STEP_LIMIT_MS = 300_000;
const NO_LIMIT = 0;

interface Statement {
  sql: string;
  parameters: unknown[];
}

/** The parts of EXPLAIN (FORMAT JSON) that are read here. https://www.postgresql.org/docs/current/sql-explain.html */
interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  Plans?: Plan[];
}
type Explained = { 'QUERY PLAN': [{ Plan: Plan }] }[];

let running: RunningDatabase;
let client: ReturnType<typeof postgres>;
let store: TodoStore;
let sent: Statement[] = [];

async function step<Result>(work: PromiseLike<Result>): Promise<Result> {
  const { promise: stuck, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`a step took ${STEP_LIMIT_MS / 1000} s`)), STEP_LIMIT_MS);
  try {
    return await Promise.race([work, stuck]);
  } finally {
    clearTimeout(timer);
  }
}

beforeAll(async () => {
  running = await startPostgresql();
  client = postgres(running.url ?? '', { max: 1, onnotice: () => undefined });
  for (let from = 1; from <= ROWS; from += ROWS_PER_STEP) {
    await step(client`
      insert into todos (title, completed)
      select md5(n::text) || ' ' || md5((n * 7)::text), n < 600_000
      from generate_series(${from}::int, ${from + ROWS_PER_STEP - 1}::int) as n`);
  }
  await client`insert into todos (title) values ('buy the zebra a scarf')`;
  await step(client`vacuum analyze todos`);
  const gate = createGate({ maxPending: 100, deadlineMs: 30_000 });
  gate.open();
  const db = drizzle(client, {
    schema,
    logger: { logQuery: (sql, parameters) => sent.push({ sql, parameters }) },
  });
  store = createTodoStore({ db, gate, onChange: () => undefined });
}, NO_LIMIT);
afterAll(async () => {
  await client.end();
  await running.stop();
});

function nodesOf(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

/** Every node of the plans of the statements in `work`: the plan for the given values, and the generic plan of a prepared statement. */
async function planOf(work: () => Promise<unknown>): Promise<Plan[]> {
  sent = [];
  await work();
  const plans = [];
  for (const { sql, parameters } of sent) {
    const own = await client.unsafe<Explained>(`explain (format json) ${sql}`, parameters as string[]);
    const generic = await client.unsafe<Explained>(`explain (format json, generic_plan) ${sql}`);
    plans.push(...[...own, ...generic].map((row) => row['QUERY PLAN'][0].Plan));
  }
  return plans.flatMap(nodesOf);
}

const indexesOf = (nodes: readonly Plan[]): string[] => [
  ...new Set(nodes.flatMap((node) => (node['Index Name'] === undefined ? [] : [node['Index Name']]))),
];
const scansOf = (nodes: readonly Plan[]): string[] =>
  nodes.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name'] ?? '');

describe(`among ${ROWS} todos, every request uses an index and no sequential scan`, () => {
  const CURSOR = 500_000;
  const requests: [title: string, work: () => Promise<unknown>, index: string][] = [
    ['one todo', () => store.find(CURSOR), 'todos_pkey'],
    ['the first page', () => store.list({ limit: 20 }), 'todos_pkey'],
    ['a page in the middle', () => store.list({ limit: 20, cursor: CURSOR }), 'todos_pkey'],
    ['a page of completed todos', () => store.list({ limit: 20, cursor: CURSOR, completed: true }), 'todos_completed'],
    ['a page of open todos', () => store.list({ limit: 20, completed: false }), 'todos_open'],
    ['a change', () => store.update(CURSOR, { completed: true }, 'any'), 'todos_pkey'],
    ['a change of one version', () => store.update(CURSOR, { title: 'b' }, [9]), 'todos_pkey'],
    ['a removal', () => store.remove(CURSOR + 1, 'any'), 'todos_pkey'],
    ['a removal of one version', () => store.remove(CURSOR + 2, [9]), 'todos_pkey'],
    ['expired keys', () => store.deleteExpiredKeys(), 'idempotency_keys_created_at'],
  ];

  it.each(requests)('%s', async (_title, work, index) => {
    const nodes = await planOf(work);

    expect(indexesOf(nodes)).toEqual([index]);
    expect(scansOf(nodes)).toEqual([]);
  });

  it('a search for rare text, which is planned for that text', async () => {
    sent = [];
    const found = await store.list({ limit: 20, q: 'zebra' });
    const [search] = sent;
    const [row] = await client.unsafe<Explained>(
      `explain (format json) ${search?.sql ?? ''}`,
      search?.parameters as string[],
    );
    const nodes = row ? nodesOf(row['QUERY PLAN'][0].Plan) : [];

    expect(found.todos.map(({ title }) => title)).toEqual(['buy the zebra a scarf']);
    expect(indexesOf(nodes)).toEqual(['todos_title_trigrams']);
    expect(scansOf(nodes)).toEqual([]);
  });
});
