import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

/** The models of the site by name, with the options of their training: `micronn train <options>`. */
export const modelOptions = {
  ten: [],
  wide: ['--hidden', '128', '--init', 'he'],
} as const satisfies Record<string, readonly string[]>;

export type ModelName = keyof typeof modelOptions;

export interface TrainedModel {
  readonly name: ModelName;
  /** The command that trains the model. */
  readonly command: string;
  readonly safetensors: Uint8Array;
  /** Accuracy on MNIST's 10,000 test images, as the command reported it. */
  readonly testAccuracy: number;
  readonly testLoss: number;
  readonly epochs: number;
  readonly parametersSha256: string;
}

const models = new Map<ModelName, Promise<TrainedModel>>();

/**
 * A model that the trainer's command trained on all of MNIST. A model of an earlier build with the same sources is
 * reused, as it has the same bits.
 */
export function trainedModel(name: ModelName): Promise<TrainedModel> {
  const known = models.get(name);
  if (known) return known;
  const model = load(name);
  models.set(name, model);
  return model;
}

/** The package's folder is the working directory of Astro. The folder of this module's chunk is a different one. */
const packageFile = path.join(process.cwd(), 'package.json');
const kept = path.join(process.cwd(), 'node_modules', '.cache', 'micronn-models');

async function load(name: ModelName): Promise<TrainedModel> {
  const options = modelOptions[name];
  const trainer = path.dirname(createRequire(packageFile).resolve('@micronn/trainer/package.json'));
  const core = path.join(trainer, '..', 'core');
  const key = await fingerprint([path.join(core, 'src'), path.join(trainer, 'src')], options);
  const folder = path.join(kept, `${name}-${key}`);
  const events = await readFile(path.join(folder, 'events.jsonl'), 'utf8').catch((error) => {
    if (error.code !== 'ENOENT') throw error;
    return train(path.join(trainer, 'bin', 'micronn.mjs'), options, folder);
  });
  const done = JSON.parse(events.trim().split('\n').at(-1)!);
  const { testAccuracy, testLoss, epochs, parametersSha256 } = done;
  return {
    name,
    command: ['npm start', ...(options.length > 0 ? ['--', ...options] : [])].join(' '),
    safetensors: await readFile(path.join(folder, 'last.safetensors')),
    testAccuracy,
    testLoss,
    epochs,
    parametersSha256,
  };
}

/** Trains into a temporary folder and renames it, so that the folder is complete or missing. Gives the events. */
async function train(main: string, options: readonly string[], folder: string): Promise<string> {
  await mkdir(kept, { recursive: true });
  const beside = await mkdtemp(path.join(kept, 'training-'));
  const run = path.join(beside, 'run');
  const args = [main, 'train', ...options, '--json', '--out', run];
  const command = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    command[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text;
    });
  }
  const [code] = (await once(command, 'close')) as [number | null];
  if (code !== 0) {
    throw new Error(
      `micronn ${args.slice(1).join(' ')} ended with ${code}: ${output.stdout}${output.stderr}`,
    );
  }
  await writeFile(path.join(run, 'events.jsonl'), output.stdout);
  // Another build may have finished first, with the same result.
  await rename(run, folder).catch((error) => {
    if (!['ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error;
  });
  await rm(beside, { recursive: true, force: true });
  return output.stdout;
}

/** A hash over the options and all sources that the bits of a model can depend on. */
async function fingerprint(folders: readonly string[], options: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(options));
  for (const folder of folders) {
    const files = (await readdir(folder, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
      .map(({ parentPath, name }) => path.join(parentPath, name))
      .toSorted();
    for (const file of files) hash.update(path.relative(folder, file)).update(await readFile(file));
  }
  return hash.digest('hex').slice(0, 16);
}
