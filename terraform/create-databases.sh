#!/usr/bin/env bash
# Creates a database and a role for todo per environment, on the server of infrastructure/, and writes the connection URL to Secrets
# Manager, from where External Secrets syncs it. Existing secrets are kept; --rotate sets new passwords.
# The server accepts connections from the network only, so a Job in the cluster does the work.
#
#   terraform/create-databases.sh [--rotate] [--environments "dev staging prod"]
set -euo pipefail

environments="dev staging prod"
rotate=false
while [ $# -gt 0 ]; do
  case "$1" in
    --rotate) rotate=true ;;
    --environments)
      [ $# -ge 2 ] || { echo "--environments needs a list" >&2; exit 2; }
      environments=$2
      shift
      ;;
    -h | --help)
      sed -n '2,6s/^# \{0,1\}//p' "$0"
      exit 0
      ;;
    *)
      echo "unknown argument: $1 (see --help)" >&2
      exit 2
      ;;
  esac
  shift
done

for tool in aws jq kubectl openssl terraform; do
  command -v "$tool" > /dev/null || { echo "$tool is not installed" >&2; exit 1; }
done

folder=$(cd "$(dirname "$0")" && pwd)
# shellcheck disable=SC1091 # it is beside this script, and checked as well
. "$folder/use-cluster.sh"
namespace="database-setup"
image=docker.io/library/postgres:17.6

database=$(terraform -chdir="$folder/infrastructure" output -json database)
if [ "$database" = null ]; then
  echo "infrastructure/ has no server (database = \"cloudnative-pg\"): nothing to do"
  exit 0
fi
address=$(jq -r .address <<< "$database")
trap forget_cluster EXIT
# Before the master's password is read: it must reach no other cluster.
use_cluster
master=$(aws secretsmanager get-secret-value --secret-id "$(jq -r .master_secret_arn <<< "$database")" --query SecretString --output text)

sql=""
written=""
for environment in $environments; do
  if ! $rotate && has_value "todo-$environment/database"; then
    echo "todo-$environment/database has a value: kept"
    continue
  fi
  role="todo_${environment//-/_}"
  password=$(openssl rand -hex 24)
  written="$written $environment:$password"
  sql+="
SELECT format('CREATE ROLE %I LOGIN', '$role') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '$role') \\gexec
ALTER ROLE $role PASSWORD '$password';
GRANT $role TO CURRENT_USER;
SELECT format('CREATE DATABASE %I OWNER %I', '$role', '$role') WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '$role') \\gexec
REVOKE ALL ON DATABASE $role FROM PUBLIC;
"
done
[ -n "$sql" ] || exit 0

cleanup() {
  kubectl delete namespace "$namespace" --ignore-not-found --wait=false > /dev/null || true
  forget_cluster
}
trap cleanup EXIT

kubectl create namespace "$namespace" --dry-run=client -o yaml | kubectl apply -f - > /dev/null
kubectl label namespace "$namespace" pod-security.kubernetes.io/enforce=restricted --overwrite > /dev/null
# By standard input: an argument would be visible to everyone on this machine.
{
  echo "$master"
  jq --null-input --rawfile sql /dev/fd/3 '{sql: $sql}' 3<<< "$sql"
} | jq --slurp --arg host "$address" '{
  apiVersion: "v1", kind: "Secret", metadata: {name: "setup"},
  stringData: {PGHOST: $host, PGUSER: .[0].username, PGPASSWORD: .[0].password, "setup.sql": .[1].sql}
}' | kubectl --namespace "$namespace" apply -f - > /dev/null
kubectl --namespace "$namespace" delete job setup --ignore-not-found > /dev/null
kubectl --namespace "$namespace" apply -f - > /dev/null << MANIFEST
apiVersion: batch/v1
kind: Job
metadata:
  name: setup
spec:
  backoffLimit: 1
  activeDeadlineSeconds: 180
  template:
    spec:
      restartPolicy: Never
      automountServiceAccountToken: false
      securityContext: { runAsNonRoot: true, runAsUser: 999, seccompProfile: { type: RuntimeDefault } }
      containers:
        - name: psql
          image: $image
          command: [psql, --no-psqlrc, --set=ON_ERROR_STOP=1, --file=/setup/setup.sql, postgres]
          env:
            - { name: PGHOST, valueFrom: { secretKeyRef: { name: setup, key: PGHOST } } }
            - { name: PGUSER, valueFrom: { secretKeyRef: { name: setup, key: PGUSER } } }
            - { name: PGPASSWORD, valueFrom: { secretKeyRef: { name: setup, key: PGPASSWORD } } }
            - { name: PGSSLMODE, value: require }
          securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: [ALL] } }
          volumeMounts: [{ name: setup, mountPath: /setup, readOnly: true }]
      volumes:
        - name: setup
          secret: { secretName: setup, items: [{ key: setup.sql, path: setup.sql }] }
MANIFEST

if ! kubectl --namespace "$namespace" wait --for=condition=complete job/setup --timeout=200s; then
  kubectl --namespace "$namespace" logs job/setup --tail=30 >&2 || true
  echo "the databases were not created: nothing was written to Secrets Manager" >&2
  exit 1
fi

for each in $written; do
  environment=${each%%:*}
  role="todo_${environment//-/_}"
  jq --raw-input --arg role "$role" --arg address "$address" \
    '{url: "postgres://\($role):\(.)@\($address):5432/\($role)?sslmode=require"}' <<< "${each#*:}" \
    | put_value "todo-$environment/database"
done
