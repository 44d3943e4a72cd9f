// One process per data folder. The lock file contains the owner's process id; a lock whose owner has exited is taken over.
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

export class DirectoryLockedError extends Error {
  override name = 'DirectoryLockedError';
}

export interface DirectoryLock {
  release(): Promise<void>;
}

function isRunning(processId: number): boolean {
  // In a container every start may have the same id: a lock with this id was left behind by an earlier process.
  if (processId === process.pid) return false;
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** @throws DirectoryLockedError naming the process that holds `directory`. */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const file = path.join(directory, 'lock');
  const release = (): Promise<void> => rm(file, { force: true });
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      await writeFile(file, String(process.pid), { flag: 'wx' });
      return { release };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = Number(await readFile(file, 'utf8').catch(() => '0'));
    if (owner > 0 && isRunning(owner)) {
      throw new DirectoryLockedError(
        `${directory} is in use by process ${owner}. Stop it, or set DATA_DIRECTORY to another folder` +
          ` (or remove ${file} if that process is not a todo service).`,
      );
    }
    await release();
  }
  throw new DirectoryLockedError(`${directory} is being opened by another process right now. Try again.`);
}
