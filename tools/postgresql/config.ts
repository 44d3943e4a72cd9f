/** What the server's programs get of the environment: their messages are read, so they are in one language. */
export const serverEnvironment = (): NodeJS.ProcessEnv => ({ PATH: process.env['PATH'], LC_ALL: 'C' });
