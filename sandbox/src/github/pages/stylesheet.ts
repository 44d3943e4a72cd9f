export const stylesheet = `
:root { color-scheme: light dark; --ink: light-dark(#1f2328, #e6edf3); --soft: light-dark(#59636e, #9198a1); --line: light-dark(#d1d9e0, #3d444d);
  --ground: light-dark(#ffffff, #0d1117); --raised: light-dark(#f6f8fa, #151b23); --accent: light-dark(#0969da, #4493f8);
  --good: light-dark(#1a7f37, #3fb950); --bad: light-dark(#d1242f, #f85149); --done: light-dark(#8250df, #ab7df8); --wait: light-dark(#9a6700, #d29922); }
* { box-sizing: border-box; }
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); }
a { color: var(--accent); text-decoration: none; } a:hover { text-decoration: underline; }
code, pre { font: .85em/1.5 ui-monospace, monospace; }
.top { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; justify-content: space-between; padding: .75rem max(1rem, calc(50vw - 30rem)); border-bottom: 1px solid var(--line); background: var(--raised); }
.home { color: var(--ink); font-weight: 600; } .home small { color: var(--soft); font-weight: 400; }
.viewer { display: flex; flex-wrap: wrap; gap: .35rem; align-items: center; color: var(--soft); font-size: .875rem; }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.5rem; line-height: 1.3; margin: 0 0 .5rem; overflow-wrap: anywhere; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
.soft { color: var(--soft); font-weight: 400; font-size: .9em; }
.list { list-style: none; margin: 0; padding: 0; border: 1px solid var(--line); border-radius: .5rem; }
.list:not(:has(li)) { display: none; }
.list li { padding: .6rem .9rem; overflow-wrap: anywhere; } .list li + li { border-top: 1px solid var(--line); }
.list li p { margin: .25rem 0 0; }
.list img { vertical-align: -.25em; }
.state { display: inline-block; padding: 0 .55rem; border-radius: 1rem; border: 1px solid currentColor; font-size: .8rem; color: var(--soft); }
.state.open, .state.success { color: var(--good); } .state.merged { color: var(--done); } .state.closed, .state.failure { color: var(--bad); } .state.in_progress, .state.queued { color: var(--wait); }
.command, .log, .message, .diff { margin: .5rem 0; padding: .75rem; overflow-x: auto; background: var(--raised); border: 1px solid var(--line); border-radius: .5rem; }
.message { white-space: pre-wrap; overflow-wrap: anywhere; }
.body { padding: .25rem 1rem; border: 1px solid var(--line); border-radius: .5rem; overflow-wrap: anywhere; }
.body table { display: block; overflow-x: auto; border-collapse: collapse; } .body td, .body th { padding: .3rem .75rem; border: 1px solid var(--line); text-align: start; vertical-align: top; } .body th, .body td:first-child { white-space: nowrap; }
.file { margin: .5rem 0; } .file summary { cursor: pointer; overflow-wrap: anywhere; }
.diff { padding: .5rem 0; } .diff span { display: block; padding: 0 .75rem; white-space: pre; width: max-content; min-width: 100%; }
.diff .added { background: light-dark(#dafbe1, #12261e); } .diff .removed { background: light-dark(#ffebe9, #301b1e); } .diff .hunk { color: var(--soft); }
.additions { color: var(--good); } .deletions { color: var(--bad); }
button { padding: .3rem .8rem; font: inherit; font-size: .875rem; color: var(--ink); background: var(--raised); border: 1px solid var(--line); border-radius: .4rem; cursor: pointer; }
button:hover { border-color: var(--accent); } button[aria-pressed=true] { border-color: var(--accent); color: var(--accent); } button:disabled { opacity: .5; cursor: not-allowed; }
.approve { background: light-dark(#1a7f37, #238636); border-color: transparent; color: #fff; } .reject { color: var(--bad); }
.review { margin-top: 1rem; padding: 1rem; border: 1px solid var(--line); border-radius: .5rem; }
.review textarea { display: block; width: 100%; margin: .4rem 0 .75rem; padding: .5rem; font: inherit; color: var(--ink); background: var(--ground); border: 1px solid var(--line); border-radius: .4rem; }
.buttons { display: flex; flex-wrap: wrap; gap: .5rem; } .gap { flex: 1; }
.problem { padding: .6rem .9rem; border: 1px solid var(--bad); border-radius: .5rem; color: var(--bad); }
`;
