import type { Command } from 'commander';
import { createPlainReporter } from '../console/plain-reporter.ts';
import { type ErrorCode, exitCodes, type Family, families } from '../errors.ts';
import { errorMeanings, warningMeanings } from './error-meanings.ts';
import { describeOption, type OptionDescription } from './options.ts';
import { createProgram } from './program.ts';

/** What the command line can do, as data: the site's reference is made of it. */
export interface CommandLine {
  readonly commands: readonly CommandDescription[];
  /** By exit code. */
  readonly errors: readonly {
    readonly exitCode: number;
    readonly family: Family;
    readonly codes: readonly { readonly code: string; readonly meaning: string }[];
  }[];
  readonly warnings: readonly { readonly code: string; readonly meaning: string }[];
}

interface CommandDescription {
  readonly name: string;
  readonly description: string;
  /** As `<model>` or `<png...>`. */
  readonly arguments: readonly { readonly term: string; readonly description: string }[];
  readonly options: readonly OptionLine[];
}

interface OptionLine {
  /** As `--epochs <n>`. */
  readonly flags: string;
  readonly description: string;
  /** What it is when nobody says, as the help has it. */
  readonly standard?: string;
  /** Of what the schema of `train` checks. */
  readonly schema?: OptionDescription;
}

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
      // The help says the default at the end; no default is commander's, so that a configuration file has its say.
      const [, description, standard] = /^(.*?)(?: \(default(?:: (.*))?\))?$/.exec(option.description)!;
      // Those of export and bench have other schemas.
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
