// The sandbox's data folder carries a marker, so that nothing else is ever removed in its place.
import { access, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

const MARKER = '.delivery-sandbox';
/** What sandboxes wrote before there was a marker. */
const FIRST_FILE = 'keys.json';

/** Creates the folder and marks it. @throws Error for a folder that holds anything else. */
export async function claimDataFolder(dataDirectory: string): Promise<void> {
  await mkdir(dataDirectory, { recursive: true });
  const names = await readdir(dataDirectory);
  if (names.includes(MARKER)) return;
  if (names.length > 0 && !names.includes(FIRST_FILE)) {
    throw new Error(
      `${dataDirectory} holds files that are not a sandbox's (${names.slice(0, 3).join(', ')}). Set SANDBOX_DATA to an empty or a new folder.`,
    );
  }
  await writeFile(
    path.join(dataDirectory, MARKER),
    'A sandbox keeps its data here; npm run reset removes this folder.\n',
  );
}

/** @returns false where there was no folder. @throws Error for a folder without the marker, which stays as it is. */
export async function removeDataFolder(dataDirectory: string): Promise<boolean> {
  if (!(await exists(dataDirectory))) return false;
  if (!(await exists(path.join(dataDirectory, MARKER)))) {
    throw new Error(
      `${dataDirectory} does not carry a sandbox's marker (${MARKER}) and was left as it is. Set SANDBOX_DATA to the sandbox's folder, or remove this one by hand.`,
    );
  }
  await rm(dataDirectory, { recursive: true, force: true });
  return true;
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
