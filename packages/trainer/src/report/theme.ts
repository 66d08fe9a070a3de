/** The style of a report: all colours and font sizes, for the light and the dark theme. */

/** The colours of negative and positive weights, as red, green and blue; visible on light and dark backgrounds. */
export const weightColours = {
  negative: [38, 116, 206],
  positive: [222, 104, 16],
} as const;

const rgb = (channels: readonly number[]): string => `rgb(${channels.join(' ')})`;

export const css = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#ffffff, #15161a);
  --panel: light-dark(#f6f7f9, #1d1f25);
  --line: light-dark(#dfe2e8, #343843);
  --ink: light-dark(#191c22, #eceef2);
  --quiet: light-dark(#5a6270, #a4acba);
  --link: light-dark(#305eb7, #9bbeff);
  --train: light-dark(#305eb7, #9bbeff);
  --validation: light-dark(#047745, #70d79a);
  --test: light-dark(#b3540a, #fea668);
  --right: light-dark(#305eb7, #8fb4f8);
  --wrong: light-dark(#c0333a, #f0807c);
  --weight-negative: ${rgb(weightColours.negative)};
  --weight-positive: ${rgb(weightColours.positive)};
  --small: 0.8125rem;
  --tiny: 0.6875rem;
  --radius: 0.625rem;
  --gap: clamp(1rem, 3vw, 2rem);
}
@media print { :root { color-scheme: light; font-size: 10pt } }

* { box-sizing: border-box }
html { -webkit-text-size-adjust: 100%; background: var(--ground) }
body {
  margin: 0 auto;
  max-width: 66rem;
  padding: clamp(1.5rem, 5vw, 4rem) clamp(1rem, 4vw, 2.5rem);
  background: var(--ground);
  color: var(--ink);
  font: 400 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Open Sans", sans-serif;
  font-variant-numeric: tabular-nums lining-nums;
  overflow-wrap: break-word;
}
h1, h2, h3, p, figure, dl, dd, ul, ol { margin: 0; padding: 0 }
h1 { font-size: clamp(1.75rem, 5.2vw, 2.75rem); line-height: 1.12; font-weight: 650; letter-spacing: -0.02em; text-wrap: balance }
h2 { font-size: 1.375rem; line-height: 1.25; font-weight: 650; letter-spacing: -0.01em }
h3, figcaption.title { font-size: 1rem; font-weight: 600; line-height: 1.4 }
p { max-width: 44rem; text-wrap: pretty }
code { font: 0.875em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; overflow-wrap: anywhere }
.quiet { color: var(--quiet) }
.small, figcaption { font-size: var(--small) }

header, section { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem }
section { margin-top: clamp(2.5rem, 6vw, 4rem); border-top: 1px solid var(--line); padding-top: clamp(1.25rem, 3vw, 1.75rem) }
.brand { display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 0.6rem; font-size: var(--small); color: var(--quiet) }
.brand svg { width: 1.75rem; height: 1.75rem; flex: none }
.brand b { color: var(--ink); font-weight: 600 }

.figures { display: grid; grid-template-columns: repeat(var(--across, 2), minmax(0, 1fr)); gap: 1px; margin-top: 0.5rem; border: 1px solid var(--line); border-radius: var(--radius); background: var(--line); overflow: hidden }
.figures div { display: flex; flex-direction: column-reverse; justify-content: flex-end; padding: 0.8rem 1rem; background: var(--ground) }
.figures dt { font-size: var(--small); color: var(--quiet) }
.figures dd { font-size: 1.25rem; line-height: 1.3; font-weight: 600; letter-spacing: -0.01em; white-space: nowrap }

.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: var(--gap) }
.pair > * { min-width: 0 }
.pair > div { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.75rem; align-content: start }
figure.plot-figure { display: flex; flex-direction: column; gap: 0.4rem }
figure svg.plot { display: block; width: 100%; height: auto; overflow: visible; font: 13px system-ui, -apple-system, "Segoe UI", Roboto, "Open Sans", sans-serif; font-variant-numeric: tabular-nums; color: var(--quiet) }
.key { display: flex; flex-wrap: wrap; gap: 0.15rem 1.1rem; color: var(--quiet); font-size: var(--small); list-style: none }
.key li { display: flex; align-items: center; gap: 0.45rem }
.key svg { width: 1.5rem; height: 0.75rem; flex: none; overflow: visible }

details { border: 1px solid var(--line); border-radius: var(--radius); font-size: var(--small) }
summary { padding: 0.55rem 0.9rem; color: var(--link); cursor: pointer; border-radius: var(--radius) }
:is(summary, .scroll):focus-visible { outline: 2px solid var(--link); outline-offset: 2px }
.scroll { overflow-x: auto; border-radius: var(--radius) }
details .scroll { max-height: 32rem; overflow: auto; border-top: 1px solid var(--line); border-radius: 0 0 var(--radius) var(--radius) }
table { width: 100%; border-collapse: collapse; font-size: var(--small); line-height: 1.4 }
caption { padding: 0.5rem 0.9rem; color: var(--quiet); text-align: start }
th, td { padding: 0.32rem 0.65rem; text-align: end; white-space: nowrap; border-top: 1px solid var(--line) }
thead th { border-top: 0; color: var(--quiet); font-weight: 500; vertical-align: bottom }
th[scope="row"] { font-weight: 600 }
.text :is(th, td) { text-align: start; white-space: normal; vertical-align: top }
.text th { width: 12rem; font-weight: 500; color: var(--quiet) }
.text tr:first-child > * { border-top: 0 }
.framed { border: 1px solid var(--line); border-radius: var(--radius) }
td.hit { background: color-mix(in srgb, var(--right) 16%, transparent) }

img { display: block; image-rendering: pixelated }
.mistakes { display: grid; grid-template-columns: repeat(var(--across, 2), minmax(0, 1fr)); gap: 0.75rem; list-style: none }
.mistakes li { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.5rem; align-content: start; border: 1px solid var(--line); border-radius: var(--radius); padding: 0.75rem; break-inside: avoid }
.mistakes img { width: 100%; max-width: 7rem; height: auto; margin: 0 auto; background: var(--panel); border-radius: 0.3rem }
.mistakes p { font-size: var(--small); line-height: 1.4 }
.mistakes .sure { color: var(--wrong); font-weight: 700 }
.mistakes .own { color: var(--right); font-weight: 700 }
.mistakes .two { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 0.6rem }
.bars { display: grid; grid-template-columns: repeat(10, minmax(0, 1fr)); gap: 2px; font-size: var(--tiny); line-height: 1; text-align: center; color: var(--quiet) }
.bars span { display: grid; grid-template-rows: 1.75rem auto; gap: 0.2rem }
.bars i { align-self: end; height: max(1px, calc(var(--p) * 100%)); border-radius: 1px 1px 0 0; background: var(--quiet); print-color-adjust: exact; -webkit-print-color-adjust: exact }
.pair > figure:only-child { max-width: 32rem }
.pairs { columns: 18rem 3; column-gap: 1.5rem; padding-inline-start: 1.2rem; font-size: var(--small) }
.pairs li { break-inside: avoid }
.pairs b { color: var(--wrong) }
.heat { border: 1px solid var(--line); border-radius: var(--radius); max-height: 50rem; overflow: auto }
.heat svg { display: block; max-width: none; font: 11px system-ui, sans-serif; color: var(--quiet) }
.bars .taken i { background: var(--wrong) }
.bars .true i { background: var(--right) }
.bars .taken { color: var(--wrong); font-weight: 700 }
.bars .true { color: var(--right); font-weight: 700 }
@media (prefers-color-scheme: dark) { .ink { filter: invert(1) } .mistakes img.ink { background: light-dark(#f6f7f9, #e2e0da) } }
@media print { .ink { filter: none } }
/* Six figures and twelve mistakes, in whole rows. */
@media (min-width: 30rem) { .figures, .mistakes { --across: 3 } }
@media (min-width: 44rem) { .mistakes { --across: 4 } }
@media (min-width: 60rem) { .figures, .mistakes { --across: 6 } }

.weights { display: grid; grid-template-columns: repeat(auto-fill, minmax(5.5rem, 1fr)); gap: 0.75rem; list-style: none }
.weights.few { grid-template-columns: repeat(auto-fill, minmax(max(5.5rem, 17%), 1fr)) }
.weights li { font-size: var(--small); color: var(--quiet); text-align: center; break-inside: avoid }
.weights img { width: 100%; height: auto; border: 1px solid var(--line); border-radius: 0.3rem }
.scale { display: grid; grid-template-columns: 1fr auto 1fr; max-width: 22rem; font-size: var(--small); color: var(--quiet) }
.scale i { grid-column: 1 / -1; height: 0.6rem; margin-bottom: 0.2rem; border: 1px solid var(--line); border-radius: 0.3rem; background: linear-gradient(to right, var(--weight-negative), transparent, var(--weight-positive)); print-color-adjust: exact; -webkit-print-color-adjust: exact }
.scale span:last-child { text-align: end }

footer { margin-top: clamp(2.5rem, 6vw, 4rem); border-top: 1px solid var(--line); padding-top: 1rem; font-size: var(--small); color: var(--quiet) }

@media (max-width: 30rem) {
  .text, .text tbody, .text tr, .text th, .text td { display: block; width: auto }
  .text td { border-top: 0; padding-top: 0 }
  .text th { padding-bottom: 0 }
  .figures dd { font-size: 1.125rem }
}
@media print {
  body { max-width: none; padding: 0 }
  details:not([open]) { display: none }
  figure, .figures, tr { break-inside: avoid }
  h2 { break-after: avoid }
  section { margin-top: 1.5rem }
  .scroll, .heat { overflow: visible }
  .heat { max-height: none }
  .figures, .mistakes { --across: 6 }
  .weights.few { grid-template-columns: repeat(5, 1fr) }
  .weights { grid-template-columns: repeat(8, 1fr) }
}
@page { margin: 16mm }
`;
