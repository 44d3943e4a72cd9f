// Runs one container as one process, with the manifest's environment and volumes and the kubelet's probes and signals.
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { endWithParent } from '@delivery/postgresql/end-with-parent';
import { LOOPBACK } from '../http/listen.ts';
import type { Container } from './deployment.ts';
import type { UnpackedImage } from './pull-image.ts';

export interface PodSettings {
  container: Container;
  image: UnpackedImage;
  port: number;
  /** The folder of the pod's volumes, log and process id. */
  directory: string;
  graceMs: number;
  /** The PATH of a pod whose image sets none. */
  hostPath: string | undefined;
  /** Variables that the cluster sets for every pod. */
  environment: Record<string, string>;
}

export interface Pod {
  /** Undefined while the process runs. */
  exitCode(): number | undefined;
  isReady(): Promise<boolean>;
  stop(): Promise<void>;
}

const PROBE_TIMEOUT_MS = 1_000;

export async function startPod(settings: PodSettings): Promise<Pod> {
  const { container, image, port, directory, graceMs, hostPath, environment } = settings;
  await mkdir(directory, { recursive: true });
  const volumes = new Map(
    container.volumeMounts.map(({ name, mountPath }) => [mountPath, path.join(directory, 'volumes', name)]),
  );
  for (const folder of volumes.values()) await mkdir(folder, { recursive: true });
  const onHost = (value: string): string => {
    for (const [mountPath, folder] of volumes) {
      if (value === mountPath || value.startsWith(`${mountPath}/`)) return folder + value.slice(mountPath.length);
    }
    return value;
  };
  const imageEnvironment = Object.fromEntries(
    image.config.Env.map((pair) => pair.split(/=(.*)/s).slice(0, 2) as [string, string]),
  );
  const declared = Object.fromEntries(container.env.map(({ name, value }) => [name, onHost(value)]));
  const [command = 'node', ...args] = image.config.Entrypoint;
  const log = createWriteStream(path.join(directory, 'pod.log'), { flags: 'a' });
  const child: ChildProcess = spawn(command === 'node' ? process.execPath : command, args, {
    cwd: path.join(image.rootDirectory, image.config.WorkingDir),
    env: {
      PATH: hostPath,
      ...imageEnvironment,
      ...declared,
      ...environment,
      HOST: LOOPBACK,
      PORT: String(port),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endWithParent(child);
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  const { promise: exited, resolve } = Promise.withResolvers<number>();
  child.once('error', (error) => {
    log.write(`${error.message}\n`);
    exitCode = -1;
    resolve(exitCode);
  });
  let exitCode: number | undefined;
  child.once('close', (code) => {
    exitCode = code ?? -1;
    log.end();
    resolve(exitCode);
  });
  if (child.pid !== undefined) await writeFile(path.join(directory, 'pid'), String(child.pid));

  const probe = `http://${LOOPBACK}:${port}${container.readinessProbe?.httpGet?.path ?? '/'}`;
  return {
    exitCode: () => exitCode,
    async isReady() {
      try {
        return (await fetch(probe, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) })).ok;
      } catch {
        return false;
      }
    },
    async stop() {
      child.kill('SIGTERM');
      const kill = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await exited;
      clearTimeout(kill);
      await rm(path.join(directory, 'pid'), { force: true });
    },
  };
}

/** Ends the process that a killed sandbox left behind: it still holds the volume and the port. */
export async function reapPod(directory: string, imagesDirectory: string): Promise<void> {
  const id = Number(await readFile(path.join(directory, 'pid'), 'utf8').catch(() => '0'));
  if (!id) return;
  const folder = await readFile(`/proc/${id}/environ`, 'latin1').catch(() => '');
  if (!folder.includes(directory) && !folder.includes(imagesDirectory)) return; // another program has the process id now
  try {
    process.kill(id, 'SIGTERM');
    for (let waited = 0; waited < 50; waited += 1) {
      process.kill(id, 0);
      await wait(100);
    }
    process.kill(id, 'SIGKILL');
  } catch {
    // it has exited
  }
}
