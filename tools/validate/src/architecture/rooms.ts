// The house: which rooms each package has, and where the arrows between them go. Whatever is not in this table is a finding, so a new
// folder is entered here first. A type counts as an import: one that points upwards stands in the wrong room.

export interface Room<Name extends string = string> {
  /** Files, and folders with a slash at the end, from the package's folder; `src/NAME/` where nothing is said. The longest counts. */
  holds?: readonly string[];
  /** Rooms of the same package, besides itself. */
  imports: readonly Name[];
  /** Of other packages only these, as they are written; any where nothing is said. */
  packages?: readonly string[];
  /** Of these the types. */
  types?: readonly string[];
  /** Same values in, same values out: no clock, no chance, no environment, no network. */
  isPure?: true;
}

export interface PackageRooms {
  /** Packages of ours that sources import, by name. */
  imports: readonly string[];
  /** And those that only tests and measurements do. */
  testsImport: readonly string[];
  rooms: Readonly<Record<string, Room>>;
}

function house<const Name extends string>(
  { imports = [], testsImport = [] }: { imports?: readonly string[]; testsImport?: readonly string[] },
  rooms: Record<Name, Room<NoInfer<Name>>>,
): PackageRooms {
  return { imports, testsImport, rooms };
}

const TELEMETRY = '@delivery/telemetry';
const SERVICE_GRAPH = '@delivery/service-graph';
const OTLP_RECEIVER = '@delivery/otlp-receiver';
const CHROMIUM = '@delivery/chromium';
const POSTGRESQL = '@delivery/postgresql';

const promoter = house(
  { imports: [TELEMETRY, SERVICE_GRAPH] },
  {
    server: { holds: ['src/server.ts'], imports: ['app', 'config', 'show'] },
    app: {
      holds: ['src/app.ts'],
      imports: [
        'flows',
        'accept',
        'collect',
        'decide',
        'enact',
        'github',
        'observe',
        'record',
        'show',
        'trace',
        'ports',
        'errors',
        'config',
      ],
    },
    flows: {
      holds: ['src/promote.ts', 'src/resync.ts'],
      imports: [
        'accept',
        'collect',
        'decide',
        'enact',
        'observe',
        'record',
        'show',
        'trace',
        'ports',
        'errors',
        'config',
      ],
    },
    show: { imports: ['collect', 'decide', 'record', 'trace', 'ports', 'errors', 'config'] },
    collect: { imports: ['accept', 'decide', 'github', 'trace', 'ports', 'errors', 'config'] },
    accept: { imports: ['decide', 'trace', 'ports', 'errors', 'config'] },
    enact: { imports: ['decide', 'github', 'trace', 'ports', 'errors', 'config'] },
    observe: { imports: ['decide', 'trace', 'ports', 'errors', 'config'] },
    record: { imports: ['decide', 'trace', 'ports', 'errors', 'config'] },
    github: { imports: ['decide', 'errors', 'config'] },
    ports: { holds: ['src/ports.ts'], imports: ['decide', 'trace'] },
    config: { holds: ['src/config.ts'], imports: ['decide'] },
    errors: { holds: ['src/errors.ts'], imports: [] },
    trace: {
      imports: ['decide'],
      packages: ['@delivery/telemetry/release'],
      types: ['@opentelemetry/api'],
      isPure: true,
    },
    decide: { imports: [], packages: ['zod', 'yaml', 'semver'], isPure: true },
    build: { holds: ['build.ts', 'vitest.config.ts'], imports: [] },
  },
);

const todo = house(
  { imports: [TELEMETRY], testsImport: [CHROMIUM, OTLP_RECEIVER, POSTGRESQL, SERVICE_GRAPH] },
  {
    main: { holds: ['src/main.ts'], imports: ['app', 'todos', 'database', 'http', 'config'] },
    migrate: { holds: ['src/migrate.ts'], imports: ['database', 'config'] },
    app: {
      holds: ['src/app.ts'],
      imports: ['api-document', 'page', 'todos', 'database', 'http', 'problem', 'config'],
    },
    'api-document': { imports: ['todos', 'problem', 'documented'] },
    page: { imports: ['config'] },
    browser: { holds: ['src/page/browser/'], imports: [] },
    todos: { imports: ['database', 'problem', 'documented'] },
    database: { imports: [] },
    http: {
      holds: ['src/health-routes.ts', 'src/rate-limit.ts', 'src/refusal-log.ts', 'src/server.ts'],
      imports: ['problem'],
    },
    problem: { holds: ['src/problem.ts', 'src/respond.ts'], imports: [] },
    // Schemas say how they are documented, beside what they accept.
    documented: { holds: ['src/api-document/documented-as.ts'], imports: [] },
    config: { holds: ['src/config.ts'], imports: [] },
    build: { holds: ['build.ts', 'drizzle.config.ts', 'vitest.config.ts'], imports: [] },
  },
);

const sandbox = house(
  { imports: [TELEMETRY, SERVICE_GRAPH, OTLP_RECEIVER], testsImport: [CHROMIUM, 'promoter', 'todo'] },
  {
    entries: {
      holds: ['src/start.ts', 'src/release.ts', 'src/reset.ts'],
      imports: [
        'commands',
        'assemble',
        'github',
        'registry',
        'cluster',
        'git',
        'kustomize',
        'kubernetes',
        'oci',
        'http',
        'config',
      ],
    },
    commands: { imports: ['assemble', 'github', 'git', 'kustomize', 'kubernetes', 'oci', 'http', 'config'] },
    assemble: { imports: ['github', 'registry', 'cluster', 'git', 'kustomize', 'kubernetes', 'oci', 'http', 'config'] },
    github: { imports: ['git', 'kustomize', 'kubernetes', 'oci', 'http', 'config'] },
    registry: { imports: ['oci', 'http', 'config'] },
    cluster: { imports: ['git', 'kustomize', 'kubernetes', 'oci', 'http', 'config'] },
    kustomize: { imports: ['kubernetes'] },
    kubernetes: { imports: [] },
    git: { imports: ['config'] },
    oci: { imports: [] },
    http: { imports: [] },
    config: { holds: ['src/config.ts'], imports: [] },
    build: { holds: ['vitest.config.ts'], imports: [] },
  },
);

const telemetry = house(
  {},
  {
    telemetry: { holds: ['src/telemetry.ts'], imports: ['service', 'instrument', 'release', 'signals'] },
    service: { holds: ['src/service.ts'], imports: ['signals'] },
    instrument: { holds: ['src/drizzle.ts', 'src/http-server.ts'], imports: ['signals'] },
    release: { imports: ['signals'] },
    signals: { holds: ['src/logger.ts', 'src/metrics.ts', 'src/tracing.ts'], imports: [] },
    build: { holds: ['vitest.config.ts'], imports: [] },
  },
);

const grafana = house(
  {},
  {
    build: { holds: ['src/build.ts', 'src/dashboards.ts'], imports: ['dashboards'] },
    dashboards: { imports: ['panels'] },
    panels: { holds: ['src/dashboard.ts', 'src/panels.ts'], imports: [] },
  },
);

const validate = house(
  { imports: ['sandbox', OTLP_RECEIVER, SERVICE_GRAPH] },
  {
    entries: { holds: ['src/main.ts', 'src/write-golden.ts'], imports: ['checks', 'manifests', 'ground'] },
    checks: {
      holds: ['src/checks.ts'],
      imports: [
        'architecture',
        'documents',
        'language',
        'live',
        'manifests',
        'observability',
        'terraform',
        'workflows',
        'ground',
      ],
    },
    architecture: { imports: ['ground'] },
    documents: { imports: ['ground'] },
    language: { imports: ['ground'] },
    live: { imports: ['observability', 'ground'] },
    manifests: { imports: ['ground'] },
    observability: { imports: ['ground'] },
    terraform: { imports: ['ground'] },
    workflows: { imports: ['ground'] },
    ground: {
      holds: ['src/check.ts', 'src/config.ts', 'src/list-files.ts', 'src/run-checks.ts', 'src/run-tool.ts'],
      imports: [],
    },
    build: { holds: ['vitest.config.ts'], imports: [] },
  },
);

/** A package that is one room. */
const oneRoom = (imports: readonly string[] = []): PackageRooms =>
  house({ imports }, { all: { holds: [''], imports: [] } });

/** By folder, from the root of the repository. */
export const HOUSE: Readonly<Record<string, PackageRooms>> = {
  promoter,
  sandbox,
  todo,
  'observability/grafana': grafana,
  'observability/otlp-receiver': oneRoom([SERVICE_GRAPH]),
  'observability/service-graph': oneRoom(),
  'observability/telemetry': telemetry,
  'tools/chromium': oneRoom(),
  'tools/node': oneRoom(),
  'tools/postgresql': oneRoom(),
  'tools/validate': validate,
  '.ci': oneRoom(),
};

/** Clients whose types would otherwise spread: only these folders import them. The first that fits counts. */
export const VENDORS: readonly { packages: RegExp; folders: readonly string[] }[] = [
  { packages: /^@octokit\/webhooks/, folders: ['promoter/src/accept/'] },
  { packages: /^@octokit\//, folders: ['promoter/src/github/', 'sandbox/test/'] },
  { packages: /^@kubernetes\/client-node$/, folders: ['promoter/src/observe/', 'sandbox/test/'] },
  { packages: /^@opentelemetry\/(sdk|exporter|instrumentation)/, folders: ['observability/telemetry/src/'] },
];
