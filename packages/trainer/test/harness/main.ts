/** The command with the test harness: the environment says which faults to inject and whether to omit the report. */
import { run } from '../../src/run.ts';
import { FAULTS_VARIABLE, harnessParts, NO_REPORT_VARIABLE } from './environment.ts';
import type { Fault } from './faults.ts';

const faults = JSON.parse(process.env[FAULTS_VARIABLE] ?? '[]') as Fault[];
await run(process.argv.slice(2), harnessParts(faults, process.env[NO_REPORT_VARIABLE] !== '1'));
