// What the two roles of bootstrap/ can and cannot do: the one that plans reads no secret, the one that applies keeps its limits.
import type { Finding } from '../check.ts';
import { type Block, resourcesOf, type TerraformFile } from './read-modules.ts';

type Rule = (files: readonly TerraformFile[]) => Finding[];

/** To refresh one of these, Terraform reads its value. */
const READ_BACK = /^(aws_secretsmanager_secret_version|aws_ssm_parameter|kubernetes_secret|kubernetes_secret_v1)$/;

/** The role that plans is everybody's who may push a branch, so it is denied every secret: nothing that it refreshes may have one. */
export const plannable: Rule = (files) =>
  files
    .filter(({ folder }) => folder !== 'terraform/bootstrap')
    .flatMap(({ file, content }) => [
      ...[...Object.entries(content.resource), ...Object.entries(content.data)].flatMap(([type, named]) =>
        READ_BACK.test(type)
          ? Object.keys(named).map((name) => ({
              where: `${file}: ${type}.${name}`,
              what: 'a plan reads its value, which the plan role may not: write it with a script, or by a chart',
            }))
          : [],
      ),
      ...(content.provider['helm'] ?? []).flatMap(({ helm_driver: driver }) =>
        driver === 'configmap'
          ? []
          : [
              {
                where: `${file}: provider helm`,
                what: 'helm_driver must be "configmap": a viewer may not read Secrets',
              },
            ],
      ),
    ]);

/** Registry modules that create roles, and the inputs that limit them. */
const LIMITED: Record<string, readonly string[]> = {
  'terraform-aws-modules/eks/aws': ['iam_role_permissions_boundary', 'node_iam_role_permissions_boundary'],
  'terraform-aws-modules/vpc/aws': ['vpc_flow_log_permissions_boundary'],
  'terraform-aws-modules/rds/aws': ['monitoring_role_permissions_boundary'],
};

/** The apply role may not create a role without the boundary that it has itself. */
export const limitedRoles: Rule = (files) => {
  const missing = (where: string, block: Block, inputs: readonly string[]): Finding[] =>
    inputs.flatMap((input) =>
      block[input] === undefined
        ? [{ where, what: `${input} is missing: the apply role may not create this role` }]
        : [],
    );
  return [
    ...resourcesOf(files, 'aws_iam_role')
      .filter(({ folder }) => folder !== 'terraform/bootstrap')
      .flatMap(({ where, block }) => missing(where, block, ['permissions_boundary'])),
    ...files.flatMap(({ file, content }) =>
      Object.entries(content.module).flatMap(([name, blocks]) =>
        blocks.flatMap((block) => missing(`${file}: module ${name}`, block, LIMITED[String(block['source'])] ?? [])),
      ),
    ),
  ];
};

const KEPT = [
  'iam:PutRolePermissionsBoundary',
  'iam:DeleteRolePermissionsBoundary',
  'iam:UpdateAssumeRolePolicy',
  'iam:AttachRolePolicy',
];

/** With any of these the apply role could take its limits off, or the plan role could become an administrator. */
export const keptBoundary: Rule = (files) => {
  const statements = files.flatMap(({ folder, content }) =>
    folder === 'terraform/bootstrap'
      ? (content.data['aws_iam_policy_document']?.['boundary'] ?? []).flatMap((block) => block['statement'] as Block[])
      : [],
  );
  const denies = (action: string, text: RegExp): boolean =>
    statements.some(
      (statement) =>
        statement['effect'] === 'Deny' &&
        (statement['actions'] as string[]).includes(action) &&
        text.test(JSON.stringify(statement)),
    );
  const where = 'terraform/bootstrap: boundary';
  return [
    ...KEPT.flatMap((action) =>
      denies(action, /role\/\$\{var\.name\}-github-\*/)
        ? []
        : [{ where, what: `${action} on bootstrap's roles must be denied` }],
    ),
    ...(denies('iam:CreateRole', /StringNotEquals.*iam:PermissionsBoundary|iam:PermissionsBoundary.*StringNotEquals/)
      ? []
      : [{ where, what: 'iam:CreateRole without the boundary must be denied' }]),
  ];
};
