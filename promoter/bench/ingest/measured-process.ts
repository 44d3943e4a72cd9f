// A server as a pod would run it: in a memory cgroup of its own where this machine lets us make one, with the flags of the image.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100; // USER_HZ, the unit of /proc/PID/stat on Linux
const SAMPLE_MS = 100;

export interface Memory {
  anonymousMb: number;
  peakAnonymousMb: number;
}

export interface MeasuredProcess {
  pid: number;
  /** Of all its threads, user and system. */
  cpuSeconds(): number;
  memory(): Memory;
  /** How the limit is kept, or that nothing keeps it. */
  limit: string;
  isAlive(): boolean;
  stop(): Promise<void>;
}

export interface MeasuredProcessSettings {
  name: string;
  args: readonly string[];
  env: Record<string, string>;
  cwd: string;
  limitMb: number;
  /** A file descriptor for its standard output, where the log lines go. */
  output: number | 'ignore';
}

/** cgroup v2 where its memory controller is there, otherwise v1. */
function createCgroup(name: string, limitMb: number): { folder: string; limit: string } | undefined {
  const bytes = String(limitMb * 1024 * 1024);
  const versions = [
    { root: '/sys/fs/cgroup', file: 'memory.max', version: 'v2' },
    { root: '/sys/fs/cgroup/memory', file: 'memory.limit_in_bytes', version: 'v1' },
  ];
  for (const { root, file, version } of versions) {
    const folder = `${root}/promoter-bench-${name}-${process.pid}`;
    try {
      mkdirSync(folder);
    } catch {
      continue; // not writable, or another kind of machine
    }
    // The kernel makes the file where the memory controller is on for this folder's parent.
    if (existsSync(`${folder}/${file}`)) {
      writeFileSync(`${folder}/${file}`, bytes);
      return { folder, limit: `cgroup ${version}, ${limitMb} MiB` };
    }
    rmdirSync(folder);
  }
  return undefined;
}

const status = (pid: number, field: string): number => {
  const line = new RegExp(String.raw`^${field}:\s+(\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1] ?? 0) / 1024;
};

export function startMeasured(settings: MeasuredProcessSettings): MeasuredProcess {
  const cgroup = createCgroup(settings.name, settings.limitMb);
  const enter = cgroup ? `echo $$ > ${cgroup.folder}/cgroup.procs && ` : '';
  const child: ChildProcess = spawn('/bin/sh', ['-c', `${enter}exec "$0" "$@"`, process.execPath, ...settings.args], {
    cwd: settings.cwd,
    env: settings.env,
    stdio: ['ignore', settings.output, 'inherit'],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${settings.name} did not start`);
  process.once('exit', () => child.kill('SIGKILL'));
  let peakAnonymousMb = 0;
  let anonymousMb = 0;
  const isAlive = (): boolean => child.exitCode === null && child.signalCode === null;
  const sample = (): void => {
    if (!isAlive()) return;
    anonymousMb = status(pid, 'RssAnon');
    peakAnonymousMb = Math.max(peakAnonymousMb, anonymousMb);
  };
  const sampler = setInterval(sample, SAMPLE_MS);
  return {
    pid,
    limit: cgroup?.limit ?? 'no cgroup can be made here: a plain process, without a limit',
    isAlive,
    cpuSeconds() {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const [, , , , , , , , , , , user = '0', system = '0'] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return (Number(user) + Number(system)) / TICKS_PER_SECOND;
    },
    memory() {
      sample();
      return { anonymousMb, peakAnonymousMb };
    },
    async stop() {
      clearInterval(sampler);
      if (isAlive()) {
        const exited = once(child, 'exit');
        child.kill('SIGTERM');
        await exited;
      }
      if (cgroup) rmdirSync(cgroup.folder);
    },
  };
}
