export const stylesheet = `
:root { color-scheme: light dark; --ink: light-dark(#1f2328, #e6edf3); --soft: light-dark(#59636e, #9198a1);
  --line: light-dark(#d1d9e0, #3d444d); --ground: light-dark(#ffffff, #0d1117); --accent: light-dark(#0969da, #4493f8); }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1rem; max-width: 40rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); }
h1 { margin: .25rem 0 1.5rem; font-size: clamp(1.5rem, 6vw, 2.25rem); line-height: 1.2; }
.environment { display: inline-block; margin: 0; padding: .1rem .6rem; border: 1px solid var(--accent); border-radius: 2rem; color: var(--accent); font-size: .875rem; }
main > form { display: flex; gap: .5rem; align-items: end; flex-wrap: wrap; }
label { flex: 1 1 14rem; font-size: .875rem; color: var(--soft); }
input { display: block; width: 100%; margin-top: .25rem; padding: .5rem; font: inherit; color: var(--ink); background: transparent; border: 1px solid var(--line); border-radius: .375rem; }
button { padding: .5rem 1rem; font: inherit; color: var(--ink); background: transparent; border: 1px solid var(--line); border-radius: .375rem; cursor: pointer; }
button:hover, input:focus { border-color: var(--accent); }
ul { margin: 1rem 0; padding: 0; list-style: none; }
li button { width: 100%; margin-top: .25rem; text-align: start; overflow-wrap: anywhere; }
li.completed button { color: var(--soft); text-decoration: line-through; }
.empty { color: var(--soft); }
footer { margin-top: 2rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .8125rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem .75rem; margin: 0; }
dd { margin: 0; overflow-wrap: anywhere; font-family: ui-monospace, monospace; }
`;
