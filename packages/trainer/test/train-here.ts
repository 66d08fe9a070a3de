import { resolveTrainOptions } from '../src/command/options.ts';
import { train } from '../src/command/train.ts';
import { MicronnError } from '../src/errors.ts';
import { harnessParts } from './harness/environment.ts';
import type { Fault } from './harness/faults.ts';
import type { JsonEvent } from './json-event.ts';

/**
 * Trains as the command line does, but in this process, which saves the start of another one. A SIGTERM interrupts the
 * run, as it interrupts the command.
 *
 * @param options by name, as commander reads them; paths must be absolute
 * @returns the events of `--json`
 */
export async function trainHere(
  options: Record<string, unknown>,
  ...faults: readonly Fault[]
): Promise<JsonEvent[]> {
  const events: JsonEvent[] = [];
  const tell = (event: string) => (fields: object) => void events.push({ event, ...fields });
  const warning = (code: string, message: string) => tell('warning')({ code, message });
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  process.on('SIGTERM', interrupt);
  try {
    const request = await resolveTrainOptions(options, warning, interruption.signal);
    const reporter = {
      reading: () => undefined,
      preparing: () => undefined,
      start: tell('start'),
      progress: () => undefined,
      epoch: tell('epoch'),
      warning,
      done: tell('done'),
      evaluation: tell('done'),
      exported: tell('done'),
      prediction: tell('done'),
      answers: () => undefined,
      predicted: tell('done'),
      error: tell('error'),
    };
    await train(request, reporter, interruption.signal, harnessParts(faults, false));
  } catch (error) {
    if (!(error instanceof MicronnError)) throw error;
    const { code, message, exitCode } = error;
    tell('error')({ code, message, exitCode });
  } finally {
    process.off('SIGTERM', interrupt);
  }
  return events;
}
