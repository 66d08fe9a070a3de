import type { TrainParts } from '../../src/command/train.ts';
import { writeReport } from '../../src/report/write-report.ts';
import type { Fault } from './faults.ts';
import { createFaultyPool } from './faulty-pool.ts';

/** Faults as a JSON list, for {@link file://./main.ts}. */
export const FAULTS_VARIABLE = 'MICRONN_TEST_FAULTS';
/** Set to 1: without the report, which takes longer to draw than a small run to train. */
export const NO_REPORT_VARIABLE = 'MICRONN_TEST_NO_REPORT';

/** The parts of `train` with the faults to inject, and with or without the report. */
export function harnessParts(faults: readonly Fault[], report: boolean): TrainParts {
  return {
    createPool(threads, backend) {
      const pool = createFaultyPool(threads, backend);
      pool.plan(faults);
      return pool;
    },
    writeReport: report ? writeReport : async () => undefined,
  };
}
