import { count, share } from '../console/format.ts';
import type { EpochMetrics } from '../run-folder/metrics-files.ts';
import { classScores } from './class-scores.ts';
import { type EndedRun, findingsOf } from './findings.ts';
import { html, type Markup, markup } from './html.ts';
import { configurationSection } from './sections/configuration.ts';
import { confusionSection } from './sections/confusion.ts';
import { curvesSection } from './sections/curves.ts';
import { epochs, headline } from './sections/headline.ts';
import { mistakesSection } from './sections/mistakes.ts';
import { throughputSection } from './sections/throughput.ts';
import { weightsSection } from './sections/weights.ts';
import { findSurestMistakes } from './surest-mistakes.ts';
import { css } from './theme.ts';

const MISTAKES = 12;

/** The report loads nothing and runs no script: styles are inline, images are data URIs. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** The whole report as one HTML file. */
export function renderReport(run: EndedRun, metrics: readonly EpochMetrics[]): string {
  const findings = findingsOf(run);
  const { network, evaluated } = run;
  const title = findings
    ? `${share(findings.right / findings.images)} of ${count(findings.images)} ${findings.name} images`
    : epochs(run.position.epoch);
  const body = html`<main>
${headline(run, metrics, findings)}
${metrics.length > 0 && curvesSection(metrics, run.position.best?.epoch)}
${findings && confusionSection(findings, classScores(findings.counts, findings.names))}
${evaluated && mistakesSection(evaluated, run.form, findSurestMistakes(network, evaluated.set, MISTAKES))}
${weightsSection(network, run.form)}
${metrics.length > 0 && throughputSection(metrics, run.start.trainSamples)}
${configurationSection(run)}
</main>`;
  return page(`MicroNN: ${title}`, body).markup;
}

function page(title: string, body: Markup): Markup {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${markup(css)}</style>
</head>
<body>
${body}
</body>
</html>
`;
}
