// The only reader of the environment. All problems are reported at once, without the values: some are secrets.
import { z } from 'zod';

const IMAGE_REFERENCE = /^(?<name>[^@]+?)(?:@(?<digest>sha256:[0-9a-f]{64}))?$/;

const wholeNumber = (minimum: number, maximum: number, defaultValue: number) =>
  z.coerce.number().int().min(minimum).max(maximum).default(defaultValue);
const flag = z.stringbool({ truthy: ['true', '1'], falsy: ['false', '0'] }).default(false);

/** The variables, as --help and the README list them. */
const Environment = z.object({
  HOST: z.string().default('0.0.0.0').describe('Address to listen on.'),
  PORT: wholeNumber(0, 65_535, 3000).describe('Port to listen on.'),
  METRICS_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .optional()
    .describe('Port for /metrics alone, so that PORT can be public; without it /metrics is on PORT.'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must start with postgres:// or postgresql://')
    .refine((url) => URL.canParse(url), 'must be a URL: percent-encode special characters of the password')
    .optional()
    .describe('PostgreSQL 15 or newer, postgres://...; without it PGlite keeps its files in DATA_DIRECTORY.'),
  DATA_DIRECTORY: z.string().min(1).default('data').describe('Where PGlite keeps its files; one process at a time.'),
  DATABASE_POOL_SIZE: wholeNumber(1, 200, 10).describe('Connections to PostgreSQL.'),
  DATABASE_MAX_PENDING: wholeNumber(1, 100_000, 256).describe(
    'Requests to the database at the same time; any more are answered 503.',
  ),
  STATEMENT_TIMEOUT_MS: wholeNumber(10, 600_000, 5_000).describe('A statement that takes longer is cancelled.'),
  MIGRATIONS: z
    .enum(['apply', 'wait'])
    .default('apply')
    .describe('wait: leave the schema to npm run migrate, and become ready once it has run.'),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional()
    .describe('Where clients reach the service; without it, URLs in responses follow the request.'),
  ALLOW_DELETE_ALL: flag.describe('Whether DELETE /todos may delete every todo.'),
  RATE_LIMIT_PER_MINUTE: wholeNumber(0, 1_000_000, 0).describe('Requests per minute from one client; 0 for no limit.'),
  TRUSTED_PROXIES: wholeNumber(0, 10, 0).describe(
    'Number of proxies in front: their entries in X-Forwarded-For and X-Forwarded-Proto are believed.',
  ),
  DRAIN_SECONDS: wholeNumber(0, 300, 0).describe('How long to keep serving after SIGTERM, while not ready.'),
  ENVIRONMENT: z
    .string()
    .min(1)
    .default('local')
    .describe('Shown on the page; also the attribute deployment.environment.name.'),
  IMAGE: z
    .string()
    .regex(IMAGE_REFERENCE, 'must be NAME[:TAG][@sha256:...]')
    .optional()
    .describe('The image that was deployed; set by the manifest.'),
  COMMIT: z.string().optional().describe('The commit it was built from; set by the image.'),
  REPOSITORY: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('The repository of that commit; set by the image.'),
  RELEASE_REPORT_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("The promoter's /reports/first-request; without it the first request is recorded in the trace only."),
  RELEASE_REPORT_TOKEN: z.string().min(8).optional().describe('Shared with the promoter.'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('Least severe level that is logged.'),
  REQUEST_LOG_LEVEL: z
    .enum(['debug', 'info', 'silent'])
    .default('info')
    .describe('Level of the line per request; silent for none.'),
  REQUEST_LOG_SAMPLE: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe('Part of the requests that have a line; those that failed all have one.'),
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
  /** Undefined: /metrics is on `port`. */
  metricsPort: number | undefined;
  database:
    | { kind: 'postgresql'; url: string; poolSize: number; statementTimeoutMs: number }
    | { kind: 'pglite'; directory: string };
  maxPending: number;
  statementTimeoutMs: number;
  migrations: 'apply' | 'wait';
  publicUrl: string | undefined;
  allowDeleteAll: boolean;
  /** Undefined: no limit. */
  rateLimit: { requestsPerMinute: number } | undefined;
  trustedProxies: number;
  drainMs: number;
  logLevel: string;
  requestLog: { level: 'debug' | 'info' | 'silent'; sample: number };
  version: Version;
  repository: string | undefined;
  /** The release that this process runs; undefined unless image and manifest name it completely. */
  release: { repositoryUrl: string; commit: string; environment: string; digest: string } | undefined;
  report: { url: string; token: string } | undefined;
}

export class ConfigError extends Error {
  override name = 'ConfigError';
}

/** @throws ConfigError that names every invalid variable, and why. */
export function parseConfig(started: Date, env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = Environment.safeParse(present);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigError(
      `The environment has ${problems.length} problem(s); --help lists every variable:\n${problems.join('\n')}`,
    );
  }
  const variables = parsed.data;
  const image = variables.IMAGE ? IMAGE_REFERENCE.exec(variables.IMAGE)?.groups : undefined;
  const { DATABASE_URL: url, DATABASE_POOL_SIZE: poolSize, STATEMENT_TIMEOUT_MS: statementTimeoutMs } = variables;
  return {
    host: variables.HOST,
    port: variables.PORT,
    metricsPort: variables.METRICS_PORT,
    database:
      url === undefined
        ? { kind: 'pglite', directory: variables.DATA_DIRECTORY }
        : { kind: 'postgresql', url, poolSize, statementTimeoutMs },
    maxPending: variables.DATABASE_MAX_PENDING,
    statementTimeoutMs,
    migrations: variables.MIGRATIONS,
    publicUrl: variables.PUBLIC_URL,
    allowDeleteAll: variables.ALLOW_DELETE_ALL,
    rateLimit:
      variables.RATE_LIMIT_PER_MINUTE === 0 ? undefined : { requestsPerMinute: variables.RATE_LIMIT_PER_MINUTE },
    trustedProxies: variables.TRUSTED_PROXIES,
    drainMs: variables.DRAIN_SECONDS * 1000,
    logLevel: variables.LOG_LEVEL,
    requestLog: { level: variables.REQUEST_LOG_LEVEL, sample: variables.REQUEST_LOG_SAMPLE },
    version: {
      image: image?.['name'] ?? null,
      digest: image?.['digest'] ?? null,
      commit: variables.COMMIT ?? null,
      environment: variables.ENVIRONMENT,
      started: started.toISOString(),
    },
    repository: variables.REPOSITORY,
    release: releaseOf(variables, image?.['digest']),
    report:
      variables.RELEASE_REPORT_URL && variables.RELEASE_REPORT_TOKEN
        ? { url: variables.RELEASE_REPORT_URL, token: variables.RELEASE_REPORT_TOKEN }
        : undefined,
  };
}

function releaseOf(
  { REPOSITORY: repositoryUrl, COMMIT: commit, ENVIRONMENT: environment }: z.infer<typeof Environment>,
  digest: string | undefined,
): Config['release'] {
  if (!repositoryUrl || !digest || !commit || !/^[0-9a-f]{40}$/.test(commit)) return undefined;
  return { repositoryUrl, commit, environment, digest };
}

export interface Variable {
  name: string;
  /** Empty where there is none. */
  default: string;
  meaning: string;
}

/** Every variable, in the order of the schema. */
export function describeVariables(): Variable[] {
  return Object.entries(Environment.shape).map(([name, schema]) => {
    const { data } = schema.safeParse(undefined);
    if (schema.description === undefined) throw new Error(`${name} has no description`);
    return { name, default: data === undefined ? '' : `${data}`, meaning: schema.description };
  });
}

/** What --help prints. */
export function help(): string {
  const rows = describeVariables().map(
    (variable) => `  ${variable.name.padEnd(22)} ${variable.default.padEnd(8)} ${variable.meaning}`,
  );
  return [
    'todo: a todo service on PGlite or PostgreSQL. It takes no arguments and is configured by environment variables:',
    '',
    ...rows,
    '',
    'OTEL_* are those of OpenTelemetry; traces are exported where OTEL_EXPORTER_OTLP_ENDPOINT is set.',
    '',
  ].join('\n');
}
