/** Formats a time as metav1.Time does: in UTC, to the second. https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#Time */
export function metav1Time(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, 'Z');
}
