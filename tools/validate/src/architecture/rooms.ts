// The table of rooms: which each package has, and which of them it may import. A file that is in no room is a finding, so a new folder
// is entered here first. Importing a type counts, too: a type that is needed further down belongs further down.

export interface Room<Name extends string = string> {
  /** Files, and folders with a slash at the end, from the package's folder. `src/NAME/` by default; the longest match counts. */
  holds?: readonly string[];
  /** Rooms of the same package, besides itself. */
  imports: readonly Name[];
  /** Of packages, ours or not, only these, as they are written in the import. Any by default. */
  packages?: readonly string[];
  /** And the types of these. */
  types?: readonly string[];
  /** Functions of their arguments: no clock, chance, environment or network. */
  isPure?: true;
}

export interface PackageRooms {
  /** Packages of ours that its sources may import, by name. */
  imports: readonly string[];
  /** And those that only its tests and benchmarks may. */
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

const STAGES = ['accept', 'collect', 'decide', 'enact', 'observe', 'record', 'show', 'trace'] as const;
const ROOT = ['ports', 'errors', 'config'] as const;

const promoter = house(
  { imports: [TELEMETRY, SERVICE_GRAPH] },
  {
    server: { holds: ['src/server.ts'], imports: ['app', 'listen', 'config', 'show'] },
    listen: { holds: ['src/listen.ts'], imports: [] },
    app: {
      holds: ['src/app.ts'],
      imports: ['flows', 'github', ...STAGES, ...ROOT],
    },
    flows: {
      holds: ['src/find-releases.ts', 'src/promote.ts', 'src/resync.ts'],
      imports: [...STAGES, ...ROOT],
    },
    show: { imports: ['collect', 'decide', 'record', 'trace', ...ROOT] },
    collect: { imports: ['accept', 'decide', 'github', 'trace', ...ROOT] },
    accept: { imports: ['decide', 'trace', ...ROOT] },
    enact: { imports: ['decide', 'github', 'trace', ...ROOT] },
    observe: { imports: ['decide', 'trace', ...ROOT] },
    record: { imports: ['decide', 'trace', ...ROOT] },
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
    decide: {
      imports: [],
      packages: ['zod', 'yaml', 'semver', 're2js', 'fastest-levenshtein', 'lru-cache'],
      isPure: true,
    },
    build: { holds: ['build.ts', 'read-stack.ts', 'vitest.config.ts'], imports: [] },
  },
);

const todo = house(
  { imports: [TELEMETRY], testsImport: [CHROMIUM, OTLP_RECEIVER, POSTGRESQL, SERVICE_GRAPH] },
  {
    main: { holds: ['src/main.ts'], imports: ['app', 'todos', 'database', 'http', 'request', 'config'] },
    migrate: { holds: ['src/migrate.ts'], imports: ['database', 'config'] },
    app: {
      holds: ['src/app.ts'],
      imports: ['api-document', 'page', 'todos', 'database', 'http', 'problem', 'config'],
    },
    'api-document': { imports: ['todos', 'problem', 'request', 'documented'] },
    page: { imports: ['config'] },
    browser: { holds: ['src/page/browser/'], imports: [] },
    todos: { imports: ['database', 'problem', 'request', 'documented'] },
    database: { imports: [] },
    http: {
      holds: [
        'src/health-routes.ts',
        'src/metrics-routes.ts',
        'src/plain-metrics.ts',
        'src/rate-limit.ts',
        'src/refusal-log.ts',
        'src/server.ts',
      ],
      imports: ['problem', 'request'],
    },
    problem: { holds: ['src/problem.ts', 'src/respond.ts'], imports: [] },
    // What a request says about its client, and about the address that the client used.
    request: { holds: ['src/client.ts', 'src/public-url.ts'], imports: [] },
    // Schemas of todos/ say how they are documented.
    documented: { holds: ['src/api-document/documented-as.ts'], imports: [] },
    config: { holds: ['src/config.ts'], imports: [] },
    build: { holds: ['build.ts', 'drizzle.config.ts', 'vitest.config.ts'], imports: [] },
  },
);

const GROUND = ['git', 'kustomize', 'kubernetes', 'oci', 'http'] as const;

const sandbox = house(
  { imports: [TELEMETRY, SERVICE_GRAPH, OTLP_RECEIVER, POSTGRESQL], testsImport: [CHROMIUM, 'promoter', 'todo'] },
  {
    entries: {
      holds: ['start', 'release', 'reset', 'github', 'registry', 'cluster'].map((name) => `src/${name}.ts`),
      imports: ['commands', 'assemble', 'http'],
    },
    commands: { imports: ['assemble', 'github', ...GROUND] },
    assemble: { imports: ['github', 'registry', 'cluster', ...GROUND] },
    // The stand-ins: none of them imports another.
    github: { imports: GROUND },
    registry: { imports: GROUND },
    cluster: { imports: GROUND },
    kustomize: { imports: ['kubernetes'] },
    kubernetes: { imports: [] },
    git: { imports: [] },
    oci: { imports: [] },
    http: { imports: [] },
    build: { holds: ['vitest.config.ts'], imports: [] },
  },
);

const telemetry = house(
  {},
  {
    telemetry: { holds: ['src/telemetry.ts'], imports: ['service', 'instrument', 'release', 'signals', 'config'] },
    service: { holds: ['src/service.ts'], imports: ['signals'] },
    instrument: { holds: ['src/drizzle.ts', 'src/http-server.ts', 'src/request-log.ts'], imports: ['signals'] },
    release: { imports: ['signals', 'config'] },
    signals: { holds: ['src/logger.ts', 'src/metrics.ts', 'src/tracing.ts'], imports: ['config'] },
    config: { holds: ['src/config.ts'], imports: [] },
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
    entries: {
      holds: ['src/main.ts', 'src/write-golden.ts', 'src/fetch-charts.ts'],
      imports: ['checks', 'manifests', 'ground'],
    },
    checks: {
      holds: ['src/checks.ts'],
      imports: [
        'admission',
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
    admission: { imports: ['manifests', 'ground'] },
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

/** Clients of vendors, whose types would otherwise spread: only these folders import them. The first match counts. */
export const VENDORS: readonly { packages: RegExp; folders: readonly string[] }[] = [
  { packages: /^@octokit\/webhooks/, folders: ['promoter/src/accept/'] },
  { packages: /^@octokit\//, folders: ['promoter/src/github/', 'sandbox/test/'] },
  { packages: /^@kubernetes\/client-node$/, folders: ['promoter/src/observe/', 'sandbox/test/'] },
  { packages: /^@opentelemetry\/(sdk|exporter|instrumentation)/, folders: ['observability/telemetry/src/'] },
];
