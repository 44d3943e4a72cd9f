// Configuration of the sandbox, from environment variables with defaults. No other file of sandbox/src reads process.env.
import path from 'node:path';
import { z } from 'zod';

export const REPOSITORY_ROOT = path.resolve(import.meta.dirname, '../../..');
export const ENVIRONMENTS = ['dev', 'staging', 'prod'] as const;
export type EnvironmentName = (typeof ENVIRONMENTS)[number];
export const PORT_NAMES = ['github', 'registry', 'kubernetes', 'promoter', ...ENVIRONMENTS] as const;
export type PortName = (typeof PORT_NAMES)[number];

export type Environment = Record<string, string | undefined>;
/** What the sandbox starts inherits from it: git everything, the promoter and the services PATH and OTEL_*. */
export const processEnvironment: Environment = process.env;
/** https://no-color.org */
export const noColor = Boolean(processEnvironment['NO_COLOR']);

const PORT_RULE = 'must be a port, from 1 to 65535';
const Port = z.coerce.number(PORT_RULE).int(PORT_RULE).min(1, PORT_RULE).max(65_535, PORT_RULE).optional();
const Variables = z.object({
  SANDBOX_DATA: z.string().default(path.join(REPOSITORY_ROOT, '.sandbox')),
  SANDBOX_SOAK: z
    .string()
    .regex(/^\d+[smhd]$/, 'must be a duration such as 5s')
    .default('5s'),
  GITHUB_PORT: Port,
  REGISTRY_PORT: Port,
  KUBERNETES_PORT: Port,
  PROMOTER_PORT: Port,
  TODO_DEV_PORT: Port,
  TODO_STAGING_PORT: Port,
  TODO_PROD_PORT: Port,
  GITHUB_URL: z.url().optional(),
  REGISTRY_URL: z.url().optional(),
  WEBHOOK_URL: z.url().optional(),
});

export interface SandboxSettings {
  dataDirectory: string;
  soak: string;
  /** Configured ports; for the others free ones are picked. */
  ports: Partial<Record<PortName, number>>;
}

export interface Config extends SandboxSettings {
  /** Where a stand-in that runs alone finds GitHub; undefined means github.com, or nowhere. */
  githubUrl: string | undefined;
  /** Where a stand-in that runs alone finds the registry; undefined means ghcr.io, or nowhere. */
  registryUrl: string | undefined;
  /** Where the GitHub stand-in, run alone, sends the App's webhooks. */
  webhookUrl: string | undefined;
}

/** @throws Error that names every invalid variable. */
export function readConfig(environment = processEnvironment): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = Variables.safeParse(given);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
    throw new Error([...problems, 'npm start -- --help lists the variables.'].join('\n'));
  }
  const values = parsed.data;
  const ports: Record<PortName, number | undefined> = {
    github: values.GITHUB_PORT,
    registry: values.REGISTRY_PORT,
    kubernetes: values.KUBERNETES_PORT,
    promoter: values.PROMOTER_PORT,
    dev: values.TODO_DEV_PORT,
    staging: values.TODO_STAGING_PORT,
    prod: values.TODO_PROD_PORT,
  };
  return {
    dataDirectory: path.resolve(values.SANDBOX_DATA),
    soak: values.SANDBOX_SOAK,
    ports: Object.fromEntries(Object.entries(ports).filter(([, port]) => port !== undefined)),
    githubUrl: values.GITHUB_URL,
    registryUrl: values.REGISTRY_URL,
    webhookUrl: values.WEBHOOK_URL,
  };
}
