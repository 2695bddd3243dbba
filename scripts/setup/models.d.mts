export interface DefaultModel {
  readonly id: string; readonly name: string; readonly from: string; readonly to: string; readonly architecture: string; readonly licence: string; readonly source: string;
  /** SHA-256 by file name. */
  readonly files: Readonly<Record<string, string>>;
}
export interface Catalogue { readonly records: string; readonly attachments: string }
export const table: { readonly catalogue: Catalogue; readonly models: readonly DefaultModel[] };
export function installModels(options?: { folder?: string; models?: readonly DefaultModel[]; catalogue?: Catalogue }): Promise<string>;
