import { createHash } from 'node:crypto';

/** Hexadecimal SHA-256 (FIPS 180-4) of bytes. */
export const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');
