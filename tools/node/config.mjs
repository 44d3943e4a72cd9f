/** The npm that runs this, where one does. */
export const npmProgram = process.env.npm_execpath;

/** Settings of the outer npm run that a nested one must not take for its own: workspace, prefix, lifecycle. */
const OUTER_SETTING =
  /^npm_(config_(local_prefix|prefix|workspaces?|include_workspace_root|omit|include)|package_|lifecycle_|command)/i;

export const nestedEnvironment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !OUTER_SETTING.test(name)),
);
