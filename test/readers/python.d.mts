export function ensurePython(): string | undefined;
