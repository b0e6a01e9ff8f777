"""The report's style sheet."""

CSS = """
:root { --ink: #1d2433; --quiet: #667085; --line: #dfe3ea; --good: #067647; --bad: #b42318;
  --bar: #5b8def; --paper: #fff; --soft: #f6f7f9; color-scheme: light; }
* { box-sizing: border-box; }
body { font: 15px/1.55 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif;
  color: var(--ink); background: var(--paper); max-width: 1400px; margin: 0 auto; padding: 1.5rem;
  overflow-wrap: break-word; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin-top: 2rem; } h4 { margin: 0 0 .4rem; }
.quiet { color: var(--quiet); font-size: .85rem; }
.good { color: var(--good); } .bad { color: var(--bad); } .other { color: var(--ink); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .88rem; }
th, td { border-bottom: 1px solid var(--line); padding: .25rem .6rem; text-align: left;
  vertical-align: top; }
td.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.figures { display: grid; gap: 1rem;
  grid-template-columns: repeat(auto-fill, minmax(min(420px, 100%), 1fr)); }
figure { margin: 0; border: 1px solid var(--line); border-radius: 8px; padding: .8rem; }
figcaption { font-weight: 600; margin-bottom: .4rem; font-size: .9rem; }
svg { width: 100%; height: auto; font-size: 12px; }
svg text { fill: var(--ink); } .grid { stroke: var(--line); } .bar { fill: var(--bar); }
.ci { stroke: var(--ink); stroke-width: 2; } .target { stroke: var(--bad); stroke-width: 3; }
.curve { fill: none; stroke: var(--bar); stroke-width: 2; }
.even { stroke: var(--quiet); stroke-dasharray: 4 4; }
.dot { fill: var(--bar); } .here { fill: var(--bad); }
details { border: 1px solid var(--line); border-radius: 8px;
  padding: .5rem .8rem; margin: .5rem 0; }
summary { cursor: pointer; } summary small { color: var(--quiet); }
.columns { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 1rem;
  margin-top: .6rem; }
@media (max-width: 900px) { .columns { grid-template-columns: minmax(0, 1fr); } }
.columns section { background: var(--soft); border-radius: 6px; padding: .7rem; font-size: .88rem; }
.columns ul, .columns ol { padding-left: 1.1rem; } .text { white-space: pre-wrap; margin: 0; }
q { display: block; color: var(--quiet); }
mark.hit { background: #c6f0d6; } mark.miss { background: #ffd4cf; }
@media print { details { break-inside: avoid; } }
"""
