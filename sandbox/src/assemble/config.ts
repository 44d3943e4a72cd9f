// Settings of the sandbox: the environment for those who care, sensible values for everybody else.
import path from 'node:path';
import { z } from 'zod';

export const REPOSITORY_ROOT = path.resolve(new URL('../../..', import.meta.url).pathname);
export const ENVIRONMENTS = ['dev', 'staging', 'prod'] as const;
export type EnvironmentName = (typeof ENVIRONMENTS)[number];

const Port = z.coerce.number().int().min(1).max(65_535).optional();
const Environment = z.object({
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
});

export const PORT_NAMES = ['github', 'registry', 'kubernetes', 'promoter', 'dev', 'staging', 'prod'] as const;
export type PortName = (typeof PORT_NAMES)[number];

export interface SandboxSettings {
  dataDirectory: string;
  soak: string;
  /** Ports that somebody chose; the others are free ones. */
  ports: Partial<Record<PortName, number>>;
}

/** @throws Error that names every variable that is wrong. */
export function parseSettings(env: Record<string, string | undefined>): SandboxSettings {
  const parsed = Environment.safeParse(Object.fromEntries(Object.entries(env).filter(([, value]) => value !== '')));
  if (!parsed.success) {
    throw new Error(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('\n'));
  }
  const values = parsed.data;
  const ports = {
    github: values.GITHUB_PORT,
    registry: values.REGISTRY_PORT,
    kubernetes: values.KUBERNETES_PORT,
    promoter: values.PROMOTER_PORT,
    dev: values.TODO_DEV_PORT,
    staging: values.TODO_STAGING_PORT,
    prod: values.TODO_PROD_PORT,
  };
  const chosen = Object.fromEntries(
    Object.entries(ports).filter(([, port]) => port !== undefined),
  ) as SandboxSettings['ports'];
  return { dataDirectory: path.resolve(values.SANDBOX_DATA), soak: values.SANDBOX_SOAK, ports: chosen };
}
