import { type FileHandle, open, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Classes } from '@micronn/core/data';
import type { PredictedSource, Reporter } from '../../console/reporter.ts';
import { MicronnError } from '../../errors.ts';
import { createFolder } from '../../files/create-folder.ts';
import { isThere } from '../../files/is-there.ts';
import { syncFolder, takeName, temporaryName } from '../../files/write-whole.ts';
import type { PredictOptions } from './predict-options.ts';
import { type Answer, answerFields, answerText } from './prediction-file.ts';

/** Where the answers of a source go: to a file, which gets its name at the end, or to standard output. */
export interface Answers {
  take(this: void, answers: readonly Answer[]): Promise<void>;
  /** Gives the file its name, and reports what was predicted. */
  end(summary: Omit<PredictedSource, 'out' | 'source'>): Promise<void>;
  /** Removes what was written to a file. */
  discard(): Promise<void>;
}

/** What the answers are about. */
export interface AnswersFacts {
  readonly classes: Classes;
  /** Whether each answer is about a file; otherwise about a row. */
  readonly files: boolean;
  readonly source?: string;
}

/**
 * @throws MicronnError (exit code 2) when the file is there already, or cannot be written
 */
export async function openAnswers(
  { out, format, probabilities }: PredictOptions,
  { classes, files, source }: AnswersFacts,
  reporter: Reporter,
): Promise<Answers> {
  const text = answerText(format, classes, { files, probabilities });
  const linesOf = (answers: readonly Answer[]): string => answers.map(text.line).join('');
  const of = source === undefined ? {} : { source };
  if (out === undefined) {
    let head = text.head;
    return {
      take(answers) {
        const fields = answers.map((answer) => answerFields(answer, classes, files));
        reporter.answers(source ?? '', fields, head + linesOf(answers));
        head = '';
        return Promise.resolve();
      },
      end(summary) {
        reporter.predicted({ ...of, ...summary });
        return Promise.resolve();
      },
      discard: () => Promise.resolve(),
    };
  }
  if (await isThere(out)) throw unwritable(out, 'the file already exists');
  const temporary = temporaryName(out);
  let handle: FileHandle | undefined;
  const written = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (cause) {
      throw unwritable(
        out,
        `cannot write the file: ${(cause as Error).message.replaceAll(temporary, out)}`,
        cause,
      );
    }
  };
  await written(async () => {
    await createFolder(path.dirname(out));
    handle = await open(temporary, 'wx');
    await handle.write(text.head);
  });
  return {
    take: (answers) => written(() => handle!.write(linesOf(answers))),
    async end(summary) {
      await written(async () => {
        await handle!.sync();
        await handle!.close();
        handle = undefined;
        await takeName(temporary, out);
        await syncFolder(path.dirname(out));
      });
      reporter.predicted({ ...of, ...summary, out });
    },
    async discard() {
      await handle?.close();
      await rm(temporary, { force: true });
    },
  };
}

function unwritable(file: string, sentence: string, cause?: unknown): MicronnError {
  return new MicronnError('EXPORT_FILE', sentence, { file }, { cause });
}
