// Types and fields. The schemas of Kubernetes and of the operators come as npm packages: `validate()` finds wrong types and missing
// fields, and the compiler, given the object as a literal, finds unknown fields. For Argo CD they are its CRDs.
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv, type ValidateFunction } from 'ajv';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Check, Finding } from '../check.ts';
import { listFiles } from '../list-files.ts';
import { linesOf, runTool } from '../run-tool.ts';
import { KUSTOMIZE, type Manifest, plainManifests, renderAll, renderRootChart } from './render.ts';

const PACKAGES = ['', 'argo-cd', 'argo-rollouts', 'external-secrets', 'keda', 'kyverno'].map((name) =>
  name === '' ? 'kubernetes-models' : `@kubernetes-models/${name}`,
);
/** Kinds whose schema is not on npm. */
const UNKNOWN_KINDS = new Set([
  'http.keda.sh/v1alpha1/HTTPScaledObject',
  'postgresql.cnpg.io/v1/Cluster',
  'eks.amazonaws.com/v1/IngressClassParams',
]);

const Texts = z.record(z.string(), z.string()).default({});
const ClusterMetadata = z.object({ labels: Texts, annotations: Texts });

interface Model {
  validate(): void;
}

function moduleOf({ apiVersion, kind }: Manifest): string | undefined {
  for (const name of PACKAGES) {
    const folder = path.dirname(fileURLToPath(import.meta.resolve(name)));
    if (existsSync(path.join(folder, apiVersion, `${kind}.js`))) return `${name}/${apiVersion}/${kind}`;
  }
  return undefined;
}

async function wrongTypes(manifest: Manifest, module: string): Promise<string | undefined> {
  const exported = (await import(module)) as Record<string, (new (object: Manifest) => Model) | undefined>;
  const Constructor = exported[manifest.kind];
  if (!Constructor) return `${module} exports no ${manifest.kind}`;
  try {
    new Constructor(manifest).validate();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Fields that are not in the schema, found by the compiler: `satisfies` refuses excess properties of a literal. */
async function unknownFields(
  manifests: readonly { where: string; manifest: Manifest; module: string }[],
): Promise<Finding[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'fields-'));
  try {
    await symlink(path.join(import.meta.dirname, '../../../../node_modules'), path.join(folder, 'node_modules'));
    const lines: string[] = [];
    const whereOfLine: string[] = [];
    manifests.forEach(({ where, manifest, module }, index) => {
      lines.push(`import type { I${manifest.kind} as T${index} } from '${module}';`);
      whereOfLine.push(where);
      lines.push(`export const m${index} = ${JSON.stringify(manifest)} satisfies T${index};`);
      whereOfLine.push(where);
    });
    const file = path.join(folder, 'manifests.ts');
    await writeFile(file, lines.join('\n'));
    const tsc = path.join(import.meta.dirname, '../../../../node_modules/typescript/bin/tsc');
    const args = [
      '--noEmit',
      '--skipLibCheck',
      '--strict',
      '--module',
      'nodenext',
      '--types',
      '',
      '--ignoreConfig',
      file,
    ];
    const { stdout } = await runTool(process.execPath, [tsc, ...args]);
    return linesOf(stdout).flatMap((line) => {
      const match = /manifests\.ts\((\d+),\d+\): error TS\d+: (.*)$/.exec(line);
      return match ? [{ where: whereOfLine[Number(match[1]) - 1] ?? '', what: match[2] ?? '' }] : [];
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Schema = Record<string, unknown>;

/** Kubernetes silently prunes the fields of a custom resource that its schema does not name; here they are errors. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const fields = Object.fromEntries(Object.entries(schema as Schema).map(([key, value]) => [key, closed(value)]));
  const open = fields['x-kubernetes-preserve-unknown-fields'] === true || fields['additionalProperties'] !== undefined;
  return fields['properties'] !== undefined && fields['type'] === 'object' && !open
    ? { ...fields, additionalProperties: false }
    : fields;
}

/** `group/version/Kind` -> its schema. */
async function customResources(root: string): Promise<Map<string, ValidateFunction>> {
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  const validators = new Map<string, ValidateFunction>();
  for (const file of await listFiles(root, '**/contracts/*-crd-*.yaml')) {
    const { spec } = parse(await readFile(path.join(root, file), 'utf8')) as {
      spec: {
        group: string;
        names: { kind: string };
        versions: { name: string; schema: { openAPIV3Schema: Schema } }[];
      };
    };
    for (const { name, schema } of spec.versions) {
      const body = closed(schema.openAPIV3Schema) as { properties: Schema };
      body.properties['metadata'] = { type: 'object' };
      validators.set(`${spec.group}/${name}/${spec.names.kind}`, ajv.compile(body));
    }
  }
  return validators;
}

function violationsOf({ errors }: ValidateFunction): string[] {
  return (errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath || '/'} ${message ?? ''} ${JSON.stringify(params)}`,
  );
}

/** Argo CD finds clusters by this label, and ApplicationSets read the bucket from its annotations. */
function clusterSecretFindings(where: string, { metadata }: Manifest): Finding[] {
  const { labels, annotations } = ClusterMetadata.parse(metadata);
  return [
    ...(labels['argocd.argoproj.io/secret-type'] === 'cluster'
      ? []
      : [{ where, what: 'Argo CD knows no cluster: it lacks the label argocd.argoproj.io/secret-type' }]),
    ...['region', 'loki-bucket', 'tempo-bucket'].flatMap((fact) =>
      annotations[`platform.acme.dev/${fact}`] === undefined ? [{ where, what: `it lacks the fact ${fact}` }] : [],
    ),
  ];
}

export const chartCheck: Check = {
  name: 'the chart of the root Application renders to a valid Application and the Secret of its cluster',
  needs: ['helm'],
  async run(root) {
    const manifests = await renderRootChart(root);
    const crds = await customResources(root);
    const findings = manifests.flatMap((manifest): Finding[] => {
      const where = `root-application: ${manifest.kind} ${manifest.metadata.name}`;
      if (manifest.kind === 'Secret') return clusterSecretFindings(where, manifest);
      const crd = crds.get(`${manifest.apiVersion}/${manifest.kind}`);
      if (!crd) return [{ where, what: 'it is not an Application' }];
      return crd(manifest) ? [] : violationsOf(crd).map((what) => ({ where, what }));
    });
    return { looked: `${manifests.length} objects`, findings };
  },
};

export const schemaCheck: Check = {
  name: 'manifests are valid by the schemas of Kubernetes, Argo CD and the operators',
  needs: [KUSTOMIZE],
  async run(root) {
    const rendered = (await renderAll(root)).map(({ name, objects }) => ({ source: name, objects }));
    const plain = (await plainManifests(root)).map(({ file, objects }) => ({ source: file, objects }));
    const crds = await customResources(root);
    const findings: Finding[] = [];
    const typed: { where: string; manifest: Manifest; module: string }[] = [];
    let count = 0;
    for (const { source, objects } of [...rendered, ...plain]) {
      for (const manifest of objects) {
        count += 1;
        const where = `${source}: ${manifest.kind} ${manifest.metadata.name}`;
        const id = `${manifest.apiVersion}/${manifest.kind}`;
        const crd = crds.get(id);
        if (crd) {
          if (!crd(manifest)) {
            for (const what of violationsOf(crd)) findings.push({ where, what });
          }
          continue;
        }
        const module = moduleOf(manifest);
        if (!module) {
          if (!UNKNOWN_KINDS.has(id)) findings.push({ where, what: `there is no schema for ${id}` });
          continue;
        }
        const problem = await wrongTypes(manifest, module);
        if (problem) findings.push({ where, what: problem });
        typed.push({ where, manifest, module });
      }
    }
    findings.push(...(await unknownFields(typed)));
    return { looked: `${count} objects`, findings };
  },
};
