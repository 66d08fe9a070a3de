import type { Command } from 'commander';
import { createPlainReporter } from '../console/plain-reporter.ts';
import { type ErrorCode, exitCodes, type Family, families } from '../errors.ts';
import { errorMeanings, warningMeanings } from './error-meanings.ts';
import { describeOption, type OptionDescription } from './options.ts';
import { createProgram } from './program.ts';

/** The command line as data. */
export interface CommandLine {
  readonly commands: readonly CommandDescription[];
  /** In the order of the exit codes. */
  readonly errors: readonly {
    readonly exitCode: number;
    readonly family: Family;
    readonly codes: readonly CodeMeaning[];
  }[];
  readonly warnings: readonly CodeMeaning[];
}

/** A code of an error or warning. */
export interface CodeMeaning {
  readonly code: string;
  readonly meaning: string;
}

interface CommandDescription {
  readonly name: string;
  readonly description: string;
  /** For example `<model>` or `<png...>`. */
  readonly arguments: readonly { readonly term: string; readonly description: string }[];
  readonly options: readonly OptionLine[];
}

interface OptionLine {
  /** For example `--epochs <n>`. */
  readonly flags: string;
  readonly description: string;
  /** The default, as `--help` prints it. */
  readonly standard?: string;
  /** What the schema of `train` says, for the options it checks. */
  readonly schema?: OptionDescription;
}

/** Describes commands, errors and warnings. */
export function describeCommandLine(): CommandLine {
  const program = createProgram(createPlainReporter(), new AbortController().signal);
  const codes = Object.keys(families) as ErrorCode[];
  return {
    commands: program.commands.map(describeCommand),
    errors: (Object.keys(exitCodes) as Family[])
      .map((family) => ({
        exitCode: exitCodes[family],
        family,
        codes: codes
          .filter((code) => families[code] === family)
          .map((code) => ({ code, meaning: errorMeanings[code] })),
      }))
      .toSorted((a, b) => a.exitCode - b.exitCode),
    warnings: Object.entries(warningMeanings).map(([code, meaning]) => ({ code, meaning })),
  };
}

function describeCommand(command: Command): CommandDescription {
  return {
    name: command.name(),
    description: command.description(),
    arguments: command.registeredArguments.map((argument) => ({
      term: `<${argument.name()}${argument.variadic ? '...' : ''}>`,
      description: argument.description,
    })),
    options: command.options.map((option) => {
      // The help text ends with the default. Commander knows none, so that a configuration file can set the value.
      const [, description, standard] = /^(.*?)(?: \(default(?:: (.*))?\))?$/.exec(option.description)!;
      // export and bench check their options with schemas of their own.
      const checked = command.name() === 'train' || command.name() === 'evaluate';
      const schema = checked ? describeOption(option.attributeName()) : undefined;
      return {
        flags: option.flags,
        description: description!,
        ...(standard !== undefined && { standard }),
        ...(schema && { schema }),
      };
    }),
  };
}
