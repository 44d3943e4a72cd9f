// The only reader of the environment. Every problem is reported at once; secrets print as [redacted].
import { readFileSync } from 'node:fs';
import { createPrivateKey } from 'node:crypto';
import { z } from 'zod';

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
  logLevel: string;
  github: { apiUrl: string; credentials: GitHubCredentials; webhookSecrets: Secret[] };
  configRepository: { owner: string; name: string; branch: string; paths: string[] };
  cluster: { kubeconfig: string | undefined; namespace: string } | undefined;
  coalesceMs: number;
  resyncMs: number;
  /** Where people reach this process's pages: links to them in GitHub begin with it. */
  publicUrl: string | undefined;
  /** Pages elsewhere: `{traceId}` and `{application}` are replaced. */
  templates: { traceUrl: string | undefined; argocdUrl: string | undefined };
  /** What delivered services report with; undefined: no report is taken. */
  reportToken: Secret | undefined;
  /** The page of a release's trace. */
  releaseUrl(traceId: string): string | undefined;
}

export class ConfigError extends Error {
  override name = 'ConfigError';
}

const Milliseconds = z.coerce.number().int().min(0);

const template = (placeholder: string) =>
  z
    .string()
    .regex(/^https?:\/\//, 'must begin with http:// or https://')
    .includes(placeholder, { error: `must contain ${placeholder}` })
    .optional();

const Environment = z.object({
  HOST: z.string().default('0.0.0.0'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  GITHUB_API_URL: z.url({ protocol: /^https?$/ }).default('https://api.github.com'),
  GITHUB_APP_ID: z.coerce.number().int().positive().optional(),
  GITHUB_APP_PRIVATE_KEY: z.string().optional(),
  GITHUB_APP_PRIVATE_KEY_FILE: z.string().optional(),
  GITHUB_TOKEN: z.string().optional(),
  GITHUB_WEBHOOK_SECRET: z
    .string({ error: 'is required: webhooks are accepted only with its signature' })
    .min(8, 'must have at least 8 characters'),
  GITHUB_WEBHOOK_SECRET_PREVIOUS: z.string().min(8, 'must have at least 8 characters').optional(),
  CONFIG_REPOSITORY: z
    .string({ error: 'is required: owner/name of the GitOps config repository' })
    .regex(/^[^/\s]+\/[^/\s]+$/, 'must be owner/name'),
  CONFIG_BRANCH: z.string().min(1).default('main'),
  CONFIG_PATH: z.string().min(1).default('promotion.yaml'),
  KUBECONFIG: z.string().optional(),
  KUBERNETES_SERVICE_HOST: z.string().optional(),
  ARGOCD_NAMESPACE: z.string().min(1).default('argocd'),
  COALESCE_MS: Milliseconds.max(60_000).default(1_000),
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  TRACE_URL: template('{traceId}'),
  ARGOCD_URL: template('{application}'),
  REPORT_TOKEN: z.string().min(8, 'must have at least 8 characters').optional(),
  RESYNC_MS: Milliseconds.min(1_000, 'must be at least 1000').default(300_000),
});
type Values = z.infer<typeof Environment>;

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
  const [owner = '', name = ''] = values.CONFIG_REPOSITORY.split('/');
  const inCluster = values.KUBECONFIG !== undefined || values.KUBERNETES_SERVICE_HOST !== undefined;
  return {
    host: values.HOST,
    port: values.PORT,
    logLevel: values.LOG_LEVEL,
    github: {
      apiUrl: values.GITHUB_API_URL.replace(/\/$/, ''),
      credentials,
      webhookSecrets: [values.GITHUB_WEBHOOK_SECRET, values.GITHUB_WEBHOOK_SECRET_PREVIOUS].flatMap((value) =>
        value ? [secret(value)] : [],
      ),
    },
    configRepository: {
      owner,
      name,
      branch: values.CONFIG_BRANCH,
      paths: values.CONFIG_PATH.split(',').map((path) => path.trim().replace(/\/$/, '')),
    },
    cluster: inCluster ? { kubeconfig: values.KUBECONFIG, namespace: values.ARGOCD_NAMESPACE } : undefined,
    coalesceMs: values.COALESCE_MS,
    resyncMs: values.RESYNC_MS,
    publicUrl,
    templates: { traceUrl: values.TRACE_URL, argocdUrl: values.ARGOCD_URL },
    reportToken: values.REPORT_TOKEN === undefined ? undefined : secret(values.REPORT_TOKEN),
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
  if (Boolean(key) === Boolean(file)) {
    problems.push('GITHUB_APP_ID needs one of GITHUB_APP_PRIVATE_KEY and GITHUB_APP_PRIVATE_KEY_FILE');
    return undefined;
  }
  try {
    // A key that travelled through a single-line variable has \n for its line ends.
    const pem = file ? readFileSync(file, 'utf8') : (key ?? '').replaceAll(String.raw`\n`, '\n');
    const privateKey = createPrivateKey(pem).export({ type: 'pkcs8', format: 'pem' }).toString();
    return { kind: 'app', appId: Number(appId), privateKey: secret(privateKey) };
  } catch (error) {
    const name = file ? 'GITHUB_APP_PRIVATE_KEY_FILE' : 'GITHUB_APP_PRIVATE_KEY';
    problems.push(`${name} is not a readable PEM key: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
