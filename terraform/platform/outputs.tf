output "argocd" {
  description = "How to reach Argo CD before it has a host name."
  value       = "kubectl -n argocd port-forward service/argocd-server 8443:443, then https://127.0.0.1:8443"
}
