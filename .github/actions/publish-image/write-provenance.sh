#!/usr/bin/env bash
# Prints the provenance of this run, in the form in which GitHub attests: https://actions.github.io/buildtypes/workflow/v1. The predicate's
# type is https://slsa.dev/provenance/v1. Its workflow is the caller's; its builder is IDENTITY, the workflow that builds.
set -euo pipefail

path=${GITHUB_WORKFLOW_REF%%@*}
jq --null-input \
  --arg repository "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY" --arg ref "$GITHUB_REF" --arg path "${path#"$GITHUB_REPOSITORY"/}" \
  --arg commit "$GITHUB_SHA" --arg event "$GITHUB_EVENT_NAME" --arg id "$GITHUB_REPOSITORY_ID" --arg owner "$GITHUB_REPOSITORY_OWNER_ID" \
  --arg runner "${RUNNER_ENVIRONMENT:-}" --arg builder "$GITHUB_SERVER_URL/$IDENTITY" --arg run "$GITHUB_RUN_ID" --arg attempt "$GITHUB_RUN_ATTEMPT" '{
    buildDefinition: {
      buildType: "https://actions.github.io/buildtypes/workflow/v1",
      externalParameters: {workflow: {ref: $ref, repository: $repository, path: $path}},
      internalParameters: {github: {event_name: $event, repository_id: $id, repository_owner_id: $owner, runner_environment: $runner}},
      resolvedDependencies: [{uri: "git+\($repository)@\($ref)", digest: {gitCommit: $commit}}]
    },
    runDetails: {builder: {id: $builder}, metadata: {invocationId: "\($repository)/actions/runs/\($run)/attempts/\($attempt)"}}
  }'
