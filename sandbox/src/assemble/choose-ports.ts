// Picks free ports, and the same ones as last time where they are still free, so that links and clones survive a restart.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freePort, LOOPBACK } from '../http/listen.ts';
import { createServer } from 'node:net';
import { PORT_NAMES, type PortName, type SandboxSettings } from './config.ts';

function isFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const probe = createServer();
  probe.once('error', () => resolve(false)).listen(port, LOOPBACK, () => void probe.close(() => resolve(true)));
  return promise;
}

/** @throws Error when a configured port is taken. */
export async function choosePorts({
  dataDirectory,
  ports: chosen,
}: SandboxSettings): Promise<Record<PortName, number>> {
  const file = path.join(dataDirectory, 'ports.json');
  const remembered = JSON.parse(await readFile(file, 'utf8').catch(() => '{}')) as Partial<Record<PortName, number>>;
  const ports: Partial<Record<PortName, number>> = {};
  for (const name of PORT_NAMES) {
    const wanted = chosen[name];
    if (wanted !== undefined && !(await isFree(wanted))) {
      throw new Error(
        `port ${wanted}, configured for ${name}, is taken by another process. Stop that process or choose another port.`,
      );
    }
    const last = remembered[name];
    ports[name] = wanted ?? (last !== undefined && (await isFree(last)) ? last : await freePort());
  }
  await writeFile(file, JSON.stringify(ports));
  return ports as Record<PortName, number>;
}
