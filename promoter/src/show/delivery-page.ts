import { html } from 'hono/html';
import { describeDuration } from '../decide/duration.ts';
import type { DeliveryView, EnvironmentFigures, GraphView } from './delivery-view.ts';
import { type Html } from './page.ts';

const NODE = { width: 116, height: 40, gapX: 44, gapY: 24 };
const TREND = { width: 96, height: 24 };

const orDash = (value: number | undefined, write: (value: number) => string): string =>
  value === undefined ? '–' : write(value);
const percent = (ratio: number): string => `${Math.round(ratio * 100)} %`;

/** Lead time of each week as a line; weeks without a deployment are gaps. */
function trendLine({ trend }: EnvironmentFigures): Html {
  const known = trend.flatMap(({ leadTimeMs }) => leadTimeMs ?? []);
  const most = Math.max(1, ...known);
  const step = TREND.width / Math.max(1, trend.length - 1);
  const points = trend.flatMap(({ leadTimeMs }, index) => {
    if (leadTimeMs === undefined) return [];
    const y = TREND.height - 2 - (leadTimeMs / most) * (TREND.height - 4);
    return [{ x: (index * step).toFixed(1), y: y.toFixed(1) }];
  });
  const words = trend
    .map(({ leadTimeMs, deployments }) => `${deployments}× ${orDash(leadTimeMs, describeDuration)}`)
    .join(', ');
  return html`<svg
    class="trend"
    viewBox="0 0 ${TREND.width} ${TREND.height}"
    role="img"
    aria-label="Last eight weeks, deployments and lead time: ${words}"
  >
    <polyline points="${points.map(({ x, y }) => `${x},${y}`).join(' ')}"></polyline>
    ${points.map(({ x, y }) => html`<circle cx="${x}" cy="${y}" r="2"></circle>`)}
  </svg>`;
}

function figuresRow(view: EnvironmentFigures): Html {
  const { figures } = view;
  return html`<tr>
    <th scope="row">${view.pipeline} <strong>${view.environment}</strong></th>
    <td data-title="Deployments">${figures.deployments}</td>
    <td data-title="Lead time">${orDash(figures.leadTimeMedianMs, describeDuration)}</td>
    <td data-title="Change fail rate">${orDash(figures.failRatio, percent)}</td>
    <td data-title="Recovery time">${orDash(figures.recoveryMedianMs, describeDuration)}</td>
    <td data-title="Rework rate">${orDash(figures.reworkRatio, percent)}</td>
    <td data-title="Eight weeks">${trendLine(view)}</td>
  </tr>`;
}

function graph({ nodes, edges, columns, rows }: GraphView): Html {
  const x = (column: number): number => column * (NODE.width + NODE.gapX) + 1;
  const y = (row: number): number => row * (NODE.height + NODE.gapY) + 1;
  const width = columns * (NODE.width + NODE.gapX) - NODE.gapX + 2;
  const height = rows * (NODE.height + NODE.gapY) - NODE.gapY + 2;
  const at = new Map(nodes.map((node) => [node.name, node]));
  return html`<div class="graph" tabindex="0" role="region" aria-label="Arrows between services">
    <svg viewBox="0 0 ${width} ${height}" aria-hidden="true">
      <defs>
        <marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">
          <path d="M0,0 L8,4 L0,8 z"></path>
        </marker>
      </defs>
      ${edges.map(({ client, server, requests, failed }) => {
        const from = at.get(client);
        const to = at.get(server);
        if (!from || !to) return '';
        const [x1, y1] = [x(from.column) + NODE.width, y(from.row) + NODE.height / 2];
        const [x2, y2] = [x(to.column), y(to.row) + NODE.height / 2];
        return html`<line
            class="${failed > 0 ? 'failed' : ''}"
            x1="${x1}"
            y1="${y1}"
            x2="${x2}"
            y2="${y2}"
            marker-end="url(#head)"
          ></line>
          <text class="count" x="${(x1 + x2) / 2}" y="${(y1 + y2) / 2 - 5}" text-anchor="middle">${requests}</text>`;
      })}
      ${nodes.map(
        (node) =>
          html`<rect
              x="${x(node.column)}"
              y="${y(node.row)}"
              width="${NODE.width}"
              height="${NODE.height}"
              rx="6"
            ></rect>
            <text x="${x(node.column) + NODE.width / 2}" y="${y(node.row) + NODE.height / 2 + 4}" text-anchor="middle"
              >${node.name}</text
            >`,
      )}
    </svg>
    <ul class="edges">
      ${edges.map(
        ({ client, server, requests, failed }) =>
          html`<li>${client} → ${server}: ${requests}${failed > 0 ? `, ${failed} failed` : ''}</li>`,
      )}
    </ul>
  </div>`;
}

export function deliveryContent(view: DeliveryView): Html {
  return html`<section aria-labelledby="dora">
      <h2 id="dora">The last 30 days</h2>
      <p class="soft">
        DORA's five metrics, medians, from the last hundred commits of the config repository. Lead time runs from each
        commit that shipped to its commit on the environment.
      </p>
      <table class="dora">
        <thead>
          <tr>
            <th scope="col">Environment</th>
            <th scope="col">Deployments</th>
            <th scope="col">Lead time</th>
            <th scope="col">Change fail rate</th>
            <th scope="col">Recovery time</th>
            <th scope="col">Rework rate</th>
            <th scope="col">Eight weeks</th>
          </tr>
        </thead>
        <tbody>
          ${view.environments.map(figuresRow)}
        </tbody>
      </table>
    </section>
    <section aria-labelledby="graph">
      <h2 id="graph">Service graph</h2>
      ${
        view.graph.edges.length === 0
          ? html`<p class="soft">No release was recorded since this process started.</p>`
          : html`<p class="soft">
                Of the last ${view.releases === 1 ? 'release' : `${view.releases} releases`} that this process recorded.
                Tempo adds what the services export themselves.
              </p>
              ${graph(view.graph)}`
      }
    </section>`;
}
