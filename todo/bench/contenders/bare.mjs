// The baseline: node:http and postgres.js, without validation or telemetry.
import { createServer } from 'node:http';
import postgres from 'postgres';

const port = Number(process.env['PORT']);
const sql = postgres(process.env['DATABASE_URL'], { max: 10, onnotice: () => undefined });

const represent = ({ id, title, completed, position }) => ({
  id: Number(id),
  title,
  completed,
  order: position,
  url: `http://127.0.0.1:${port}/todos/${id}`,
});

async function readBody(request) {
  let body = '';
  for await (const chunk of request) body += chunk;
  return JSON.parse(body);
}

async function handle(request) {
  const url = new URL(request.url, 'http://127.0.0.1');
  const id = /^\/todos\/(\d+)$/.exec(url.pathname)?.[1];
  if (request.method === 'GET' && id) {
    const [row] = await sql`select id, title, completed, position from todos where id = ${id}`;
    return row ? [200, represent(row)] : [404, {}];
  }
  if (request.method === 'PATCH' && id) {
    const { completed } = await readBody(request);
    const [row] = await sql`
      update todos set completed = ${completed}, version = version + 1 where id = ${id}
      returning id, title, completed, position`;
    return row ? [200, represent(row)] : [404, {}];
  }
  if (request.method === 'POST') {
    const { title } = await readBody(request);
    const [row] = await sql`insert into todos (title) values (${title}) returning id, title, completed, position`;
    return [201, represent(row)];
  }
  if (url.pathname === '/todos') {
    const limit = url.searchParams.get('limit') ?? 100;
    const rows = await sql`select id, title, completed, position from todos order by id limit ${limit}`;
    return [200, rows.map(represent)];
  }
  return [url.pathname === '/readyz' ? 200 : 404, {}];
}

async function answer(request, response) {
  const [status, value] = await handle(request);
  const body = JSON.stringify(value);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

createServer((request, response) => void answer(request, response)).listen(port, '127.0.0.1');
