/** The two kinds of database and the steps that make them. Append; never change a step that was released. */
import type { Schema } from '../migrate.ts';
import { projectFile } from './project/0001-project-file.ts';
import { documentVersions } from './project/0002-document-versions.ts';
import { projectTerms } from './project/0003-project-terms.ts';
import { studio } from './studio/0001-studio.ts';

/** A `.bitext` file. The application id is "BTXT". */
export const PROJECT_SCHEMA: Schema = { name: 'project', applicationId: 0x42_54_58_54, migrations: [projectFile, documentVersions, projectTerms] };

/** `studio.db`. The application id is "BTST". */
export const STUDIO_SCHEMA: Schema = { name: 'studio', applicationId: 0x42_54_53_54, migrations: [studio] };
