export function locked<T>(folder: string, name: string, work: () => T | Promise<T>): Promise<T>;
