import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Declaration, readModules } from './declarations.ts';
import { signatureHtml } from './signature.ts';

/** What the trainer says of itself: printed by its scripts/describe.ts, and the shapes of its events. */
export interface TrainerReference {
  readonly commands: readonly CommandDescription[];
  readonly errors: readonly {
    readonly exitCode: number;
    readonly family: string;
    readonly codes: readonly CodeMeaning[];
  }[];
  readonly warnings: readonly CodeMeaning[];
  readonly benchmark: Benchmark;
  /** Interfaces of the events' fields as HTML, by name. */
  readonly shapes: Readonly<Record<string, string>>;
}

interface CommandDescription {
  readonly name: string;
  readonly description: string;
  readonly arguments: readonly { readonly term: string; readonly description: string }[];
  readonly options: readonly {
    readonly flags: string;
    readonly description: string;
    readonly standard?: string;
    readonly schema?: { readonly expected: string; readonly fixedOnResume: boolean };
  }[];
}

export interface CodeMeaning {
  readonly code: string;
  readonly meaning: string;
}

interface Benchmark {
  readonly date: string;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly rows: readonly BenchmarkRow[];
  /** What the command printed. */
  readonly printed: string;
}

export interface BenchmarkRow {
  readonly section: string;
  readonly name: string;
  readonly runner: string;
  readonly threads: number | null;
  readonly unit: string;
  readonly median: number | null;
  readonly least: number | null;
  readonly most: number | null;
  readonly ratios: Readonly<Record<string, number>>;
}

const trainer = new URL('.', import.meta.resolve('@micronn/trainer/package.json'));

/** Where the fields of the events are declared. */
const shapeFiles = {
  'src/console/reporter.ts': ['RunStart', 'RunDone', 'ModelEvaluation', 'ModelExport', 'DigitPrediction'],
  'src/run-folder/metrics-files.ts': ['EpochMetrics'],
  'src/errors.ts': ['Place'],
} as const;

/** Runs the trainer's own description, so that its modules stay out of the site's build. */
export function readTrainer(): TrainerReference {
  const script = fileURLToPath(new URL('scripts/describe.ts', trainer));
  const described = JSON.parse(execFileSync(process.execPath, [script], { encoding: 'utf8' })) as Omit<
    TrainerReference,
    'shapes'
  >;
  return { ...described, shapes: readShapes() };
}

function readShapes(): Record<string, string> {
  const files = Object.keys(shapeFiles) as (keyof typeof shapeFiles)[];
  const modules = readModules(files.map((file) => fileURLToPath(new URL(file, trainer))));
  const shapes: Record<string, string> = {};
  for (const [k, file] of files.entries()) {
    for (const name of shapeFiles[file]) {
      const declaration: Declaration | undefined = modules[k]!.exports.find((each) => each.name === name);
      if (!declaration) throw new Error(`${file}: expected ${name}`);
      shapes[name] = signatureHtml(declaration.signature, () => undefined);
    }
  }
  return shapes;
}
