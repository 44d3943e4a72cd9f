import type { Breakage } from '../breakage.ts';

const release = 'the release workflow can be called';
const rules = 'workflows pin actions';
const build = '.github/workflows/build-image.yaml';
const policy = 'gitops-config/policies/images-are-ours.yaml';

export const RELEASE_BREAKAGES: readonly Breakage[] = (
  [
    [
      'an action of the caller',
      build,
      '$/.github/actions/scan-image',
      './.github/actions/scan-image',
      /that is the caller's file/,
    ],
    [
      'an action that is not there',
      build,
      '$/.github/actions/scan-image',
      '$/.github/actions/scan',
      /scan\/action\.yml does not exist/,
    ],
    [
      'a script of the caller',
      build,
      '      - uses: $/.github/actions/scan-image',
      '      - run: .github/scripts/changed-images.sh\n      - uses: $/.github/actions/scan-image',
      /the caller has no such file/,
    ],
    [
      'a script that an action lacks',
      '.github/actions/publish-image/action.yml',
      'tag-image.sh',
      'tag.sh',
      /publish-image\/tag\.sh does not exist/,
    ],
    ['an identity of the caller', build, '${{ job.workflow_ref }}', '${{ github.workflow_ref }}', /identity must be/],
    [
      'a step after the announcement',
      build,
      /$/,
      '      - uses: $/.github/actions/release-trace\n',
      /its steps must be build-push-action, .*the last one last/,
    ],
    [
      'a policy that knows another file',
      policy,
      'workflows/build-image.yaml@',
      'workflows/release.yaml@',
      /policies: it admits .*release\.yaml@refs\/heads\/main: the signer is/,
    ],
    [
      'a policy of another branch',
      policy,
      '@refs/heads/main',
      '@refs/heads/trunk',
      /which check-caller\.sh does not require/,
    ],
    [
      'a policy of another issuer',
      policy,
      'token.actions.githubusercontent.com',
      'token.example.com',
      /sign-and-verify\.sh does not verify/,
    ],
    [
      'provenance that nobody signs',
      '.github/actions/publish-image/sign-and-verify.sh',
      /^cosign attest .*\n/m,
      '',
      /it asks for https:\/\/slsa\.dev\/provenance\/v1, which nobody signs/,
    ],
    [
      'a field that the provenance lacks',
      policy,
      'spec:',
      '# externalParameters.workflow.branch\nspec:',
      /externalParameters\.workflow\.branch, which the provenance lacks/,
    ],
    [
      'a guide that calls by commit',
      'docs/bring-your-own-app.md',
      'build-image.yaml@main',
      'build-image.yaml@0123456789012345678901234567890123456789',
      /signs as somebody whom the policy refuses/,
    ],
    [
      'an attestation that a private repository does not have',
      build,
      "      - if: env.HAS_ATTESTATIONS == 'true'\n        uses:",
      '      - uses:',
      /build: actions\/attest: a private repository may not have it/,
      rules,
    ],
    [
      'findings that a private repository cannot upload',
      '.github/actions/scan-image/action.yml',
      "always() && inputs.upload == 'true'",
      'always()',
      /scan-image\/action\.yml: github\/codeql-action\/upload-sarif: a private repository/,
      rules,
    ],
    [
      'a release that a LOW stops',
      '.github/actions/scan-image/action.yml',
      'limit-severities-for-sarif: true',
      'limit-severities-for-sarif: false',
      /trivy: limit-severities-for-sarif/,
      rules,
    ],
  ] as const
).map(([says, file, from, to, finding, of = release]) => ({
  of,
  says,
  file,
  edit: (text: string) => text.replace(from, () => to),
  finding,
}));
