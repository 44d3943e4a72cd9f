// The only reader of the environment. Every problem is reported at once; secrets print as [redacted].
import { z } from 'zod';

const IMAGE_REFERENCE = /^(?<name>[^@]+?)(?:@(?<digest>sha256:[0-9a-f]{64}))?$/;

const Environment = z.object({
  HOST: z.string().default('0.0.0.0'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must start with postgres:// or postgresql://')
    .optional(),
  DATA_DIRECTORY: z.string().min(1).default('data'),
  ENVIRONMENT: z.string().min(1).default('local'),
  IMAGE: z.string().regex(IMAGE_REFERENCE, 'must be NAME[:TAG][@sha256:...]').optional(),
  COMMIT: z.string().optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});

export interface Version {
  /** Name and tag as deployed; null when the service was not started from an image. */
  image: string | null;
  digest: string | null;
  commit: string | null;
  environment: string;
  /** When this process started, ISO 8601. */
  started: string;
}

export interface Config {
  host: string;
  port: number;
  /** PostgreSQL; undefined selects PGlite in `dataDirectory`. */
  databaseUrl: string | undefined;
  dataDirectory: string;
  logLevel: string;
  version: Version;
}

export class ConfigError extends Error {
  override name = 'ConfigError';
}

/** @throws ConfigError that names every variable that is wrong, and why. */
export function parseConfig(env: Record<string, string | undefined>, started: Date): Config {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = Environment.safeParse(present);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigError(`The environment has ${problems.length} problem(s):\n${problems.join('\n')}`);
  }
  const { HOST, PORT, DATABASE_URL, DATA_DIRECTORY, ENVIRONMENT, IMAGE, COMMIT, LOG_LEVEL } = parsed.data;
  const image = IMAGE ? IMAGE_REFERENCE.exec(IMAGE)?.groups : undefined;
  return {
    host: HOST,
    port: PORT,
    databaseUrl: DATABASE_URL,
    dataDirectory: DATA_DIRECTORY,
    logLevel: LOG_LEVEL,
    version: {
      image: image?.['name'] ?? null,
      digest: image?.['digest'] ?? null,
      commit: COMMIT ?? null,
      environment: ENVIRONMENT,
      started: started.toISOString(),
    },
  };
}
