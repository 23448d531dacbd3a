export const PACKAGE: string;
export function makePackage(): Promise<void>;
