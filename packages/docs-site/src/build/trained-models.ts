import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

/** The models that the site starts from, by name, each with the command that trains it: `micronn train <options>`. */
export const modelOptions = {
  ten: [],
  wide: ['--hidden', '128', '--init', 'he'],
} as const satisfies Record<string, readonly string[]>;

export type ModelName = keyof typeof modelOptions;

export interface TrainedModel {
  readonly name: ModelName;
  /** As one would type it. */
  readonly command: string;
  readonly safetensors: Uint8Array;
  /** What the command said at its end, of MNIST's 10,000 test images. */
  readonly testAccuracy: number;
  readonly testLoss: number;
  readonly epochs: number;
  readonly parametersSha256: string;
}

const models = new Map<ModelName, Promise<TrainedModel>>();

/**
 * A model that the trainer's command has trained on all of MNIST, for this build or, as the bits are the same
 * every time, for one before it with the same sources.
 */
export function trainedModel(name: ModelName): Promise<TrainedModel> {
  const known = models.get(name);
  if (known) return known;
  const model = load(name);
  models.set(name, model);
  return model;
}

/** Astro builds and serves from the package's folder; its own chunks stand elsewhere. */
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
    return train(path.join(trainer, 'src', 'main.ts'), options, folder);
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

/** Trains into a folder beside the one that is wanted, which is there whole or not at all, and gives what was said. */
async function train(main: string, options: readonly string[], folder: string): Promise<string> {
  await mkdir(kept, { recursive: true });
  const beside = await mkdtemp(path.join(kept, 'training-'));
  const run = path.join(beside, 'run');
  const args = [main, 'train', ...options, '--json', '--out', run];
  const command = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    command[stream].setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text;
    });
  }
  const [code] = (await once(command, 'close')) as [number | null];
  if (code !== 0) {
    throw new Error(`micronn ${args.slice(1).join(' ')} ended with ${code}: ${said.stdout}${said.stderr}`);
  }
  await writeFile(path.join(run, 'events.jsonl'), said.stdout);
  // Another build may have been quicker; what it left is the same.
  await rename(run, folder).catch((error) => {
    if (!['ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error;
  });
  await rm(beside, { recursive: true, force: true });
  return said.stdout;
}

/** Of every source that a model's bits could depend on, and of its options. */
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
