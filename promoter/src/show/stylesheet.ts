export const stylesheet = `
:root { color-scheme: light dark; --ink: light-dark(#1f2328, #e6edf3); --soft: light-dark(#59636e, #9198a1); --line: light-dark(#d1d9e0, #3d444d);
  --ground: light-dark(#f6f8fa, #0d1117); --card: light-dark(#ffffff, #151b23); --accent: light-dark(#0969da, #4493f8);
  --good: light-dark(#1a7f37, #3fb950); --bad: light-dark(#d1242f, #f85149); --wait: light-dark(#9a6700, #d29922); }
* { box-sizing: border-box; }
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); }
header, main { max-width: 72rem; margin: 0 auto; padding: 1rem; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: .5rem 1.5rem; }
header h1 { overflow-wrap: anywhere; }
header nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; }
header form { display: flex; flex-wrap: wrap; gap: .25rem .5rem; align-items: baseline; margin-inline-start: auto; }
main { padding-top: 0; }
header label { color: var(--soft); font-size: .9em; }
input, button { font: inherit; font-size: .9rem; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: .35rem; padding: .2rem .5rem; }
input { width: 15rem; max-width: 100%; }
h1 { margin: 0; font-size: 1.4rem; } h2 { margin: 1.5rem 0 .25rem; font-size: 1.2rem; } h3 { margin: 0; font-size: 1rem; }
a { color: var(--accent); } code { font: .85em ui-monospace, monospace; overflow-wrap: anywhere; }
p { margin: .25rem 0; }
.soft { color: var(--soft); font-size: .9em; }
.environments { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(17rem, 100%), 1fr)); gap: 1rem; margin: .75rem 0; padding: 0; list-style: none; }
.environment { padding: 1rem; background: var(--card); border: 1px solid var(--line); border-top: 3px solid var(--line); border-radius: .5rem; overflow-wrap: anywhere; }
.environment.healthy { border-top-color: var(--good); } .environment.degraded { border-top-color: var(--bad); } .environment.progressing { border-top-color: var(--wait); }
.runs { display: flex; flex-wrap: wrap; gap: 0 .75rem; align-items: baseline; font-size: 1.05rem; } .runs code { color: var(--soft); font-size: .75rem; }
.rollout { font-size: .9rem; } .dot { display: inline-block; width: .6rem; height: .6rem; margin-inline-end: .4rem; border-radius: 50%; background: var(--soft); }
.healthy > .dot { background: var(--good); } .degraded > .dot { background: var(--bad); } .progressing > .dot { background: var(--wait); }
.next { margin-top: .75rem; padding-top: .6rem; border-top: 1px solid var(--line); }
.badge { padding: 0 .55rem; border: 1px solid var(--line); border-radius: 1rem; font-size: .8rem; color: var(--soft); white-space: nowrap; }
.waits .badge { border-color: var(--wait); color: var(--wait); }
.gates { margin: .25rem 0 0; padding: 0; list-style: none; font-size: .9rem; } .gates li { display: flex; gap: .5rem; } .gates .met { color: var(--soft); } .gates .open span:first-child { color: var(--wait); }
.problems { padding: .75rem 1rem; border: 1px solid var(--bad); border-radius: .5rem; background: var(--card); overflow-wrap: anywhere; } .problems + .problems { margin-top: .75rem; } .problems h2 { margin: 0; font-size: 1rem; color: var(--bad); } .problems ul { margin: .25rem 0 0; padding-inline-start: 1.2rem; }
.activity { margin: 0; padding: 0; list-style: none; font-size: .9rem; } .activity li { display: flex; flex-wrap: wrap; gap: 0 1rem; padding: .2rem 0; } .activity time { color: var(--soft); }
.runs .tag { font-weight: 600; }
.took { color: var(--soft); font-weight: 400; font-size: .85em; white-space: nowrap; font-variant-numeric: tabular-nums; }
.links { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0; list-style: none; }
.overview .step { white-space: nowrap; } .overview { line-height: 1.8; }
.phase { margin: 1rem 0; padding: .25rem 1rem .75rem; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; }
.phase.has-failed { border-color: var(--bad); } .phase h2 { margin-top: .5rem; font-size: 1.05rem; }
.spans { margin: .5rem 0 0; padding: 0; list-style: none; }
.span summary { display: grid; grid-template-columns: minmax(0, 22rem) 5.5rem minmax(0, 1fr); gap: .75rem; align-items: center; padding: .15rem 0; cursor: pointer; }
.span summary:hover { background: var(--ground); }
.span .took { text-align: end; } .span .service { color: var(--soft); font-size: .85em; } .span .what { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.depth-1 .what { padding-inline-start: .75rem; } .depth-2 .what { padding-inline-start: 1.5rem; } .depth-3 .what { padding-inline-start: 2.25rem; }
.depth-4 .what { padding-inline-start: 3rem; } .depth-5 .what { padding-inline-start: 3.75rem; } .depth-6 .what { padding-inline-start: 4.5rem; }
.bar { width: 100%; height: .7rem; background: var(--ground); border-radius: .2rem; }
.bar rect { fill: var(--accent); } .bar .internal { fill: var(--soft); } .bar .client { fill: light-dark(#54aeff, #1f6feb); } .bar .wait { fill: var(--wait); } .bar .failed { fill: var(--bad); }
.span table { margin: .25rem 0 .75rem; font-size: .85rem; border-collapse: collapse; } .span th { text-align: start; font-weight: 400; color: var(--soft); padding-inline-end: 1rem; vertical-align: top; } .span td { overflow-wrap: anywhere; }
p.failed { color: var(--bad); }
.commits, .whereabouts { padding: 0; list-style: none; } .found { margin: 1rem 0; padding: .25rem 1rem .75rem; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; }
.there span { color: var(--good); } .not-there { color: var(--soft); }
.dora { width: 100%; border-collapse: collapse; background: var(--card); border: 1px solid var(--line); } .dora th, .dora td { padding: .4rem .75rem; text-align: start; border-bottom: 1px solid var(--line); font-variant-numeric: tabular-nums; } .dora thead th { color: var(--soft); font-weight: 400; font-size: .85rem; } .dora tbody th { font-weight: 400; }
.trend { width: 6rem; height: 1.5rem; overflow: visible; } .trend polyline { fill: none; stroke: var(--accent); stroke-width: 1.5; } .trend circle { fill: var(--accent); }
.graph svg { width: 100%; min-width: 52rem; height: auto; } .graph { overflow-x: auto; padding: 1rem; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; }
.graph rect { fill: var(--ground); stroke: var(--line); } .graph text { fill: var(--ink); font-size: 13px; } .graph .count { fill: var(--soft); font-size: 12px; }
.graph line { stroke: var(--soft); stroke-width: 1.5; } .graph line.failed { stroke: var(--bad); } .graph marker path { fill: var(--soft); }
.edges { margin: .75rem 0 0; padding: 0; columns: 16rem; list-style: none; font-size: .85rem; color: var(--soft); }
@media (max-width: 40rem) {
  header form { margin-inline-start: 0; }
  .span summary { grid-template-columns: minmax(0, 1fr) auto; gap: 0 .75rem; } .span .bar { grid-column: 1 / -1; } .span .what { white-space: normal; }
  .dora thead { display: none; } .dora tbody tr { display: grid; padding: .5rem .75rem; border-bottom: 1px solid var(--line); } .dora th, .dora td { border: 0; padding: .1rem 0; }
  .dora td::before { content: attr(data-title); display: inline-block; width: 9rem; color: var(--soft); }
}
`;
