// The smallest service that can be delivered: ready at once, unless its banner says otherwise.
import { createServer } from 'node:http';
import { banner } from './page/banner.ts';

const digest = /@(sha256:[0-9a-f]{64})$/.exec(process.env['IMAGE'] ?? '')?.[1] ?? null;

createServer((request, response) => {
  if (request.url === '/readyz') response.statusCode = banner.includes('broken') ? 503 : 200;
  response.setHeader('content-type', 'application/json');
  response.end(
    JSON.stringify({ digest, commit: process.env['COMMIT'], environment: process.env['ENVIRONMENT'], banner }),
  );
}).listen(Number(process.env['PORT']), process.env['HOST']);

process.on('SIGTERM', () => process.exit(0));
