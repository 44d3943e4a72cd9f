// The only reader of the environment. Every problem is reported at once; secrets print as [redacted].
import { readFileSync } from 'node:fs';
import { createPrivateKey } from 'node:crypto';
import { z } from 'zod';
import { type Repository, RepositoryName } from './decide/repository.ts';

export interface Secret {
  reveal(): string;
  toString(): '[redacted]';
  toJSON(): '[redacted]';
}

export function secret(value: string): Secret {
  return { reveal: () => value, toString: () => '[redacted]', toJSON: () => '[redacted]' };
}

export type GitHubCredentials = { kind: 'app'; appId: number; privateKey: Secret } | { kind: 'token'; token: Secret };

export interface Config {
  host: string;
  port: number;
  /** Where board, API, metrics and readiness listen; undefined: on `port`, with the webhook. */
  adminPort: number | undefined;
  logLevel: string;
  github: { apiUrl: string; credentials: GitHubCredentials; webhookSecrets: [Secret, ...Secret[]] };
  configRepository: Repository & { branch: string; paths: string[] };
  cluster: { kubeconfig: string | undefined; namespace: string } | undefined;
  coalesceMs: number;
  resyncMs: number;
  /** Where people reach this process's pages: links to them in GitHub begin with it. */
  publicUrl: string | undefined;
  /** Pages elsewhere: `{traceId}` and `{application}` are replaced. */
  templates: { traceUrl: string | undefined; argocdUrl: string | undefined };
  /** What delivered services report with; undefined: reports are refused. */
  reportToken: Secret | undefined;
  /** How registries are read: with what, and where, by host. */
  registry: { configFile: string | undefined; hosts: Readonly<Record<string, string>> };
  /** Whose tokens announce releases; undefined: nothing can be announced. */
  announcements: { issuer: string; audience: string } | undefined;
  /** The page of a release's timeline. */
  releaseUrl(traceId: string): string | undefined;
}

export class ConfigError extends Error {
  override name = 'ConfigError';
}

const Port = z.coerce.number().int().min(0).max(65_535);
const Milliseconds = z.coerce.number().int().min(0);

const template = (placeholder: string) =>
  z
    .string()
    .regex(/^https?:\/\//, 'must begin with http:// or https://')
    .includes(placeholder, { error: `must contain ${placeholder}` })
    .optional();

const SECRET_LENGTH = 'must have at least 8 characters';

/** Every variable, in the order of `promoter --help`. */
const Environment = z.object({
  GITHUB_APP_ID: z.coerce
    .number()
    .int()
    .positive()
    .optional()
    .describe('act as this GitHub App, with one of the next two'),
  GITHUB_APP_PRIVATE_KEY: z
    .string()
    .optional()
    .describe(String.raw`its PEM key, as text; \n for a line break is allowed`),
  GITHUB_APP_PRIVATE_KEY_FILE: z.string().optional().describe('its PEM key, as a file'),
  GITHUB_TOKEN: z.string().optional().describe('act with a token instead of an App'),
  GITHUB_API_URL: z
    .url({ protocol: /^https?$/ })
    .default('https://api.github.com')
    .describe('https://HOST/api/v3 for GitHub Enterprise Server'),
  GITHUB_WEBHOOK_SECRET: z
    .string({ error: 'is required: webhooks are accepted only with its signature' })
    .min(8, SECRET_LENGTH)
    .describe('required: what webhooks are signed with'),
  GITHUB_WEBHOOK_SECRET_PREVIOUS: z
    .string()
    .min(8, SECRET_LENGTH)
    .optional()
    .describe('accepted too while secrets are rotated'),
  CONFIG_REPOSITORY: z
    .string({ error: 'is required: owner/name of the GitOps config repository' })
    .pipe(RepositoryName)
    .describe('required: owner/name of the GitOps config repository'),
  CONFIG_BRANCH: z.string().min(1).default('main').describe('the branch that Argo CD follows'),
  CONFIG_PATH: z
    .string()
    .min(1)
    .default('promotion.yaml')
    .describe('promotion files, or folders of them, separated by commas'),
  KUBECONFIG: z.string().optional().describe('how to reach the cluster; in a cluster its own account is used'),
  KUBERNETES_SERVICE_HOST: z.string().optional().describe('set by Kubernetes: the promoter runs in the cluster'),
  ARGOCD_NAMESPACE: z
    .string()
    .min(1)
    .default('argocd')
    .describe('where Argo CD is, and the Applications that are named without a namespace'),
  COALESCE_MS: Milliseconds.max(60_000).default(1_000).describe('how long events are collected into one reconcile'),
  RESYNC_MS: Milliseconds.min(1_000, 'must be at least 1000')
    .default(300_000)
    .describe('how often everything is read, and the delivery log with it'),
  HOST: z.string().default('0.0.0.0').describe('address to listen on'),
  PORT: Port.default(8080).describe('port to listen on'),
  ADMIN_PORT: Port.optional().describe(
    'port of board, API, metrics and health, apart from the one that the internet reaches',
  ),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('trace, debug, info, warn, error, fatal or silent'),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('where people reach the board: pull requests and commits link to it'),
  OIDC_ISSUER: z
    .url({ protocol: /^https?$/ })
    .default('https://token.actions.githubusercontent.com')
    .describe('who signs the tokens of announcements; https://HOST/_services/token for GitHub Enterprise Server'),
  ANNOUNCE_AUDIENCE: z
    .string()
    .min(1)
    .optional()
    .describe('the audience that these tokens must have; PUBLIC_URL where it is not set'),
  REGISTRY_CONFIG: z
    .string()
    .optional()
    .describe('a docker config.json with what registries are read with; anonymous where it is not set'),
  REGISTRY_HOSTS: z
    .string()
    .regex(/^[^=,\s]+=https?:\/\/[^,\s]+(,[^=,\s]+=https?:\/\/[^,\s]+)*$/, 'must be HOST=URL, separated by commas')
    .optional()
    .describe('where a registry is reached, if not at https://HOST: HOST=URL, separated by commas'),
  TRACE_URL: template('{traceId}').describe("a page for {traceId}, such as Grafana's"),
  ARGOCD_URL: template('{application}').describe('a page for {application}'),
  REPORT_TOKEN: z.string().min(8, SECRET_LENGTH).optional().describe('what services report their first request with'),
});
type Values = z.infer<typeof Environment>;

export interface Variable {
  name: string;
  meaning: string;
  /** As text; undefined where there is none. */
  byDefault: string | undefined;
}

/** What `--help` says of the environment. */
export function describeVariables(): Variable[] {
  return Object.entries(Environment.shape).map(([name, schema]) => ({
    name,
    meaning: schema.description ?? '',
    byDefault: schema instanceof z.ZodDefault ? String(schema.def.defaultValue) : undefined,
  }));
}

/** Of this process. @throws ConfigError as `parseConfig` does. */
export const readConfig = (): Config => parseConfig(process.env);

/** @throws ConfigError that names every variable that is wrong, and why. */
export function parseConfig(env: Record<string, string | undefined>): Config {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = Environment.safeParse(present);
  const problems = parsed.error?.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`) ?? [];
  const credentials = parseCredentials(present, problems);
  if (!parsed.data || !credentials || problems.length > 0) {
    const list = problems.map((problem) => `  ${problem}`).join('\n');
    throw new ConfigError(`The environment has ${problems.length} problem(s):\n${list}`);
  }
  const values: Values = parsed.data;
  const publicUrl = values.PUBLIC_URL?.replace(/\/$/, '');
  const audience = values.ANNOUNCE_AUDIENCE ?? publicUrl;
  const inCluster = values.KUBECONFIG !== undefined || values.KUBERNETES_SERVICE_HOST !== undefined;
  return {
    host: values.HOST,
    port: values.PORT,
    adminPort: values.ADMIN_PORT,
    logLevel: values.LOG_LEVEL,
    github: {
      apiUrl: values.GITHUB_API_URL.replace(/\/$/, ''),
      credentials,
      webhookSecrets: [
        secret(values.GITHUB_WEBHOOK_SECRET),
        ...(values.GITHUB_WEBHOOK_SECRET_PREVIOUS === undefined ? [] : [secret(values.GITHUB_WEBHOOK_SECRET_PREVIOUS)]),
      ],
    },
    configRepository: {
      ...values.CONFIG_REPOSITORY,
      branch: values.CONFIG_BRANCH,
      paths: values.CONFIG_PATH.split(',').map((path) => path.trim().replace(/\/$/, '')),
    },
    cluster: inCluster ? { kubeconfig: values.KUBECONFIG, namespace: values.ARGOCD_NAMESPACE } : undefined,
    coalesceMs: values.COALESCE_MS,
    resyncMs: values.RESYNC_MS,
    publicUrl,
    templates: { traceUrl: values.TRACE_URL, argocdUrl: values.ARGOCD_URL },
    reportToken: values.REPORT_TOKEN === undefined ? undefined : secret(values.REPORT_TOKEN),
    registry: {
      configFile: values.REGISTRY_CONFIG,
      hosts: Object.fromEntries(
        (values.REGISTRY_HOSTS?.split(',') ?? []).map((pair) => [pair.split('=', 1)[0], pair.replace(/^[^=]+=/, '')]),
      ),
    },
    announcements: audience === undefined ? undefined : { issuer: values.OIDC_ISSUER.replace(/\/$/, ''), audience },
    releaseUrl: (traceId) => (publicUrl ? `${publicUrl}/releases/${traceId}` : undefined),
  };
}

/** An App or a token, and not both: which one acts must never be a guess. */
function parseCredentials(env: Record<string, string | undefined>, problems: string[]): GitHubCredentials | undefined {
  const {
    GITHUB_APP_ID: appId,
    GITHUB_APP_PRIVATE_KEY: key,
    GITHUB_APP_PRIVATE_KEY_FILE: file,
    GITHUB_TOKEN: token,
  } = env;
  if (token && appId) {
    problems.push('GITHUB_TOKEN and GITHUB_APP_ID are both set; set one of them');
    return undefined;
  }
  if (token) return { kind: 'token', token: secret(token) };
  if (!appId) {
    problems.push(
      'GITHUB_APP_ID (with GITHUB_APP_PRIVATE_KEY or GITHUB_APP_PRIVATE_KEY_FILE) or GITHUB_TOKEN is required',
    );
    return undefined;
  }
  // A key that travelled through a single-line variable has \n for its line ends.
  const readers = [
    ...(key === undefined ? [] : [() => key.replaceAll(String.raw`\n`, '\n')]),
    ...(file === undefined ? [] : [() => readFileSync(file, 'utf8')]),
  ];
  const [readPem, another] = readers;
  if (!readPem || another) {
    problems.push('GITHUB_APP_ID needs one of GITHUB_APP_PRIVATE_KEY and GITHUB_APP_PRIVATE_KEY_FILE');
    return undefined;
  }
  try {
    const pem = readPem();
    const privateKey = createPrivateKey(pem).export({ type: 'pkcs8', format: 'pem' }).toString();
    return { kind: 'app', appId: Number(appId), privateKey: secret(privateKey) };
  } catch (error) {
    const name = file ? 'GITHUB_APP_PRIVATE_KEY_FILE' : 'GITHUB_APP_PRIVATE_KEY';
    problems.push(`${name} is not a readable PEM key: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
