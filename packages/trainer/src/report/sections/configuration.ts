import os from 'node:os';
import { shortPath } from '../../console/format.ts';
import { availableCores } from '../../training/cores.ts';
import type { EndedRun } from '../findings.ts';
import { html, type Markup } from '../html.ts';

/** How to repeat the run: command, configuration, machine. */
export function configurationSection({ start, parametersSha256 }: EndedRun): Markup {
  const { config, layers, runDir } = start;
  const file = shortPath(`${runDir}${runDir.includes('\\') ? '\\' : '/'}config.json`);
  const command = `npm start -- --config ${/^[\w./\\:-]+$/.test(file) ? file : JSON.stringify(file)}`;
  const options: [string, string][] = [
    ['layers', layers.join(' → ')],
    ['read as', start.data],
    ...(start.testData === undefined
      ? []
      : [['test data read as', start.testData] satisfies [string, string]]),
    ...Object.entries(config).map(([name, value]): [string, string] => [name, describe(value)]),
  ];
  const cpu = os.cpus()[0]?.model.trim() ?? 'unknown';
  const machine: [string, string][] = [
    ['processor', `${cpu}, ${availableCores()} cores`],
    ['memory', `${(os.totalmem() / 2 ** 30).toFixed(1)} GiB`],
    ['system', `${os.type()} ${os.release()}, ${os.arch()}`],
    ['Node', `${process.versions.node} (V8 ${process.versions.v8})`],
  ];
  return html`<section aria-labelledby="repeat">
<h2 id="repeat">Repeat this run</h2>
<p><code>${command}</code></p>
<p>This command gives the same parameters, bit for bit, on any machine and any number of threads. Their SHA-256, as little-endian float32:</p>
<p><code id="parameters-sha256">${parametersSha256}</code></p>
<div class="pair">
<div><h3 id="options">Configuration</h3>${list('options', options)}</div>
<div><h3 id="machine">Machine and versions</h3>${list('machine', machine)}</div>
</div>
</section>`;
}

function list(labelledBy: string, rows: readonly [string, string][]): Markup {
  return html`<table class="text" aria-labelledby="${labelledBy}"><tbody>${rows.map(
    ([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>
`,
  )}</tbody></table>`;
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
