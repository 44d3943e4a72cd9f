import type { Breakage } from '../breakage.ts';

const rooms = 'every file has a room';
const dependencies = 'imports only what its package.json names';
const vendors = 'clients of vendors';
const circles = 'no imports go in a circle';
const pure = 'pure rooms use no clock';
const environment = 'only config.ts reads the environment';
const drawers = 'no file or folder is a drawer';
const assertions = 'no type is asserted by way of another';

/** A file of a few lines, where none is. */
const write = (text: string) => (): string => `${text}\n`;

export const ARCHITECTURE_BREAKAGES: readonly Breakage[] = [
  {
    of: rooms,
    says: 'an arrow upwards',
    file: 'todo/src/todos/example.ts',
    edit: write("\nimport { createApp } from '../app.ts';"),
    finding:
      /^todo\/src\/todos\/example\.ts:2: imports \.\.\/app\.ts: todos may import only todos, .*; this is in app$/m,
  },
  {
    of: rooms,
    says: 'a type that points upwards',
    file: 'tools/validate/src/list-files.ts',
    edit: (text) => `import type { Language } from './observability/dashboards.ts';\n${text}`,
    finding: /list-files\.ts:1: imports .*: ground may import only ground; this is in observability/,
  },
  {
    of: rooms,
    says: 'a folder that is not in the table',
    file: 'todo/src/mail/send-mail.ts',
    edit: write('export const sent = 1;'),
    finding: /^todo\/src\/mail\/send-mail\.ts: it is in no room of todo: .*rooms\.ts$/m,
  },
  {
    of: rooms,
    says: 'a package that is not in the table',
    file: 'tools/mail/send-mail.ts',
    edit: write('export const sent = 1;'),
    finding: /^tools\/mail\/send-mail\.ts: no package of .*rooms\.ts holds it/m,
  },
  {
    of: rooms,
    says: "another package's files by their path",
    file: 'todo/src/database/example.ts',
    edit: write("export type { Logger } from '../../../observability/telemetry/src/logger.ts';"),
    finding: /example\.ts:1: imports .*: another package is imported by its name/,
  },
  {
    of: rooms,
    says: 'a package above',
    file: 'observability/telemetry/src/metrics.ts',
    edit: (text) => `${text}\nexport const later = (): unknown => import('sandbox/sandbox');\n`,
    finding:
      /metrics\.ts:\d+: imports sandbox\/sandbox: of our packages, observability\/telemetry may import only nothing/,
  },
  {
    of: rooms,
    says: 'a test that sources lean on',
    file: 'todo/src/todos/example.ts',
    edit: write("import { createTestApp } from '../../test/app.ts';"),
    finding: /example\.ts:1: imports \.\.\/\.\.\/test\/app\.ts: sources import no tests/,
  },
  {
    of: rooms,
    says: 'decide/ with a package that does things',
    file: 'promoter/src/decide/example.ts',
    edit: write("import { Hono } from 'hono';"),
    finding:
      /example\.ts:1: imports hono: of packages, decide may import only zod, yaml, semver, re2js, fastest-levenshtein, lru-cache/,
  },
  {
    of: rooms,
    says: 'decide/ with a stage',
    file: 'promoter/src/decide/example.ts',
    edit: write("import type { Ports } from '../ports.ts';"),
    finding: /example\.ts:1: imports \.\.\/ports\.ts: decide may import only decide; this is in ports/,
  },
  {
    of: rooms,
    says: 'trace/ with an API that acts, not only its types',
    file: 'promoter/src/trace/example.ts',
    edit: write("import { trace } from '@opentelemetry/api';\nimport type { Span } from '@opentelemetry/api';"),
    finding:
      /example\.ts:1: imports @opentelemetry\/api: of packages, trace may import only .*(?![\s\S]*example\.ts:2)/,
  },
  {
    of: rooms,
    says: 'a room that everybody left',
    file: 'todo/src/migrate.ts',
    edit: () => undefined,
    finding: /rooms\.ts: todo: migrate is empty/,
  },
  {
    of: dependencies,
    says: 'a package that is there for another',
    file: 'todo/src/database/example.ts',
    edit: write("import semver from 'semver';"),
    finding: /example\.ts:1: imports semver: todo\/package\.json must name it under dependencies/,
  },
  {
    of: dependencies,
    says: 'a package for tests in what is shipped',
    file: 'todo/src/database/example.ts',
    edit: write("import fc from 'fast-check';"),
    finding: /example\.ts:1: imports fast-check: todo\/package\.json must name it under dependencies/,
  },
  {
    of: vendors,
    says: "GitHub's client in a stage",
    file: 'promoter/src/enact/example.ts',
    edit: write("import type { Octokit } from '@octokit/rest';"),
    finding: /enact\/example\.ts:1: imports @octokit\/rest: only promoter\/src\/github\/, .* may/,
  },
  {
    of: vendors,
    says: "Kubernetes' client in a stage that decides",
    file: 'promoter/src/decide/example.ts',
    edit: write("import { KubeConfig } from '@kubernetes/client-node';"),
    finding: /decide\/example\.ts:1: imports @kubernetes\/client-node: only promoter\/src\/observe\//,
  },
  {
    of: circles,
    says: 'a type that points back',
    file: 'todo/src/respond.ts',
    edit: (text) => `import type { Problem } from './problem.ts';\n${text}`,
    finding:
      /^todo\/src\/problem\.ts:\d+: imports go in a circle, todo\/src\/problem\.ts -> todo\/src\/respond\.ts -> todo\/src\/problem\.ts/m,
  },
  {
    of: circles,
    says: 'packages that need each other',
    file: 'observability/service-graph/src/read-otlp.ts',
    edit: (text) => `import type { OtlpReceiver } from '@delivery/otlp-receiver';\n${text}`,
    finding: /circle, .*\/read-otlp\.ts -> \S+\/start-otlp-receiver\.ts.*: what two/,
  },
  {
    of: pure,
    says: 'a rule that looks at the clock',
    file: 'promoter/src/decide/duration.ts',
    edit: (text) => `${text}\nexport const startedMs = Date.now();\n`,
    finding: /decide\/duration\.ts:\d+: uses Date\.now: decide is pure/,
  },
  {
    of: pure,
    says: 'a span that makes up its id',
    file: 'promoter/src/trace/example.ts',
    edit: write('export const id = Math.random();'),
    finding: /trace\/example\.ts:1: uses Math\.random: trace is pure/,
  },
  {
    of: environment,
    says: 'a setting that is read where it is used',
    file: 'todo/src/rate-limit.ts',
    edit: (text) => `${text}\nexport const { env } = process;\n`,
    finding: /rate-limit\.ts:\d+: reads the environment: only config\.ts does/,
  },
  {
    of: environment,
    says: 'a tool with settings of its own',
    file: 'tools/postgresql/example.ts',
    edit: write("export const port = process.env['PGPORT'];"),
    finding: /tools\/postgresql\/example\.ts:1: reads the environment/,
  },
  {
    of: drawers,
    says: 'a folder for whatever is left',
    file: 'todo/src/utils/pad.ts',
    edit: write('export const pad = 1;'),
    finding: /todo\/src\/utils\/pad\.ts: utils does not say what is in it/,
  },
  {
    of: drawers,
    says: 'a file that manages',
    file: 'promoter/src/enact/branch-manager.ts',
    edit: write('export const branches = 1;'),
    finding: /branch-manager does not say what is in it/,
  },
  {
    of: assertions,
    says: 'a value that is called what it is not',
    file: 'todo/src/todos/entity-tag.ts',
    edit: (text) => `${text}\nexport const tag = 1 as unknown as string;\n`,
    finding: /entity-tag\.ts:\d+: asserts a type by way of another/,
  },
];
