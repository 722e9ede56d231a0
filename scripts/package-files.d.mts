export function packageProblems(
  manifest: { readonly exports: unknown; readonly bin: Readonly<Record<string, string>> },
  files: readonly string[],
  size: number,
): Promise<string[]>;
