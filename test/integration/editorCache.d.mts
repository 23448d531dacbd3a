export function provideEditor(say: (line: string) => void): Promise<{
  readonly node: string;
  readonly server: string;
  readonly chromium: string;
  readonly chromiumEnv: Record<string, string>;
}>;
