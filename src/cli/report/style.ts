/** The page's style: light or dark as the reader's system is. */
export const STYLE = `
:root { color-scheme: light dark; --paper: #fdfdfc; --ink: #23272e; --soft: #626b78; --grid: #e4e6ea; --panel: #f4f5f6;
  --s0: #1f66b0; --s1: #c4560f; --s2: #22825a; --s3: #8a4bb0; --s4: #9a7412; --s5: #bf3560; --truth: #ffe14d; --found: #ffffff; }
@media (prefers-color-scheme: dark) { :root { --paper: #16191d; --ink: #e4e7eb; --soft: #9aa4b2; --grid: #2c323a; --panel: #1e2328;
  --s0: #6cb0f5; --s1: #f59a55; --s2: #5fcf9d; --s3: #c795ea; --s4: #dcb54a; --s5: #f283a5; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2.2rem 1.5rem 4rem; max-width: 1120px; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .3rem; font-weight: 650; }
h2 { font-size: 1.15rem; margin: 2.6rem 0 .4rem; font-weight: 650; }
h3 { font-size: .95rem; margin: 0 0 .3rem; font-weight: 600; }
p { margin: .2rem 0 .8rem; max-width: 46rem; } .soft, figcaption { color: var(--soft); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .28rem 1.4rem .28rem 0; text-align: left; white-space: nowrap; font-weight: 400; border-bottom: 1px solid var(--grid); }
thead th { font-weight: 600; vertical-align: bottom; } tbody th { color: var(--soft); }
td small { color: var(--soft); font-size: .85em; margin-left: .35em; }
.key { display: inline-block; width: 1.3em; height: 0; border-top: 3px solid; vertical-align: middle; margin-right: .45em; }
.key.dashed { border-top-style: dashed; }
.multiples { display: grid; grid-template-columns: repeat(auto-fill, minmax(310px, 1fr)); gap: 1.4rem 1.2rem; margin-top: .8rem; }
.multiples > section { min-width: 0; }
svg { display: block; width: 100%; height: auto; } svg svg { width: auto; } svg text { fill: var(--ink); font-size: 12px; }
svg .tick { fill: var(--soft); font-size: 11px; } svg .grid { stroke: var(--grid); } svg .axis { fill: none; stroke: var(--soft); }
svg .threshold { stroke: var(--soft); stroke-dasharray: 2 4; } svg .ring { fill: none; stroke: var(--soft); stroke-dasharray: 2 3; }
svg .line { fill: none; stroke-width: 2.2; stroke-linejoin: round; } svg .dashed { stroke-dasharray: 6 4; }
svg .dot { stroke: none; fill-opacity: .55; } svg .bar { stroke: none; fill-opacity: .8; } svg .beyond { fill-opacity: .4; }
svg .mean { stroke: var(--ink); stroke-width: 2; fill: none; }
${[0, 1, 2, 3, 4, 5]
  .map(
    (i) =>
      `.key.s${i} { border-color: var(--s${i}); } svg .line.s${i} { stroke: var(--s${i}); } svg .dot.s${i}, svg .bar.s${i} { fill: var(--s${i}); }`,
  )
  .join('\n')}
.cases { display: grid; grid-template-columns: repeat(auto-fill, minmax(230px, 1fr)); gap: 1.1rem; margin-top: .8rem; }
.cases figure { margin: 0; background: var(--panel); border-radius: 6px; overflow: hidden; }
.cases figcaption { padding: .5rem .7rem .6rem; font-size: .87rem; overflow-wrap: anywhere; } .cases strong { color: var(--ink); }
.cases .truth { stroke: var(--truth); stroke-width: 2.2; fill: none; } .cases .found { stroke: var(--found); stroke-width: 2.2; fill: none; }
.cases .under { stroke: #000; stroke-opacity: .55; stroke-width: 4.6; fill: none; }
.cases .between { stroke: var(--found); stroke-width: 1.2; stroke-dasharray: 3 3; }
footer { margin-top: 3rem; padding-top: .8rem; border-top: 1px solid var(--grid); color: var(--soft); font-size: .87rem; }
@media print { body { max-width: none; padding: 0; } h2 { break-after: avoid; } figure, section { break-inside: avoid; } }
`;
