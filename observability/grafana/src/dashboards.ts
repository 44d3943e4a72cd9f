// Every dashboard as Grafana reads it: file name and JSON.
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { deliveryDashboard } from './dashboards/delivery.ts';
import { logsDashboard } from './dashboards/logs.ts';
import { serviceDashboard } from './dashboards/service.ts';
import { sloDashboard } from './dashboards/slo.ts';
import { stackDashboard } from './dashboards/stack.ts';
import { tracesDashboard } from './dashboards/traces.ts';

export interface DashboardFile {
  name: string;
  dashboard: Dashboard;
  text: string;
}

export function buildDashboards(): DashboardFile[] {
  const builders = {
    delivery: deliveryDashboard,
    logs: logsDashboard,
    service: serviceDashboard,
    slo: sloDashboard,
    stack: stackDashboard,
    traces: tracesDashboard,
  };
  return Object.entries(builders).map(([name, builder]) => {
    const dashboard = builder.build();
    // Links and alerts refer to a panel by its id.
    dashboard.panels?.forEach((panel, index) => (panel.id = index + 1));
    return { name: `${name}.json`, dashboard, text: `${JSON.stringify(dashboard, null, 2)}\n` };
  });
}
