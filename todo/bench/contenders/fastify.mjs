// A common choice: Fastify with its schemas, and pg with named statements.
import Fastify from 'fastify';
import { Pool } from 'pg';

const port = Number(process.env['PORT']);
const pool = new Pool({ connectionString: process.env['DATABASE_URL'], max: 10 });
const columns = 'id, title, completed, position';

const represent = ({ id, title, completed, position }) => ({
  id: Number(id),
  title,
  completed,
  order: position,
  url: `http://127.0.0.1:${port}/todos/${id}`,
});
const query = async (name, text, values) => (await pool.query({ name, text, values })).rows;

const todo = {
  type: 'object',
  properties: {
    id: { type: 'integer' },
    title: { type: 'string' },
    completed: { type: 'boolean' },
    order: { type: ['integer', 'null'] },
    url: { type: 'string' },
  },
};
const newTodo = {
  type: 'object',
  required: ['title'],
  properties: { title: { type: 'string', minLength: 1, maxLength: 500 } },
};

const app = Fastify();
app.get('/readyz', async () => 'ok');
app.get('/todos/:id', { schema: { response: { 200: todo } } }, async (request, reply) => {
  const [row] = await query('one', `select ${columns} from todos where id = $1`, [request.params.id]);
  return row ? represent(row) : reply.code(404).send({});
});
app.get('/todos', { schema: { response: { 200: { type: 'array', items: todo } } } }, async (request) => {
  const limit = request.query.limit ?? 100;
  return (await query('list', `select ${columns} from todos order by id limit $1`, [limit])).map(represent);
});
app.post('/todos', { schema: { body: newTodo, response: { 201: todo } } }, async (request, reply) => {
  const [row] = await query('insert', `insert into todos (title) values ($1) returning ${columns}`, [
    request.body.title,
  ]);
  return reply.code(201).send(represent(row));
});
app.patch('/todos/:id', { schema: { response: { 200: todo } } }, async (request, reply) => {
  const text = `update todos set completed = $1, version = version + 1 where id = $2 returning ${columns}`;
  const [row] = await query('update', text, [request.body.completed, request.params.id]);
  return row ? represent(row) : reply.code(404).send({});
});
await app.listen({ port, host: '127.0.0.1' });
