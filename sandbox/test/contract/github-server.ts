// The GitHub stand-in alone, with the key of an App and two repositories.
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SignJWT } from 'jose';
import { createGitHub, type GitHub } from '../../src/github/github.ts';
import { freePort, listen } from '../../src/http/listen.ts';
import { gitopsSeed, sourceSeed } from '../../src/assemble/seed-repositories.ts';

export interface GitHubServer {
  github: GitHub;
  url: string;
  privateKey: KeyObject;
  /** Received webhooks, newest last. */
  received: { headers: Record<string, string | string[] | undefined>; body: string }[];
  appToken(): Promise<string>;
  close(): Promise<void>;
}

const WEBHOOK_SECRET = 'a webhook secret';

export async function startGitHubServer(): Promise<GitHubServer> {
  const dataDirectory = await mkdtemp(path.join(tmpdir(), 'github-contract-'));
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const port = await freePort();
  const received: GitHubServer['received'] = [];
  const receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      response.statusCode = 202;
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await new Promise((listening) => receiver.once('listening', listening));
  const { port: receiverPort } = receiver.address() as { port: number };
  const github = await createGitHub({
    origin: `http://127.0.0.1:${port}`,
    dataDirectory,
    environment: process.env,
    app: {
      id: 42,
      slug: 'promoter',
      publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      installationId: 7,
      organization: 'acme',
      grants: {
        metadata: 'read',
        contents: 'write',
        pull_requests: 'write',
        checks: 'write',
        statuses: 'write',
        deployments: 'write',
        packages: 'read',
        members: 'read',
        actions: 'read',
      },
    },
    webhook: { url: `http://127.0.0.1:${receiverPort}/webhooks/github`, secret: WEBHOOK_SECRET },
    release: undefined,
    seed: {
      organization: 'acme',
      repositories: [sourceSeed(path.join(import.meta.dirname, '../app')), gitopsSeed('1s')],
    },
  });
  const server = await listen('GitHub', github.fetch, port);
  return {
    github,
    url: server.url,
    privateKey,
    received,
    appToken: () =>
      new SignJWT({})
        .setProtectedHeader({ alg: 'RS256' })
        .setIssuer('42')
        .setIssuedAt()
        .setExpirationTime('5m')
        .sign(privateKey),
    async close() {
      await github.close();
      await server.close();
      receiver.close();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}
