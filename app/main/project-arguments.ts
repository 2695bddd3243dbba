import { isAbsolute, resolve } from 'node:path';

/** Project files among the arguments that the program was started with (a double click, `bitext-studio file.bitext`), as absolute paths. */
export function projectArguments(args: readonly string[], folder: string): string[] {
  return args.filter((argument) => !argument.startsWith('-') && /\.bitext$/iu.test(argument)).map((path) => (isAbsolute(path) ? path : resolve(folder, path)));
}
