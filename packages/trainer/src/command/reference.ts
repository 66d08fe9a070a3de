import { type BenchReport, describeDates, describeReport } from '../bench/bench-report.ts';
import { shownBenchmark } from '../bench/shown-benchmark.ts';
import { type CommandLine, describeCommandLine } from './describe.ts';
import { describeEvents, type EventField, type EventTypeName } from './describe-events.ts';

/** The trainer's reference as data, for the site: `@micronn/trainer/reference`. */

export type { BenchRow } from '../bench/bench-rows.ts';
export type { CodeMeaning } from './describe.ts';
export { type SourceDescription, sources } from './describe-sources.ts';

const commandLine: CommandLine = describeCommandLine();

export const commands: CommandLine['commands'] = commandLine.commands;
export const errors: CommandLine['errors'] = commandLine.errors;
export const warnings: CommandLine['warnings'] = commandLine.warnings;

/** The fields of the events that `--json` prints. */
export const events: Readonly<Record<EventTypeName, readonly EventField[]>> = describeEvents();

/** bench/latest.json, the days of its measurements, and the table that `bench` prints for it. */
export const benchmark: BenchReport & { readonly days: string; readonly printed: string } = {
  ...shownBenchmark,
  days: describeDates(shownBenchmark.dates),
  printed: describeReport(shownBenchmark),
};
