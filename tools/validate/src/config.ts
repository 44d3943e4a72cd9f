import path from 'node:path';

/** Where CI is set every checker must be installed; elsewhere the missing ones are named. */
export const mayLackCheckers = (): boolean => process.env['CI'] === undefined;

/** The folders in which commands are looked for. */
export const commandFolders = (): string[] => (process.env['PATH'] ?? '').split(path.delimiter);

/** For checkers: our own, without their look for a newer version. */
export const checkerEnvironment = (): NodeJS.ProcessEnv => ({ ...process.env, CHECKPOINT_DISABLE: '1' });

/** Where archives of third-party charts are looked for: `CHARTS`, or a folder that Git ignores. */
export const chartFolder = (root: string): string => process.env['CHARTS'] ?? path.join(root, '.charts');
