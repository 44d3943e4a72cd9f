// Accepts spans like a collector and discards them; GET returns how many requests it received.
import { createServer } from 'node:http';

let requests = 0;
createServer((request, response) => {
  if (request.method === 'POST') requests += 1;
  request.resume().on('end', () => response.end(String(requests)));
}).listen(Number(process.env['PORT']), '127.0.0.1');
