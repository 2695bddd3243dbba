export function sha256(file: string): Promise<string | null>;
export function download(url: string, file: string, expected: string, timeout: number): Promise<void>;
export function unzip(archive: string, folder: string, target: (entry: string) => string | null): Promise<void>;
export function putInPlace(temporary: string, final: string): Promise<void>;
