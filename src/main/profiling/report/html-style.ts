/** The style of an HTML report: light and dark by the reader's system, and black on white in print. */
export const htmlStyle = `
:root { color-scheme: light dark; --bg: #f4f5f7; --surface: #fff; --line: #e2e5e9; --text: #14181d; --quiet: #606a75;
  --fits: #17693e; --tight: #825000; --over: #ad231c; --unknown: #555b74; --budget: #0a0d11; --track: #e6e9ed;
  --c1: #9cafe4; --c2: #76a4b3; --c3: #cdb58b; --c4: #9f8794; --c5: #9eaa94; --c6: #ad7769; --c7: #adb2b8; }
@media (prefers-color-scheme: dark) { :root { --bg: #0d1013; --surface: #15191d; --line: #2a3037; --text: #edf0f3; --quiet: #9aa4af;
  --fits: #6fce9a; --tight: #e3b04b; --over: #ff8a80; --unknown: #b3b8d0; --budget: #fff; --track: #22272d;
  --c1: #4a62a8; --c2: #2f6d80; --c3: #8a6c36; --c4: #7d5569; --c5: #5e714c; --c6: #8f3f27; --c7: #5b636c; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 24px; background: var(--bg); color: var(--text); font: 13px/20px system-ui, "Liberation Sans", sans-serif;
  font-variant-numeric: tabular-nums; }
main { max-width: 960px; margin: 0 auto; display: grid; gap: 16px; }
section { background: var(--surface); border: 1px solid var(--line); border-radius: 8px; padding: 16px 20px; display: grid; gap: 12px; }
h1 { font-size: 20px; line-height: 28px; margin: 0; } h2 { font-size: 16px; margin: 0; } h3 { font-size: 13px; margin: 8px 0 0; }
p { margin: 0; } .quiet, figcaption { color: var(--quiet); font-size: 12px; }
.answer { font-size: 28px; line-height: 36px; font-weight: 700; } .headline { font-size: 16px; line-height: 24px; }
.fits { color: var(--fits); } .tight { color: var(--tight); } .does-not-fit, .failed { color: var(--over); } .unknown { color: var(--unknown); }
.passed { color: var(--fits); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: 6px 12px 6px 0;
  border-bottom: 1px solid var(--line); vertical-align: top; } th { color: var(--quiet); font-weight: 400; font-size: 12px; }
.num { text-align: right; white-space: nowrap; }
.bar { position: relative; width: 160px; height: 10px; background: var(--track); border-radius: 2px; margin-top: 5px; }
.bar i { position: absolute; inset: 0 auto 0 0; background: currentColor; border-radius: 2px; opacity: .75; }
.bar b { position: absolute; left: 80%; top: -3px; bottom: -3px; width: 3px; background: var(--budget); }
figure { margin: 0; } svg { width: 100%; height: auto; display: block; } svg text { fill: var(--quiet); font-size: 11px; }
.axis { stroke: var(--line); } .budget { stroke: var(--budget); stroke-width: 3; }
.band-1 { fill: var(--c1); } .band-2 { fill: var(--c2); } .band-3 { fill: var(--c3); } .band-4 { fill: var(--c4); }
.band-5 { fill: var(--c5); } .band-6 { fill: var(--c6); } .band-7 { fill: var(--c7); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; } .legend i { display: inline-block; width: 10px; height: 10px; margin-right: 6px; border-radius: 2px; }
pre { margin: 0; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
code, pre { font: 12px/18px ui-monospace, "Liberation Mono", monospace; }
@media (max-width: 800px) { body { padding: 12px; } table { min-width: 720px; } }
@media print { body { background: #fff; padding: 0; } section { break-inside: avoid; } }
`;
