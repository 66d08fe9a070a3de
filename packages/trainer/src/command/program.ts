import { Command, CommanderError } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { createJsonReporter } from '../console/json-reporter.ts';
import { createPlainReporter } from '../console/plain-reporter.ts';
import type { Reporter } from '../console/reporter.ts';
import { MicronnError } from '../errors.ts';
import {
  benchCommand,
  evaluateCommand,
  exitCodesHelp,
  exportCommand,
  predictCommand,
  trainCommand,
} from './commands.ts';
import type { TrainParts } from './train.ts';

/** Reads `--json` before commander does, because an error on the command line is reported as JSON too. */
export async function createReporter(args: readonly string[]): Promise<Reporter> {
  if (args.includes('--json')) return createJsonReporter();
  // A dumb terminal, as in an editor, shows escape sequences as text.
  const isTerminal = process.stdout.isTTY && process.env['TERM'] !== 'dumb';
  if (!isTerminal) return createPlainReporter();
  // Loaded on demand, with its progress bar.
  const { createTerminalReporter } = await import('../console/terminal-reporter.ts');
  return createTerminalReporter();
}

/**
 * Parses the command line and runs the command.
 *
 * @param parts what `train` is made of
 * @throws MicronnError with exit code 2 when the command line is wrong; the errors of the command
 */
export async function runProgram(
  args: readonly string[],
  reporter: Reporter,
  signal: AbortSignal,
  parts?: TrainParts,
): Promise<void> {
  const program = createProgram(reporter, signal, parts);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // --help and --version end here.
    if (error.exitCode === 0) return;
    throw new MicronnError(
      error.code === 'commander.unknownOption' ? 'OPTION_UNKNOWN' : 'COMMAND_LINE',
      sentence(error, program, args),
      {},
      { cause: error },
    );
  }
}

/** The program with its commands. */
export function createProgram(reporter: Reporter, signal: AbortSignal, parts?: TrainParts): Command {
  const context = { reporter, signal, parts };
  const train = trainCommand(context);
  const program = new Command('micronn')
    .description('Trains a neural network, written from scratch, on MNIST, on all cores.')
    .version(manifest.version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    // Errors are thrown, and printed by the reporter.
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .showSuggestionAfterError()
    .helpCommand(false);
  program.addCommand(train, { isDefault: true });
  for (const create of [evaluateCommand, predictCommand, exportCommand, benchCommand])
    program.addCommand(create(context));
  for (const command of program.commands) command.copyInheritedSettings(program);
  return program.addHelpText(
    'after',
    () => `\n${'─'.repeat(78)}\n\n${train.helpInformation()}\n${exitCodesHelp()}`,
  );
}

/** The sentence for an error of commander. */
function sentence({ code, message }: CommanderError, program: Command, args: readonly string[]): string {
  const [, unknown, similar] = /unknown option '(.+?)'(?:\n\(Did you mean (.+)\?\))?$/.exec(message) ?? [];
  if (unknown) return `unknown option ${unknown}${similar ? `; did you mean ${similar}?` : ''}`;
  const [, option] = /option '(.+?)' argument missing$/.exec(message) ?? [];
  if (option) return `option ${option} needs a value`;
  const [, argument] = /missing required argument '(.+?)'$/.exec(message) ?? [];
  if (argument) return `missing argument <${argument}>`;
  const [, command, surplus] =
    (code === 'commander.excessArguments' && /for '(\w+)'.* got \d+: (.*)\.$/.exec(message)) || [];
  if (!command) return message.replace(/^error: /, '').replaceAll('\n', ' ');
  if (command !== 'train' || args.includes('train')) return `too many arguments for ${command}: ${surplus}`;
  const names = program.commands.map((each) => each.name()).join(', ');
  return `unknown command ${surplus}; the commands are ${names}`;
}
