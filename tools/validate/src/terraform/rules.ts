// What must be true of terraform/, read from its syntax tree, without a provider, an account or a network.
import type { Finding } from '../check.ts';
import { type Block, resourcesOf, type TerraformFile } from './read-modules.ts';
import { keptBoundary, limitedRoles, plannable } from './role-rules.ts';

type Rule = (files: readonly TerraformFile[]) => Finding[];

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';

const documented: Rule = (files) =>
  files.flatMap(({ file, content }) => [
    ...Object.entries(content.variable).flatMap(([name, [block = {}]]) => {
      const where = `${file}: variable ${name}`;
      const isBoolean = block['type'] === '${bool}'; // has no value that could be refused
      return [
        ...(isText(block['description']) ? [] : [{ where, what: 'description is missing' }]),
        ...(block['type'] === undefined ? [{ where, what: 'type is missing' }] : []),
        ...(block['validation'] === undefined && !isBoolean ? [{ where, what: 'validation is missing' }] : []),
      ];
    }),
    ...Object.entries(content.output).flatMap(([name, [block = {}]]) =>
      isText(block['description']) ? [] : [{ where: `${file}: output ${name}`, what: 'description is missing' }],
    ),
  ]);

/** From a registry: neither a path nor an address. */
const isRegistry = (source: unknown): boolean => typeof source === 'string' && /^[\w-]+\/[\w-]+\/[\w-]+$/.test(source);

const pinned: Rule = (files) =>
  files.flatMap(({ file, content }) => [
    ...Object.entries(content.module).flatMap(([name, [block = {}]]): Finding[] => {
      const where = `${file}: module ${name}`;
      const { source, version } = block;
      if (!isRegistry(source))
        return isText(source) && source.startsWith('../')
          ? []
          : [{ where, what: `source ${String(source)}: a registry's module or one of ours` }];
      return typeof version === 'string' && /^\d+\.\d+\.\d+$/.test(version)
        ? []
        : [{ where, what: `version ${String(version)}: name exactly one, N.N.N` }];
    }),
    ...content.terraform.flatMap((block): Finding[] => {
      const providers = (block['required_providers'] as Record<string, { version?: string }>[] | undefined)?.[0] ?? {};
      return [
        ...(isText(block['required_version']) ? [] : [{ where: file, what: 'required_version is missing' }]),
        ...Object.entries(providers).flatMap(([name, { version = '' }]) =>
          /^>= \d+\.\d+\.\d+, < \d+\.0\.0$/.test(version)
            ? []
            : [
                {
                  where: `${file}: provider ${name}`,
                  what: `version "${version}": ">= N.N.N, < M.0.0", the lock file does the rest`,
                },
              ],
        ),
      ];
    }),
    ...Object.entries(content.resource['helm_release'] ?? {}).flatMap(([name, [block = {}]]) =>
      block['repository'] === undefined || /^\d+\.\d+\.\d+$/.test(String(block['version']))
        ? []
        : [{ where: `${file}: helm_release.${name}`, what: 'version: name exactly one, N.N.N' }],
    ),
  ]);

/** Comments, descriptions and messages may mention an open network; nothing else may. */
const noOpenNetworks: Rule = (files) =>
  files.flatMap(({ file, text }) =>
    text.split('\n').flatMap((line, index) => {
      const code = line.replace(/#.*$/, '').replace(/(description|error_message)\s*=.*$/, '');
      return /0\.0\.0\.0\/0|::\/0/.test(code)
        ? [{ where: `${file}:${index + 1}`, what: 'open to the whole world' }]
        : [];
    }),
  );

const lockedStates: Rule = (files) => {
  const roots = ['terraform/infrastructure', 'terraform/platform'];
  return roots.flatMap((folder) => {
    const backends = files
      .filter((file) => file.folder === folder)
      .flatMap(({ content }) => content.terraform)
      .flatMap((block) => (block['backend'] as { s3?: Block[] } | undefined)?.s3 ?? []);
    const [backend] = backends;
    if (!backend) return [{ where: folder, what: 'it has no backend "s3"' }];
    return ['use_lockfile', 'encrypt'].flatMap((key) =>
      backend[key] === true ? [] : [{ where: `${folder}: backend`, what: `${key} must be true` }],
    );
  });
};

function expectFields(where: string, block: Block, fields: Record<string, unknown>): Finding[] {
  return Object.entries(fields).flatMap(([key, wanted]) => {
    const found = JSON.stringify(block[key]);
    return found === JSON.stringify(wanted)
      ? []
      : [{ where, what: `${key} is ${found ?? 'not set'}: it must be ${JSON.stringify(wanted)}` }];
  });
}

const LOG_TYPES = ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'];

const hardenedCluster: Rule = (files) => {
  const clusters = files.flatMap(({ file, content }) =>
    Object.values(content.module)
      .flat()
      .filter(({ source }) => source === 'terraform-aws-modules/eks/aws')
      .map((block) => ({ file, block })),
  );
  if (clusters.length === 0) return [{ where: 'terraform', what: 'there is no cluster' }];
  return clusters.flatMap(({ file, block }) => {
    const where = `${file}: cluster`;
    const logs = (block['enabled_log_types'] as string[] | undefined) ?? [];
    const missing = LOG_TYPES.filter((type) => !logs.includes(type));
    return [
      ...(missing.length > 0 ? [{ where, what: `enabled_log_types lacks ${missing.join(', ')}` }] : []),
      ...(block['endpoint_public_access_cidrs'] === undefined
        ? [{ where, what: 'endpoint_public_access_cidrs: the default is the whole world' }]
        : []),
      ...(block['kms_key_administrators'] === undefined
        ? [{ where, what: 'kms_key_administrators: the default is whoever plans, a change for everybody else' }]
        : []),
      ...expectFields(where, block, {
        authentication_mode: 'API',
        enable_cluster_creator_admin_permissions: false,
        endpoint_private_access: true,
        create_kms_key: true,
        encryption_config: {},
        upgrade_policy: { support_type: 'STANDARD' },
      }),
    ];
  });
};

const hardenedDatabase: Rule = (files) => {
  const servers = files.flatMap(({ file, content }) =>
    Object.values(content.module)
      .flat()
      .filter(({ source }) => source === 'terraform-aws-modules/rds/aws')
      .map((block) => ({ where: `${file}: database`, block })),
  );
  if (servers.length === 0) return [{ where: 'terraform', what: 'there is no database' }];
  return servers.flatMap(({ where, block }) => {
    const parameters = (block['parameters'] as { name: string; value: string }[] | undefined) ?? [];
    const forcesTls = parameters.some(({ name, value }) => name === 'rds.force_ssl' && value === '1');
    return [
      ...(forcesTls ? [] : [{ where, what: 'rds.force_ssl must be 1' }]),
      ...expectFields(where, block, {
        manage_master_user_password: true,
        publicly_accessible: false,
        storage_encrypted: true,
        iam_database_authentication_enabled: true,
        copy_tags_to_snapshot: true,
      }),
    ];
  });
};

const BUCKET_PARTS = [
  'aws_s3_bucket_public_access_block',
  'aws_s3_bucket_server_side_encryption_configuration',
  'aws_s3_bucket_lifecycle_configuration',
  'aws_s3_bucket_policy',
  'aws_s3_bucket_versioning',
];

const closedBuckets: Rule = (files) => {
  const buckets = resourcesOf(files, 'aws_s3_bucket');
  return buckets.flatMap(({ where, folder }) =>
    BUCKET_PARTS.flatMap((type) =>
      resourcesOf(files, type).some((part) => part.folder === folder)
        ? []
        : [{ where, what: `${type} is missing beside it` }],
    ),
  );
};

const exactSubjects: Rule = (files) => {
  const trusts = files.flatMap(({ file, content }) =>
    Object.entries(content.data['aws_iam_policy_document'] ?? {}).flatMap(([name, blocks]) =>
      JSON.stringify(blocks).includes('AssumeRoleWithWebIdentity')
        ? [{ where: `${file}: ${name}`, text: JSON.stringify(blocks) }]
        : [],
    ),
  );
  if (trusts.length === 0) return [{ where: 'terraform', what: 'no role trusts GitHub' }];
  const subjects = files.flatMap(({ file, content }) =>
    content.locals.flatMap((block) =>
      Object.entries(block).flatMap(([name, value]) =>
        /subject/.test(name) ? [{ where: `${file}: local.${name}`, text: JSON.stringify(value) }] : [],
      ),
    ),
  );
  return [
    ...trusts.flatMap(({ where, text }) => [
      ...(/StringLike|ForAnyValue/.test(text)
        ? [{ where, what: 'a subject is compared with StringEquals, never by pattern' }]
        : []),
      ...(/:sub"/.test(text) && /:aud"/.test(text) ? [] : [{ where, what: 'both sub and aud must be asked for' }]),
    ]),
    ...subjects.flatMap(({ where, text }) => (text.includes('*') ? [{ where, what: 'a wildcard in a subject' }] : [])),
    ...(subjects.some(({ text }) => /@\$\{var\.github_owner_id\}/.test(text))
      ? []
      : [
          {
            where: 'terraform/bootstrap',
            what: 'no subject names the immutable ids: repositories made since July 2026 send nothing else',
          },
        ]),
  ];
};

const rotatedKeys: Rule = (files) =>
  resourcesOf(files, 'aws_kms_key').flatMap(({ where, block }) =>
    expectFields(where, block, { enable_key_rotation: true }),
  );

export const RULES: readonly Rule[] = [
  documented,
  pinned,
  noOpenNetworks,
  lockedStates,
  hardenedCluster,
  hardenedDatabase,
  closedBuckets,
  exactSubjects,
  rotatedKeys,
  plannable,
  limitedRoles,
  keptBoundary,
];
