import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { createJsonReporter } from '../console/json-reporter.ts';
import { createPlainReporter } from '../console/plain-reporter.ts';
import type { Reporter } from '../console/reporter.ts';
import { createTerminalReporter } from '../console/terminal-reporter.ts';
import { MicronnError } from '../errors.ts';
import { evaluate } from './evaluate.ts';
import { exportModel, resolveExportOptions } from './export.ts';
import { resolveEvaluateOptions, resolveTrainOptions } from './options.ts';
import { predict, resolvePredictOptions } from './predict.ts';
import { productionParts, type TrainParts, train } from './train.ts';

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

/**
 * The command line: names, help and what runs. Values are checked by the schema in options.ts, so here they
 * stay text.
 */

/** `--json` is needed before commander has read anything, for an error on the command line itself. */
export function createReporter(args: readonly string[]): Reporter {
  if (args.includes('--json')) return createJsonReporter();
  return process.stdout.isTTY ? createTerminalReporter() : createPlainReporter();
}

/**
 * Reads the command line and does what it says.
 *
 * @throws MicronnError with exit code 2 when the command line is wrong, or whatever ends the command
 */
export async function runProgram(
  args: readonly string[],
  reporter: Reporter,
  signal: AbortSignal,
  parts: TrainParts = productionParts,
): Promise<void> {
  const program = createProgram(reporter, signal, parts);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help was asked for and given.
    if (error.exitCode === 0) return;
    throw new MicronnError(
      error.code === 'commander.unknownOption' ? 'OPTION_UNKNOWN' : 'COMMAND_LINE',
      sentence(error),
      {},
      { cause: error },
    );
  }
}

/** The commands with their options; what they do is bound to a reporter and to what stops them. */
export function createProgram(
  reporter: Reporter,
  signal: AbortSignal,
  parts: TrainParts = productionParts,
): Command {
  const program = new Command('micronn')
    .description('Trains a neural network from scratch on MNIST, on all cores.')
    .version(version, '--version', 'the version of this program')
    .exitOverride()
    // Its own errors are thrown, and printed by the reporter.
    .configureOutput({ writeErr: () => undefined })
    .showSuggestionAfterError()
    .helpCommand(false);

  const trainCommand = program
    .command('train', { isDefault: true })
    .description('train a network and leave a run folder (this is what no command at all does)')
    .option(
      '--data <source>',
      'mnist, a folder with the four IDX files (.gz or not), or a CSV in Kaggle’s form (default: mnist)',
    )
    .option('--test-data <source>', 'what to test on, as for --data; of a folder and of mnist, the test set')
    .option(
      '--validation-split <share>',
      'share of the training data held back to validate (default: 0.2 for a single CSV, 0 where there is a test set)',
    )
    .option('--hidden <sizes>', 'hidden layer sizes, as 10 or 128,64 (default: 10)')
    .option('--epochs <n>', 'times through the training data; 0 saves the initial model (default: 10)')
    .option('--batch-size <n>', 'samples per step, or full (default: 64)')
    .option('--lr <rate>', 'learning rate (default: 0.1)')
    .option('--momentum <share>', 'momentum of gradient descent, from 0 to below 1 (default: 0)')
    .option('--seed <n>', 'what every random draw comes from (default: 42)')
    .option('--threads <n>', 'workers; the result does not depend on them (default: one per core)')
    .option(
      '--shards <n>',
      'shards a minibatch is cut into; fixed, as the last bits can depend on them (default: 4)',
    )
    .option('--init <kind>', 'uniform, he or glorot (default: uniform)')
    .option(
      '--preset <name>',
      'notebook: full batch, 500 epochs, validation split 0.2, as the tutorial was published',
    )
    .option(
      '--backend <name>',
      'what computes: wasm, the float32 kernels, or reference, core’s float64 (default: wasm)',
    )
    .option(
      '--early-stop <n>',
      'stop after n epochs without a better validation loss; needs a part held back to validate (default: off)',
    )
    .option('--out <folder>', 'run folder, new or empty (default: runs/<time>)')
    .option(
      '--resume <folder>',
      'go on with the run in this folder, bit for bit as if never stopped; with larger --epochs, further than first planned',
    )
    .option(
      '--checkpoint-every <n>',
      'steps between checkpoints within an epoch; there is always one at its end (default: off)',
    )
    .option('--max-restarts <n>', 'how often to begin again after a worker died (default: 3)')
    // Both spellings, so that neither is set unless it was typed, and a configuration file has its say.
    .option('--cache', 'keep what was parsed from a CSV for the next run (default)')
    .option('--no-cache', 'parse a CSV anew, and keep nothing')
    .option('--config <file>', 'a JSON file of these options; flags win')
    .option('--json', 'JSON lines on standard output and nothing else there')
    .action(async ({ json: _json, ...flags }: Record<string, unknown>) => {
      const warn = (code: string, message: string): void => reporter.warning(code, message);
      await train(await resolveTrainOptions(flags, warn), reporter, signal, parts);
    });

  program
    .command('evaluate')
    .description('accuracy, loss and confusion matrix of a saved model')
    .argument('<model>', 'a .safetensors, .onnx or .json file, or a run folder (its last model)')
    .option(
      '--data <source>',
      'mnist, a folder with IDX files (their test set), or a CSV (all of it) (default: mnist)',
    )
    .option('--threads <n>', 'workers (default: one per core)')
    .option(
      '--backend <name>',
      'what computes: wasm, the float32 kernels, or reference, core’s float64 (default: wasm)',
    )
    .option('--cache', 'keep what was parsed from a CSV for the next run (default)')
    .option('--no-cache', 'parse a CSV anew, and keep nothing')
    .option('--json', 'one JSON line on standard output and nothing else there')
    .action(async (model: string, { json: _json, ...flags }: Record<string, unknown>) => {
      await evaluate(resolveEvaluateOptions(model, flags), reporter, signal);
    });

  program
    .command('predict')
    .description('the digit in one or more PNG files, of any size, dark on light or light on dark')
    .argument('<model>', 'a .safetensors, .onnx or .json file, or a run folder')
    .argument('<png...>', 'images with one drawn digit each')
    .option('--json', 'a JSON line for each image on standard output and nothing else there')
    .action(async (model: string, images: string[]) => {
      process.exitCode = await predict(resolvePredictOptions(model, images), reporter, signal);
    });

  program
    .command('export')
    .description('a saved model as safetensors, ONNX or JSON, for other programs')
    .argument('<model>', 'a .safetensors, .onnx or .json file, or a run folder (its best model)')
    .option('--format <name>', 'safetensors, onnx or json (default: as --out ends)')
    .option(
      '--scale <where>',
      'where ONNX divides pixels by 255: inside of the model, or outside, before it (default: inside)',
    )
    .option('--out <file>', 'a new file (default: model.<format>)')
    .option('--json', 'one JSON line on standard output and nothing else there')
    .action(async (model: string, { json: _json, ...flags }: Record<string, unknown>) => {
      await exportModel(resolveExportOptions(model, flags), reporter);
    });

  program
    .command('bench')
    .description('time this machine, and the peers that are installed on it')
    .option('--quick', 'a small part of everything, which says nothing about speed')
    .option('--threads <n>', 'the most workers to measure with (default: one per core)')
    .option('--rounds <n>', 'how often each thing is timed (default: 5, quick 1)')
    .option('--out <file>', 'where the JSON goes (default: bench.json)')
    .option('--peers <folder>', 'where the peers from npm lie (default: the trainer’s node_modules/.cache)')
    .option('--install-peers', 'install TensorFlow.js and brain.js there, and measure nothing')
    .option('--json', 'the rows as JSON lines on standard output and nothing else there')
    .action(async ({ json, ...flags }: Record<string, unknown>) => {
      // Loaded only here: training starts sooner without it.
      const { bench, resolveBenchOptions } = await import('../bench/bench.ts');
      await bench(resolveBenchOptions(flags), json === true, signal);
    });

  program.addHelpText(
    'after',
    () =>
      `\n${'─'.repeat(78)}\n\n${trainCommand.helpInformation()}\nExit codes: 0 done · 1 a mistake of ours · 2 options or configuration · 3 data · 4 diverged ·\n5 workers failed · 6 model or checkpoint damaged · 130 interrupted`,
  );
  return program;
}

/** Commander's message as a sentence of ours. */
function sentence(error: CommanderError): string {
  const surplus =
    error.code === 'commander.excessArguments' && /for '(\w+)'.* got \d+: (.*)\.$/.exec(error.message);
  if (surplus) {
    const [, command, got] = surplus;
    return command === 'train'
      ? `expected train, evaluate, predict, export or bench and their options, got ${got}`
      : `expected fewer arguments for ${command}, got ${got}`;
  }
  return error.message.replace(/^error: /, '').replaceAll('\n', ' ');
}
