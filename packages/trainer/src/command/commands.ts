import { Command } from 'commander';
import type { Reporter } from '../console/reporter.ts';
import { exitCodes } from '../errors.ts';
import type { TrainParts } from './train.ts';
import { TUTORIAL_SPLIT, trainDefaults } from './train-options.ts';

/**
 * The commands: names, help, and what each runs. Values stay text here; the schemas check them. A default is part of the
 * description and unknown to commander, so that an option that nobody typed stays undefined.
 *
 * A command's modules are loaded when it runs, so that help and errors on the command line appear at once.
 */

/** What the commands work with. */
export interface CommandContext {
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  /** What `train` is made of; left out for the real parts. */
  readonly parts?: TrainParts | undefined;
}

type Flags = Record<string, unknown>;

const MODEL = 'a .safetensors, .onnx or .json file, or a run folder';
const JSON_LINES = 'write JSON lines, and nothing else, to standard output';
const JSON_LINE = 'write one JSON line, and nothing else, to standard output';

export function trainCommand({ reporter, signal, parts }: CommandContext): Command {
  const { hidden, epochs, batchSize, lr, momentum, seed, shards, parallel, init } = trainDefaults;
  const command = new Command('train')
    .description('train a network and write a run folder (the default command)')
    .option(
      '--data <source>',
      `mnist, or any small labelled images: a table (CSV, TSV, libsvm, ARFF), IDX, npy, npz or Parquet files, a folder of PNG or JPEG files, any of these in zip or gzip, or - for standard input (default: ${trainDefaults.data})`,
    )
    .option(
      '--test-data <source>',
      'test set, in any form that --data takes; mnist and some other sources contain their own',
    )
    .option(
      '--validation-split <share>',
      `share of the training data held out for validation (default: ${TUTORIAL_SPLIT}, and 0 if there is a test set)`,
    )
    .option('--hidden <sizes>', `sizes of the hidden layers, as 10 or 128,64 (default: ${hidden.join()})`)
    .option('--epochs <n>', `passes over the training data; 0 saves the initial model (default: ${epochs})`)
    .option('--batch-size <n>', `samples per step, or full for all of them (default: ${batchSize})`)
    .option('--lr <rate>', `learning rate (default: ${lr})`)
    .option('--momentum <share>', `momentum of gradient descent, from 0 to below 1 (default: ${momentum})`)
    .option('--seed <n>', `random seed (default: ${seed})`)
    .option(
      '--threads <n>',
      'worker threads; they do not change the result (default: one per core, at most one per shard)',
    )
    .option(
      '--shards <n>',
      `shards per minibatch; they can change the last bits of the result (default: ${shards})`,
    )
    .option(
      '--parallel <strategy>',
      `data: each worker computes the gradients of its shards, which are averaged before the step; rows: each worker owns rows of the first layer, which can be faster for the smallest networks (default: ${parallel})`,
    )
    .option('--init <kind>', `initial weights: uniform, he or glorot (default: ${init})`)
    .option(
      '--preset <name>',
      `notebook: the tutorial’s own run (full batch, 500 epochs, validation split ${TUTORIAL_SPLIT})`,
    );
  return addRunOptions(addDataOptions(command)).action(async ({ json: _json, ...flags }: Flags) => {
    const warn = (code: string, message: string): void => reporter.warning(code, message);
    const { resolveTrainOptions } = await import('./options.ts');
    const request = await resolveTrainOptions(flags, warn, signal);
    const { train } = await import('./train.ts');
    await train(request, reporter, signal, parts);
  });
}

/** The options that say how to read data. What they leave out is found from the data itself, and said. */
function addDataOptions(command: Command): Command {
  return command
    .option('--label-column <column>', 'column of the label: its name, its number from 1, last, or none')
    .option(
      '--pixel-scale <number>',
      'the number of full ink, as 1, 16 or 255, or the numbers of paper and ink, as -1..1',
    )
    .option('--invert', 'exchange black and white')
    .option('--no-invert', 'keep black and white')
    .option('--transpose', 'exchange the rows and columns of each image')
    .option('--no-transpose', 'keep the rows and columns of each image')
    .option('--size <size>', 'resample all images to this width and height, as 28x28')
    .option('--colours <what>', 'images in colour: grey (by luma) or refuse (default: grey)')
    .option(
      '--class-names <file>',
      'what to call the classes: a text or JSON file, or EMNIST’s mapping file',
    );
}

/** The options of `train` that concern the machine and the run folder rather than the network. */
function addRunOptions(command: Command): Command {
  const { earlyStop, checkpointEvery, maxRestarts } = trainDefaults;
  return (
    addBackendOption(command)
      .option(
        '--early-stop <n>',
        `stop after n epochs without a lower validation loss; needs a validation set (default: ${earlyStop})`,
      )
      .option('--out <folder>', 'run folder, new or empty (default: runs/<time>)')
      .option(
        '--resume <folder>',
        'continue the run in this folder, bit for bit as if it had never stopped; a larger --epochs extends it',
      )
      .option(
        '--checkpoint-every <n>',
        `steps between checkpoints within an epoch; each epoch ends with one (default: ${checkpointEvery})`,
      )
      .option('--max-restarts <n>', `restarts allowed after a worker dies (default: ${maxRestarts})`)
      // Both spellings, so that the option is undefined unless it was typed, and a configuration file can set it.
      .option('--cache', 'keep the parsed data for the next run (default)')
      .option('--no-cache', 'parse the data again; don’t use the cache')
      .option('--config <file>', 'JSON file of these options; flags override it')
      .option('--json', JSON_LINES)
  );
}

function addBackendOption(command: Command): Command {
  return command.option(
    '--backend <name>',
    `wasm: the float32 kernels; reference: core’s readable float64 code (default: ${trainDefaults.backend})`,
  );
}

/** The options that say how to read the model of another program. */
function addModelOptions(command: Command): Command {
  return command
    .option(
      '--input-scale <range>',
      'what the model of another program takes for paper and ink, as 0..1, 0..255 or -1..1, or mean,std of its normalisation',
    )
    .option('--transposed <yes|no>', 'whether the weights of such a model are inputs × outputs');
}

export function evaluateCommand({ reporter, signal }: CommandContext): Command {
  const command = new Command('evaluate')
    .description('print accuracy, loss and confusion matrix of a saved model')
    .argument('<model>', `${MODEL} (its last model)`)
    .option(
      '--data <source>',
      `labelled images in any form that train takes: their test set, or the only set (default: ${trainDefaults.data})`,
    )
    .option('--threads <n>', 'worker threads (default: one per core)');
  return addBackendOption(addModelOptions(addDataOptions(command)))
    .option('--cache', 'keep the parsed data for the next run (default)')
    .option('--no-cache', 'parse the data again; don’t use the cache')
    .option('--json', JSON_LINE)
    .action(async (model: string, { json: _json, ...flags }: Flags) => {
      const { resolveEvaluateOptions } = await import('./options.ts');
      const options = resolveEvaluateOptions(model, flags);
      const { evaluate } = await import('./evaluate.ts');
      await evaluate(options, reporter, signal);
    });
}

export function predictCommand({ reporter, signal }: CommandContext): Command {
  const command = new Command('predict')
    .description(
      'classify pictures (PNG or JPEG, of any size), or every image of a table, an archive or a folder',
    )
    .argument('<model>', MODEL)
    .argument(
      '<source...>',
      'pictures of one drawing each, or sources in any form that train takes, with or without labels',
    )
    .option(
      '--out <file>',
      'file to create: a CSV like Kaggle’s sample_submission.csv, or JSON lines (.jsonl)',
    )
    .option('--format <name>', 'csv or jsonl (default: the extension of --out, or csv)')
    .option('--probabilities', 'write the probability of each class, too')
    .option('--as-is', 'give the network each picture as it is, resampled to its size at most')
    .option('--frame', 'place each image, of a table too, as the training images are placed')
    .option('--threads <n>', 'threads that read a table (default: one per core)');
  return addModelOptions(addDataOptions(command))
    .option('--cache', 'keep the parsed data for the next run (default)')
    .option('--no-cache', 'parse the data again; don’t use the cache')
    .option('--json', `${JSON_LINES}; one line per image`)
    .action(async (model: string, sources: string[], { json: _json, ...flags }: Flags) => {
      const { resolvePredictOptions } = await import('./predict/predict-options.ts');
      const options = resolvePredictOptions(model, sources, flags);
      const { predict } = await import('./predict/predict.ts');
      process.exitCode = await predict(options, reporter, signal);
    });
}

export function exportCommand({ reporter, signal }: CommandContext): Command {
  const command = new Command('export')
    .description('convert a saved model to safetensors, ONNX or JSON')
    .argument('<model>', `${MODEL} (its best model)`)
    .option('--format <name>', 'safetensors, onnx or json (default: the extension of --out)')
    .option(
      '--scale <where>',
      'where ONNX pixels are divided by 255: inside the model, or outside, before it (default: inside)',
    )
    .option('--out <file>', 'file to create (default: model.<format>)');
  return addModelOptions(command)
    .option('--json', JSON_LINE)
    .action(async (model: string, { json: _json, ...flags }: Flags) => {
      const { exportModel, resolveExportOptions } = await import('./export.ts');
      await exportModel(resolveExportOptions(model, flags), reporter, signal);
    });
}

export function benchCommand({ signal }: CommandContext): Command {
  return new Command('bench')
    .description('measure the speed of MicroNN and of the installed peers on this machine')
    .option('--quick', 'smoke run: its timings mean nothing')
    .option('--threads <n>', 'largest number of worker threads to measure (default: one per core)')
    .option(
      '--only <section>',
      'measure one section: commands, peers, epochs, csv or inference; keep the others in the --out file',
    )
    .option('--rounds <n>', 'timed rounds of each measurement (default: 5, of whole commands 7, quick 1)')
    .option('--out <file>', 'JSON file of the results (default: bench.json)')
    .option('--peers <folder>', 'folder of the npm peers (default: the trainer’s node_modules/.cache)')
    .option('--install-peers', 'install TensorFlow.js and brain.js into that folder, and measure nothing')
    .option('--json', 'write the rows as JSON lines, and nothing else, to standard output')
    .action(async ({ json, ...flags }: Flags) => {
      const { bench, resolveBenchOptions } = await import('../bench/bench.ts');
      await bench(resolveBenchOptions(flags), json === true, signal);
    });
}

/** The exit codes, for the end of the help. */
export function exitCodesHelp(): string {
  const { unexpected, options, data, diverged, workers, model, interrupted } = exitCodes;
  return [
    `Exit codes: 0 success · ${unexpected} internal error · ${options} options, configuration or run folder · ${data} data ·`,
    `${diverged} diverged · ${workers} workers failed · ${model} damaged or missing model or checkpoint · ${interrupted} interrupted`,
  ].join('\n');
}
