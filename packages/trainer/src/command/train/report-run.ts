import type { Reporter, RunDone } from '../../console/reporter.ts';
import { MicronnError } from '../../errors.ts';
import type { EndedRun } from '../../report/findings.ts';
import type { writeReport } from '../../report/write-report.ts';
import { parametersSha256 } from '../../run-folder/model-file.ts';
import { saveBestAsOnnx } from '../../run-folder/model-formats.ts';
import type { WorkerPool } from '../../training/pool.ts';
import type { Position } from '../../training/position.ts';
import type { SetEvaluations, TrainingEnd } from '../../training/train-network.ts';
import { warnOfChance } from '../chance.ts';
import { rate, setMetrics } from './metrics.ts';
import type { OpenRun } from './open-run.ts';
import type { RunOutcome } from './train-run.ts';

/** What the report needs besides the run. */
export interface ReportParts {
  readonly pool: WorkerPool;
  readonly reporter: Reporter;
  /** When the command began, on the clock of `performance.now()`. */
  readonly begin: number;
  readonly writeReport: typeof writeReport;
}

/**
 * Writes model.onnx and the report, and reports the end of the run.
 *
 * @throws MicronnError (exit code 130) when the run was interrupted
 */
export async function reportRun(
  run: OpenRun,
  { end, sets, trainSeconds }: RunOutcome,
  { pool, reporter, begin, writeReport: write }: ReportParts,
): Promise<void> {
  const { folder } = run.folder;
  const warn = (code: string, message: string): void => reporter.warning(code, message);
  const ended = endedRun(run, end, pool);
  const [report] = await Promise.all([write(ended, warn), saveBestAsOnnx(folder, warn)]);
  if (end.kind === 'interrupted') throw interrupted(end.position, folder);
  const { epoch } = end.position;
  assertFiniteSets(sets, run);
  const last = sets.test ?? sets.validation;
  if (last && epoch > 0) warnOfChance(last, run.plan.layers.at(-1)!, warn);
  reporter.done({
    ...setMetrics(sets),
    epochs: epoch,
    ...earlyStopOf(end),
    trainSeconds,
    totalSeconds: (performance.now() - begin) / 1000,
    samplesPerSecond: rate((epoch - run.lostEpochs) * run.data.split.train.length, trainSeconds),
    parametersSha256: ended.parametersSha256,
    runDir: folder,
    ...(report !== undefined && { report }),
  });
}

/**
 * Training stops when it diverges; but a run of 0 epochs may begin with parameters whose outputs are not finite.
 *
 * @throws MicronnError (exit code 4)
 */
function assertFiniteSets(sets: SetEvaluations, { folder, plan }: OpenRun): void {
  if (Object.values(sets).every(({ loss }) => Number.isFinite(loss))) return;
  throw new MicronnError(
    'DIVERGED',
    `the outputs of the network ${plan.layers.join('-')} are not finite: choose fewer or smaller layers, or --init he; the model is in ${folder.folder}`,
  );
}

function endedRun({ data, plan, memory, start }: OpenRun, end: TrainingEnd, pool: WorkerPool): EndedRun {
  const parameters = pool.readState(memory).parameters;
  const name = data.dataset.test ? 'test' : 'validation';
  const set = memory.sets.at(-1);
  return {
    start,
    form: data.dataset.form,
    network: { layers: plan.layers, parameters },
    position: end.position,
    ending: end.kind,
    parametersSha256: parametersSha256(parameters),
    ...(set && { evaluated: { name, set } }),
  };
}

function earlyStopOf({ kind, position }: TrainingEnd): Pick<RunDone, 'stoppedEarly'> {
  const { epoch, best } = position;
  if (kind !== 'stopped early' || !best) return {};
  return {
    stoppedEarly: {
      epochsWithoutBetter: epoch - best.epoch,
      bestEpoch: best.epoch,
      bestValidationLoss: best.loss,
    },
  };
}

function interrupted({ epoch, step }: Position, folder: string): MicronnError {
  const where = step > 0 ? `in epoch ${epoch + 1} after step ${step}` : `after epoch ${epoch}`;
  return new MicronnError('INTERRUPTED', `interrupted ${where}; continue with --resume ${folder}`);
}
