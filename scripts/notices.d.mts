export interface CarriedPackage {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly text: string;
}
export function collectPackages(root: string): readonly CarriedPackage[];
export function isAllowed(licence: unknown): boolean;
export function describeNotices(packages: readonly CarriedPackage[]): string;
