/** metav1.Time: seconds, UTC. https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#Time */
export function metav1Time(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, 'Z');
}
