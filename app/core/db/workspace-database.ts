/** `studio.db`, the studio's own database in its workspace folder. */
import { join } from 'node:path';
import { makeFolder } from '../files/make-folder.ts';
import { openDatabase } from './connection.ts';
import type { WriteDb } from './connection.ts';
import { migrate } from './migrate.ts';
import { STUDIO_SCHEMA } from './migrations/schemas.ts';

/** Opens it, made when missing. Throws DB_FROM_FUTURE, DB_DAMAGED, NO_PERMISSION ... */
export function openWorkspaceDatabase(dir: string): WriteDb {
  makeFolder(dir);
  const db = openDatabase(join(dir, 'studio.db'), { create: 'if-missing' });
  try {
    migrate(db, STUDIO_SCHEMA);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
