export const npmEnvironment: Readonly<Record<string, string>>;
export function missingPackages(folder: string): string[];
export function installDependencies(): Promise<string>;
