import type { InputScale } from '@micronn/core/other-models';
import { MicronnError } from '../errors.ts';
import { parseInputScale } from '../run-folder/input-scale.ts';
import { fromWhereTyped } from './paths.ts';

/** Which model a command reads, and how, if it is another program's. */
export interface ModelOptions {
  readonly model: string;
  /** What the model takes for paper and for full ink. */
  readonly inputScale: InputScale | undefined;
  /** Whether its weights are inputs × outputs. */
  readonly transposed: boolean | undefined;
}

/**
 * Checks the options of a model.
 *
 * @returns them, and the other flags
 * @throws MicronnError (exit code 2) with the option, its value and the expected value
 */
export function resolveModelOptions(
  model: string,
  { inputScale, transposed, ...others }: Record<string, unknown>,
): { own: ModelOptions; others: Record<string, unknown> } {
  if (transposed !== undefined && transposed !== 'yes' && transposed !== 'no') {
    throw new MicronnError(
      'OPTION_VALUE',
      `--transposed must be one of yes, no, got ${JSON.stringify(transposed)}`,
    );
  }
  const own = {
    model: fromWhereTyped(model),
    inputScale: typeof inputScale === 'string' ? parseInputScale(inputScale) : undefined,
    transposed: transposed === undefined ? undefined : transposed === 'yes',
  };
  return { own, others };
}
