// Child processes end with the process that started them, however that ends: a test that is killed leaves nothing behind.
import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';

/** Reads which processes there are, and kills those that are left at the end of its input: when its parent has ended. */
const GUARDIAN = `
left=' '
while read -r change id; do
  case $change in
    started) left="$left$id " ;;
    ended) left="\${left%% "$id" *} \${left#* "$id" }" ;;
  esac
done
for id in $left; do kill -KILL "$id"; done`;

let guardian: ChildProcess | undefined;

/** @param detached the child leads a process group of its own, which ends as a whole. */
export function endWithParent(child: ChildProcess, { detached = false } = {}): void {
  if (child.pid === undefined) return; // it could not be started
  const id = detached ? -child.pid : child.pid;
  write(`started ${id}`);
  child.once('exit', () => write(`ended ${id}`));
}

function write(line: string): void {
  guardian ??= startGuardian();
  guardian.stdin?.write(`${line}\n`);
}

/** In a process group of its own, so that Ctrl-C does not end it before its parent. It does not keep its parent from ending. */
function startGuardian(): ChildProcess {
  const started = spawn('/bin/sh', ['-c', GUARDIAN], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  started.unref();
  started.stdin.on('error', () => undefined);
  if (started.stdin instanceof Socket) started.stdin.unref(); // the types say only that it can be written
  return started;
}
