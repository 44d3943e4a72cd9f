export const stylesheet = `
:root { color-scheme: light dark; --ink: light-dark(#1f2328, #e6edf3); --soft: light-dark(#59636e, #9198a1); --line: light-dark(#d1d9e0, #3d444d);
  --ground: light-dark(#f6f8fa, #0d1117); --card: light-dark(#ffffff, #151b23); --accent: light-dark(#0969da, #4493f8);
  --good: light-dark(#1a7f37, #3fb950); --bad: light-dark(#d1242f, #f85149); --wait: light-dark(#9a6700, #d29922); }
* { box-sizing: border-box; }
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); }
header, main { max-width: 72rem; margin: 0 auto; padding: 1rem; }
header { display: flex; align-items: baseline; justify-content: space-between; gap: 1rem; }
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
.problems { padding: .75rem 1rem; border: 1px solid var(--bad); border-radius: .5rem; background: var(--card); } .problems h2 { margin: 0; font-size: 1rem; color: var(--bad); } .problems ul { margin: .25rem 0 0; padding-inline-start: 1.2rem; }
.activity { margin: 0; padding: 0; list-style: none; font-size: .9rem; } .activity li { display: flex; flex-wrap: wrap; gap: 0 1rem; padding: .2rem 0; } .activity time { color: var(--soft); }
`;
